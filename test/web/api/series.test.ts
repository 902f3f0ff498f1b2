import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { createSeriesStore } from '../../../src/store/series/series-store.ts'
import { running } from '../../running.ts'
import { ask } from '../http.ts'
import { startApiStage } from './stage.ts'

describe('statistics by a token', () => {
  const stage = running(() => startApiStage({ password: 'correct horse' }))

  before(async () => {
    await stage.addPool('api')
    await stage.addPool('theirs', 'slack:T2')
    const series = createSeriesStore(stage.rig.redis, { now: stage.rig.now })
    for (const poolId of ['web', 'api', 'theirs']) {
      const sample = { memberId: `${poolId}-1`, at: stage.rig.now() - 1000, stats: { cpu: 0.5 } }
      await series.append([{ poolId, sample, periodMs: 1000 }])
    }
  })

  async function get(path: string, token: string): Promise<{ readonly status: number; readonly body: string }> {
    // A page is not JSON, and in no document.
    return path.startsWith('/api/')
      ? stage.call('GET', path, { token })
      : ask(stage.url + path, { headers: { authorization: `Bearer ${token}` } })
  }
  const seen = async (token: string): Promise<readonly string[]> => {
    const { body } = await get('/api/stats', token)
    return (JSON.parse(body) as { readonly pools: readonly { readonly name: string }[] }).pools.map(({ name }) => name)
  }

  it('are those of its own team’s pools, or of the pools that it is for', async () => {
    const [all, one, other] = [
      await stage.token(['read']),
      await stage.token(['read'], { pools: ['api'] }),
      await stage.token(['read'], { tenant: 'slack:T2' }),
    ]
    assert.deepEqual([await seen(all), await seen(one), await seen(other)], [['web', 'api'], ['api'], ['theirs']])
    const status = async (token: string, pool: string): Promise<number> =>
      (await get(`/api/series?stat=cpu&from=-1m&pool=${pool}`, token)).status
    for (const [token, answers] of [
      [all, [200, 200, 404]],
      [one, [404, 200, 404]],
      [other, [404, 404, 200]],
    ] as const) {
      const pools = ['web', 'api', 'theirs']
      assert.deepEqual(await Promise.all(pools.map((pool) => status(token, pool))), answers)
    }
    assert.deepEqual(
      [(await get('/api/stats?pool=web', one)).status, (await get('/api/stats?pool=api', one)).status],
      [404, 200],
    )
    assert.match(
      (await get('/api/series?stat=cpu&from=-1m&pool=api&format=csv', one)).body,
      /^time \(UTC\),UTC,api cpu mean,/,
    )
  })

  it('need the scope read, a token that is known, or a sign-in', async () => {
    const token = await stage.token(['refresh'])
    assert.equal((await get('/api/series?stat=cpu&pool=web', token)).status, 403)
    assert.equal((await get('/api/stats', `spt_${'x'.repeat(43)}`)).status, 401)
    assert.equal((await ask(`${stage.url}/api/stats`)).status, 401)
    assert.equal((await get('/api/stats', 'correct horse')).status, 200)
  })

  it('name no pool that the token does not reach, and need no name where it reaches one', async () => {
    const [all, one, other] = [
      await stage.token(['read']),
      await stage.token(['read'], { pools: ['api'] }),
      await stage.token(['read'], { tenant: 'slack:T2' }),
    ]
    for (const [token, path, words] of [
      [all, '/api/series?stat=cpu&pool=wob', /no pool called wob: there are web, api\. Did you mean web\?/],
      [all, '/api/series?stat=cpu&pool=theirs', /no pool called theirs: there are web, api\./],
      [all, '/api/stats?pool=theirs', /no pool called theirs: there are web, api\./],
      [one, '/api/series?stat=cpu&pool=web', /no pool called web: there are api\./],
      [one, '/api/stats?pool=web', /no pool called web: there are api\./],
      [other, '/api/series?stat=cpu&pool=api', /no pool called api: there are theirs\./],
      [other, '/api/pools/web', /no pool called web: there are theirs\./],
    ] as const) {
      const { status, json } = await stage.call('GET', path, { token })
      assert.equal(status, 404, path)
      assert.match(String(json['message']), words, path)
    }
    const which = await stage.call('GET', '/api/series?stat=cpu', { token: all })
    assert.deepEqual([which.status, /Which pool\? There are web, api/.test(which.body)], [400, true])
    for (const token of [one, other])
      assert.equal((await stage.call('GET', '/api/series?stat=cpu', { token })).status, 200)
  })

  it('are asked for in text, where lists have commas and numbers digits; a slip is refused', async () => {
    const token = await stage.token(['read'], { pools: ['api'] })
    for (const query of [
      'stat=cpu&points=2',
      'stat=%20cpu%20,&by=member&figures=mean&format=json',
      'stat=cpu,cpu&format=csv',
    ])
      assert.equal((await stage.call('GET', `/api/series?${query}`, { token })).status, 200, query)
    for (const [query, words] of [
      ['', /^Say which statistic: stat=cpu, or several with commas\.$/],
      ['stat=', /^Say which statistic/],
      ['stat=,', /^Say which statistic/],
      ['stat=cpu&stat=memory', /^stat is given twice; put commas between several\.$/],
      ['stat=cpu&pool=api&pool=web', /^pool is given twice\.$/],
      ['stat=cpu&from=-1h&from=-2h', /^from is given twice\.$/],
      ['stat=cpu&points=', /^points is a whole number from 2 to 4000\.$/],
      ['stat=cpu&points=0x10', /^points is a whole number/],
      ['stat=cpu&points=1', /^points is a whole number/],
      ['stat=cpu&points=2.5', /^points is a whole number/],
      ['stat=cpu&by=', /^by can only be member/],
      ['stat=cpu&figures=max', /^figures can only be mean/],
      ['stat=cpu&format=xml', /^format is json or csv\.$/],
      [
        'stat=cpu&stats=cpu',
        /^There is no parameter stats; there are pool, stat, from, to, points, by, figures, format/,
      ],
      ['stat=cpu&constructor=1', /^There is no parameter constructor/],
      ['stat=cpu&pool=', /^pool is empty\.$/],
      [`stat=${'x'.repeat(200)}`, /^stat\.0 has to be at most 80 letters long\.$/],
    ] as const) {
      const { status, json } = await stage.call('GET', `/api/series?${query}`, { token })
      assert.equal(status, 400, query)
      assert.match(String(json['message']), words, query)
    }
    for (const query of ['pools=api', 'pool=api&pool=web', 'format=csv'])
      assert.equal((await stage.call('GET', `/api/stats?${query}`, { token })).status, 400, query)
  })

  it('are in the document: numbers, lists and both kinds of answers', async () => {
    interface Operation {
      readonly parameters: readonly { readonly name: string; readonly schema: Readonly<Record<string, unknown>> }[]
      readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, object>> }>>
    }
    const { paths } = stage.check.document as { paths: Record<string, Record<string, Operation>> }
    const { parameters, responses } = paths['/api/series']!['get']!
    const of = (name: string): unknown => {
      const { schema, ...rest } = parameters.find((one) => one.name === name)!
      const { description: _, ...plain } = schema
      return { ...rest, schema: plain }
    }
    const strings = { type: 'array', minItems: 1, maxItems: 32, items: { type: 'string', maxLength: 80 } }
    const list = { style: 'form', explode: false }
    assert.deepEqual(of('stat'), { name: 'stat', in: 'query', required: true, schema: strings, ...list })
    const points = { type: 'integer', minimum: 2, maximum: 4000, default: 600 }
    assert.deepEqual(of('points'), { name: 'points', in: 'query', required: false, schema: points })
    const format = { type: 'string', enum: ['json', 'csv'], default: 'json' }
    assert.deepEqual(of('format'), { name: 'format', in: 'query', required: false, schema: format })
    assert.deepEqual(Object.keys(responses['200']!.content), ['application/json', 'text/csv'])
    assert.deepEqual(Object.keys(paths['/api/stats']!['get']!.responses['200']!.content), ['application/json'])
    assert.deepEqual(stage.check.violations, [])
  })

  it('are all that a token has: neither the page nor what only it asks for', async () => {
    const token = await stage.token(['read'])
    for (const path of ['/api/stats/beside?pool=web', '/api/stats/range?pool=web&text=1h'])
      assert.equal((await get(path, token)).status, 401, path)
    const page = await get('/stats', token)
    assert.deepEqual([page.status, page.body.includes('palettes')], [303, false])
  })
})
