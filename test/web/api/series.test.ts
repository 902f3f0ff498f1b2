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
    return ask(stage.url + path, { headers: { authorization: `Bearer ${token}` } })
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
    assert.equal((await get('/api/stats?pool=web', one)).status, 404)
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

  it('are all that a token has: neither the page nor what only it asks for', async () => {
    const token = await stage.token(['read'])
    for (const path of ['/api/stats/beside?pool=web', '/api/stats/range?pool=web&text=1h'])
      assert.equal((await get(path, token)).status, 401, path)
    const page = await get('/stats', token)
    assert.deepEqual([page.status, page.body.includes('palettes')], [303, false])
  })
})
