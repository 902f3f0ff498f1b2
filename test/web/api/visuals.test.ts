import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { SCOPES } from '../../../src/core/model/api-token.ts'
import type { VisualKept, VisualsListed } from '../../../src/core/visual/answers.ts'
import { VERBS } from '../../../src/web/api/verbs.ts'
import { running } from '../../running.ts'
import { startApiStage } from './stage.ts'

const module = (words: string): string =>
  `export default { title: 'Words', needs: { stats: ['cpu'], range: '1h', points: 20, byMember: true }, options: { size: 20, bold: false, hue: 'blue' }, draw: () => [['text', { y: 20 }, '${words}']], describe: () => '${words}' }`

describe('visualisations by a token', () => {
  const stage = running(startApiStage)
  beforeEach(() => stage.rig.reset({ max: 4 }))

  const call = async (token: string, line: string, body?: unknown, key?: string): ReturnType<typeof stage.call> => {
    const [method = '', path = ''] = line.split(' ')
    const headers = key === undefined ? {} : { 'idempotency-key': key }
    return stage.call(method, `/api/${path}`, { token, body, headers })
  }
  const versions = async (token: string, name: string): Promise<readonly number[]> => {
    const { json } = await call(token, `GET visuals/${name}`)
    return (json as unknown as VisualKept).versions.map(({ number }) => number)
  }

  /** How many pictures the console gets regularly. */
  const scheduled = async (): Promise<number> => {
    const console = { platform: 'console', channel: 'console', tenant: null }
    return (await stage.rig.services.notices.shows.get(console))?.shows.length ?? 0
  }

  it('are answered as the document says: kept, brought back, removed, refused, drawn, or with what is wrong', async () => {
    await stage.rig.report(0.5, 30)
    await stage.rig.services.texts.add('web', stage.rig.now(), { tags: { redis: 3 } })
    const token = await stage.token(['visuals'])
    const before = stage.check.checked()
    for (const [line, body, status] of [
      ['POST visuals', { name: 'shout', source: module('one') }, 200],
      ['POST visuals', { name: 'shout', source: module('one') }, 200],
      ['POST visuals', { name: 'shout', source: module('two'), over: 1 }, 200],
      ['POST visuals', { name: 'shout', source: module('three'), over: 1 }, 409],
      ['POST visuals', { name: 'shout', source: '\nnonsense(' }, 400],
      ['GET visuals', undefined, 200],
      ['GET visuals/shout', undefined, 200],
      ['GET visuals/shout?version=1', undefined, 200],
      ['GET visuals/shout?version=9', undefined, 404],
      ['POST visuals/shout/undo', { version: 1 }, 200],
      ['POST visuals/shout/undo', undefined, 200],
      ['POST visuals/shout/undo', { version: 40 }, 404],
      ['POST visuals/attempt', { source: module('x'), last: '1h', options: { size: '9' }, theme: 'light' }, 200],
      ['POST visuals/attempt', { source: 'export default {}' }, 200],
      ['POST visuals/shout/show', { of: ['cpu'], last: '6h' }, 200],
      ['POST visuals/shout/show', { every: 'mon 9:00' }, 200],
      ['POST visuals/shout/show', { every: ' MON 9:00 ' }, 200],
      ['POST visuals/nobody/show', {}, 404],
      ['DELETE visuals/shout', undefined, 200],
      ['DELETE visuals/shout', {}, 404],
      ['GET visual-examples', undefined, 200],
    ] as const) {
      const answer = await call(token, line, body)
      assert.equal(answer.status, status, `${line}: ${answer.body}`)
    }
    assert.equal(stage.check.checked() - before, 21, 'none is beside the document')
    assert.deepEqual(stage.check.violations, [])
  })

  it('are refused for a field or parameter that the call does not have, has twice, or has elsewhere', async () => {
    const token = await stage.token(['visuals'])
    await call(token, 'POST visuals', { name: 'shout', source: module('one') })
    for (const [line, body, words] of [
      ['GET visuals?poool=web', undefined, /no parameter poool; it takes none/],
      ['GET visuals/shout?vers=1', undefined, /no parameter vers; there are version/],
      ['GET visuals/shout?name=other', undefined, /no parameter name; there are version/],
      ['GET visuals/shout?version=1&version=2', undefined, /version is given twice\.$/],
      ['GET visuals/shout?version=one', undefined, /^version has to be a number\.$/],
      ['GET visuals/shout?version=1.5', undefined, /^version has to be a whole number/],
      ['GET visuals/shout?version=0', undefined, /^version has to be more than 0/],
      ['GET visuals/shout?version=', undefined, /^version has to be a number/],
      ['POST visuals/shout/undo', { vers: 1 }, /no parameter vers; there are version/],
      ['POST visuals/shout/undo', { version: '1' }, /^version has to be a number\. For example: \{"version":2\}$/],
      ['POST visuals/shout/undo', { name: 'other' }, /no parameter name; there are version/],
      ['POST visuals/shout/undo?version=1', {}, /version belongs in the body, not in the address/],
      ['DELETE visuals/shout?version=1', undefined, /version belongs in the body/],
      ['DELETE visuals/shout', { version: 1 }, /no parameter version; it takes none/],
      ['POST visuals', { name: 'x' }, /source is missing\. For example: \{"name":"calm"/],
      ['POST visuals', { name: 'shout', source: module('a'), version: 2 }, /no parameter version; there are name, /],
      ['POST visuals', [], /one JSON object/],
      ['POST visuals/attempt', { source: module('a'), of: 'cpu' }, /^of has to be a list/],
      ['POST visuals/attempt', { source: module('a'), theme: 'blue' }, /^theme has to be one of dark, light/],
      ['POST visuals/shout/show', { pool: 7 }, /^pool has to be a text/],
      ['POST visuals/shout/show', { options: { size: 9 } }, /^options\.size has to be a text/],
      ['POST visuals/shout/show', { last: 'soon' }, /“soon” is not a duration/],
    ] as const) {
      const { status, json } = await call(token, line, body)
      assert.deepEqual([status, json['code']], [400, 'badInput'], line)
      assert.match(String(json['message']), words, line)
    }
    assert.deepEqual(await versions(token, 'shout'), [1])
  })

  it('take as long a body as their verb says, over HTTP', async () => {
    const token = await stage.token(SCOPES)
    const long = `${module('long')}//${'x'.repeat(60_000)}`
    const escaped = `${module('wide')}//${'\u0001'.repeat(60_000)}`
    for (const [index, source] of [long, escaped].entries())
      assert.equal((await call(token, 'POST visuals', { name: `long-${index}`, source })).status, 200)
    assert.equal((await call(token, 'POST visuals', { name: 'long', source: 'x'.repeat(70_000) })).status, 400)
    assert.equal((await call(token, 'POST visuals', { name: 'long', source: 'x'.repeat(500_000) })).status, 413)
    assert.equal((await call(token, 'POST visuals/attempt', { source: 'x'.repeat(500_000) })).status, 413)
    for (const path of ['POST visuals/long-0/show', 'POST visuals/long-0/undo', 'DELETE visuals/long-0', 'POST scale'])
      assert.equal((await call(token, path, { pool: 'x'.repeat(70_000) })).status, 413, path)
  })

  it('are changed once under an idempotency-key, however often it comes', async () => {
    const token = await stage.token(['visuals'])
    const twice = async (line: string, body: unknown, key: string): Promise<readonly number[]> => {
      const [first, again] = [await call(token, line, body, key), await call(token, line, body, key)]
      assert.deepEqual([again.body, again.headers['idempotency-replayed']], [first.body, 'true'], line)
      return [first.status, again.status]
    }
    const save = { name: 'shout', source: module('one') }
    assert.deepEqual(await twice('POST visuals', save, 'k1'), [200, 200])
    const other = await call(token, 'POST visuals', { ...save, source: module('other') }, 'k1')
    assert.deepEqual([other.status, other.json['code']], [409, 'conflict'])
    await call(token, 'POST visuals', { ...save, source: module('two') })
    assert.deepEqual(await twice('POST visuals/shout/undo', {}, 'k2'), [200, 200])
    assert.deepEqual(await versions(token, 'shout'), [3, 2, 1])
    assert.deepEqual(await twice('POST visuals/shout/show', { every: 'mon 9:00' }, 'k3'), [200, 200])
    assert.equal(await scheduled(), 1)
    assert.deepEqual(await twice('DELETE visuals/shout', undefined, 'k4'), [200, 200])
    assert.deepEqual(await twice('DELETE visuals/shout', undefined, 'k5'), [404, 404])
  })

  it('are of the team and the pools of the token: no other is named, shown, drawn or changed', async () => {
    await stage.addPool('shop', 'slack:T2')
    await stage.addPool('api')
    const [own, narrow, other] = [
      await stage.token(['visuals']),
      await stage.token(['visuals'], { pools: ['api'] }),
      await stage.token(['visuals'], { tenant: 'slack:T2' }),
    ]
    await call(own, 'POST visuals', { name: 'shout', source: module('ours') })
    const pools = async (token: string): Promise<readonly string[]> =>
      ((await call(token, 'GET visuals')).json as unknown as VisualsListed).pools.map(({ name }) => name)
    assert.deepEqual([await pools(own), await pools(narrow), await pools(other)], [['web', 'api'], ['api'], ['shop']])
    for (const [token, pool] of [
      [own, 'shop'],
      [own, 'nothing'],
      [narrow, 'web'],
      [narrow, 'shop'],
      [other, 'web'],
      [other, 'api'],
    ] as const) {
      for (const line of ['POST visuals/attempt', 'POST visuals/shout/show']) {
        const source = line.endsWith('attempt') ? { source: module('a') } : {}
        const { status, body } = await call(token, line, { ...source, pool })
        assert.equal(status, 404, `${line} ${pool}`)
        assert.doesNotMatch(body, /T2/)
        const theirs = token === own ? 'web, api' : token === narrow ? 'api' : 'shop'
        // The other team has no channel that it could be shown in.
        const words = `no pool called ${pool}: there are ${theirs}.`
        assert.ok(body.includes(token === other && line.endsWith('show') ? 'none of your team’s' : words), body)
      }
    }
    for (const line of ['GET visuals/shout', 'DELETE visuals/shout', 'POST visuals/shout/undo'])
      assert.equal((await call(other, line)).status, 404, line)
    assert.deepEqual(await versions(own, 'shout'), [1])
  })

  it('are not changed by a token while the team is asked first, whoever may answer; and that is in the audit', async () => {
    for (const named of [() => [], () => ['slack:S1'], (token: string) => [`token:${token}`]]) {
      await stage.rig.reset({ max: 4 })
      const token = await stage.token(['visuals'])
      await call(token, 'POST visuals', { name: 'shout', source: module('one') })
      await call(token, 'POST visuals', { name: 'shout', source: module('two') })
      const { pool } = await stage.rig.state()
      const approvers = named((await stage.rig.services.tokens.of(null))[0]!.name)
      await stage.rig.change({ pool: { ...pool, policy: { ...pool.policy, mode: 'approve', approvers } } })
      for (const [line, body] of [
        ['POST visuals', { name: 'shout', source: module('three') }],
        ['POST visuals', { name: 'other', source: module('three') }],
        ['POST visuals/shout/undo', {}],
        ['DELETE visuals/shout', undefined],
        ['POST visuals/shout/show', { every: 'mon 9:00' }],
      ] as const) {
        const { status, json } = await call(token, line, body)
        assert.deepEqual([status, json['code']], [403, 'unauthorised'], line)
        assert.match(String(json['message']), /Only those who may answer proposals .*: \S.*Nothing was changed/)
      }
      assert.deepEqual(await versions(token, 'shout'), [2, 1])
      assert.equal((await call(token, 'POST visuals/attempt', { source: module('a') })).status, 200)
      assert.equal((await call(token, 'POST visuals/shout/show')).status, 200)
      assert.equal(await scheduled(), 0)
      const kept = await stage.rig.services.auditLog.newest(5, ({ actor }) => actor.platform === 'token')
      assert.deepEqual(
        kept.map(({ what, outcome }) => `${what.replace(/ \(.*/, '')}: ${outcome}`),
        [
          'show shout every mon 09:00: refused',
          ...['remove shout', 'undo shout', 'save other', 'save shout'].map((what) => `visuals ${what}: refused`),
        ],
      )
    }
  })

  it('are for a token with the scope visuals alone', async () => {
    const token = await stage.token(SCOPES.filter((scope) => scope !== 'visuals'))
    const verbs = VERBS.filter(({ scope }) => scope === 'visuals')
    assert.equal(verbs.length, 8)
    for (const { method, path } of verbs) {
      const body = method === 'GET' ? undefined : {}
      const { status, json } = await stage.call(method, path.replace('{name}', 'shout'), { token, body })
      assert.deepEqual([status, json['code']], [403, 'unauthorised'], path)
    }
  })
})
