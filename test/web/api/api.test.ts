import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { array, constantFrom, dictionary, integer, jsonValue, oneof, record, sample, string, tuple } from 'fast-check'
import { Validator } from '@seriousme/openapi-schema-validator'
import type { Scope } from '../../../src/core/model/api-token.ts'
import { SCOPES } from '../../../src/core/model/api-token.ts'
import { DEFAULT_POLICY } from '../../../src/core/model/policy.ts'
import { VERBS } from '../../../src/web/api/verbs.ts'
import { dump } from '../../store/dump.ts'
import { running } from '../../running.ts'
import { startExampleConsole } from '../example-console.ts'
import { ask, post } from '../http.ts'
import { apiOver } from './options.ts'
import { startApiStage } from './stage.ts'

const CALM = 'export default { title: "Calm", needs: {}, draw: () => [] }'

/** A right request of each verb. */
const REQUESTS: Readonly<Record<string, readonly [method: string, path: string, body?: unknown]>> = {
  list_pools: ['GET', '/api/pools'],
  get_pool: ['GET', '/api/pools/web'],
  refresh: ['POST', '/api/refresh', { how: 'live' }],
  scale: ['POST', '/api/scale', { count: 2 }],
  get_policy: ['GET', '/api/policy'],
  set_policy: ['PUT', '/api/policy', { policy: { max: 6 } }],
  get_request: ['GET', '/api/requests/1'],
  list_stats: ['GET', '/api/stats'],
  get_series: ['GET', '/api/series?stat=cpu'],
  list_visuals: ['GET', '/api/visuals'],
  save_visual: ['POST', '/api/visuals', { name: 'calm', source: CALM }],
  attempt_visual: ['POST', '/api/visuals/attempt', { source: CALM }],
  get_visual: ['GET', '/api/visuals/calm'],
  remove_visual: ['DELETE', '/api/visuals/calm'],
  undo_visual: ['POST', '/api/visuals/calm/undo', {}],
  show_visual: ['POST', '/api/visuals/calm/show', {}],
  list_visual_examples: ['GET', '/api/visual-examples'],
}

describe('the API', () => {
  const stage = running(startApiStage)
  beforeEach(() => stage.rig.reset({ max: 4 }))

  it('does each verb for a token with its scope, and refuses it to every other with 403', async () => {
    await stage.rig.report(0.5)
    for (const { name, scope } of VERBS) {
      const [method, path, body] = REQUESTS[name]!
      if (scope === null) continue
      const without = SCOPES.filter((one) => one !== scope)
      const refused = await stage.call(method, path, { body, token: await stage.token(without) })
      assert.deepEqual([refused.status, refused.json['code']], [403, 'unauthorised'], name)
      assert.match(String(refused.json['message']), new RegExp(`does not have the scope ${scope}: it has`))
      const done = await stage.call(method, path, { body, token: await stage.token([scope]) })
      assert.equal(done.status, 200, `${name}: ${done.body}`)
    }
  })

  it('shows pools as they are', async () => {
    await stage.rig.grow(1)
    const { json } = await stage.call('GET', '/api/pools/web', { token: await stage.token(['read']) })
    assert.deepEqual(
      [json['name'], json['size'], json['inService'], json['max'], json['mode']],
      ['web', 2, 2, 4, 'auto'],
    )
  })

  it('scales through the same commands as chat: at once, in the history, and never past a limit', async () => {
    const token = await stage.token(['scale'])
    const done = await stage.call('POST', '/api/scale', { body: { count: 3 }, token })
    assert.deepEqual([done.status, done.json['changed'], done.json['waits']], [200, true, null])
    const { operations, episodes } = await stage.rig.state()
    assert.deepEqual(
      operations.map(({ kind }) => kind),
      ['scaleOut', 'scaleOut'],
    )
    assert.equal(episodes[0]?.actor.platform, 'token')
    const past = await stage.call('POST', '/api/scale', { body: { count: 5 }, token })
    assert.deepEqual([past.status, past.json['code']], [429, 'limited'])
    await stage.rig.ask({ kind: 'pin', count: 3, forMs: 3_600_000, reason: '' })
    const pinned = await stage.call('POST', '/api/scale', { body: { count: 2 }, token })
    assert.deepEqual([pinned.status, pinned.json['code']], [409, 'conflict'])
    const kept = await stage.rig.services.auditLog.newest(10, ({ actor }) => actor.platform === 'token')
    assert.deepEqual(kept.map(({ what, outcome, place }) => [what, outcome, place?.platform]).slice(0, 3), [
      ['scale 2', 'refused', 'token'],
      ['scale 5', 'refused', 'token'],
      ['scale 3', 'done', 'token'],
    ])
  })

  it('knows no token: 401 without one, mistyped, revoked, expired, and as what it is not', async () => {
    const good = await stage.token(['read'])
    const short = await stage.token(['read'], { forMs: 60_000 })
    for (const [why, token] of [
      ['none', null],
      ['mistyped', `${good.slice(0, -1)}!`],
      ['of nobody', `spt_${'x'.repeat(43)}`],
      ['cut', good.slice(0, 30)],
      ['in capitals', good.toUpperCase()],
    ] as const) {
      const answer = await stage.call('GET', '/api/pools', {
        token,
        headers: token === null ? { via: '1.1 proxy' } : {},
      })
      assert.ok([401, 403].includes(answer.status), `${why}: ${answer.status}`)
      if (token !== null && /^spt_/i.test(token))
        assert.equal(answer.status, why === 'in capitals' ? answer.status : 401, why)
    }
    assert.equal((await stage.call('GET', '/api/pools', { token: short })).status, 200)
    stage.rig.pass(60_000)
    const late = await stage.call('GET', '/api/pools', { token: short })
    assert.equal(late.status, 401)
    assert.match(String(late.json['message']), /has expired/)
    const [listed] = await stage.rig.services.tokens.of(null)
    for (const { name } of await stage.rig.services.tokens.of(null)) await stage.rig.services.tokens.revoke(null, name)
    assert.ok(listed !== undefined)
    const revoked = await stage.call('GET', '/api/pools', { token: good })
    assert.equal(revoked.status, 401)
    assert.match(String(revoked.json['message']), /revoked/)
  })

  it('knows no pool of another team, nor one that the token is not for: 404', async () => {
    await stage.addPool('shop', 'slack:T2')
    await stage.addPool('api')
    const own = await stage.token(['read', 'scale', 'refresh', 'policy'])
    const narrow = await stage.token(['read', 'scale', 'refresh', 'policy'], { pools: ['api'] })
    const other = await stage.token(['read', 'scale'], { tenant: 'slack:T2' })
    for (const [token, pool] of [
      [own, 'shop'],
      [narrow, 'web'],
      [other, 'web'],
      [other, 'api'],
      [own, 'nothing'],
    ] as const) {
      assert.equal((await stage.call('GET', `/api/pools/${pool}`, { token })).status, 404, pool)
      const scaled = await stage.call('POST', '/api/scale', { body: { pool, count: 2 }, token })
      assert.equal(scaled.status, 404, pool)
      assert.doesNotMatch(scaled.body, pool === 'shop' ? /T2/ : /Yours: .*\bweb\b.*shop/)
    }
    for (const path of ['/api/policy?pool=shop', '/api/policy?pool=web'])
      assert.equal((await stage.call('GET', path, { token: path.endsWith('web') ? narrow : own })).status, 404)
    const names = async (token: string): Promise<unknown> =>
      ((await stage.call('GET', '/api/pools', { token })).json['pools'] as { name: string }[]).map(({ name }) => name)
    assert.deepEqual(await names(own), ['web', 'api'])
    assert.deepEqual(await names(narrow), ['api'])
    assert.deepEqual(await names(other), ['shop'])
    assert.equal((await stage.call('POST', '/api/scale', { body: { count: 2 }, token: own })).status, 400, 'one of two')
    assert.equal((await stage.call('POST', '/api/refresh', { body: { how: 'live' }, token: narrow })).status, 200)
  })

  it('carries the same idempotency key out once, and gives the first answer again', async () => {
    const token = await stage.token(['scale', 'policy'])
    const headers = { 'idempotency-key': 'ci-job-7' }
    const first = await stage.call('POST', '/api/scale', { body: { count: 3 }, token, headers })
    await stage.rig.change({ operations: { remove: (await stage.rig.state()).operations.map(({ id }) => id) } })
    const before = await dump(stage.rig.redis)
    const again = await stage.call('POST', '/api/scale', { body: { count: 3 }, token, headers })
    assert.deepEqual([again.status, again.body], [first.status, first.body])
    assert.equal(again.headers['idempotency-replayed'], 'true')
    assert.deepEqual(await dump(stage.rig.redis), before)
    const other = await stage.call('POST', '/api/scale', { body: { count: 2 }, token, headers })
    assert.deepEqual([other.status, other.json['code']], [409, 'conflict'])
    const elsewhere = await stage.call('POST', '/api/scale', {
      body: { count: 2 },
      token: await stage.token(['scale']),
      headers,
    })
    assert.notEqual(elsewhere.body, first.body, 'of another token it is another key')
    // A refusal is an answer, too.
    const refusal = { 'idempotency-key': 'ci-job-8' }
    const no = await stage.call('PUT', '/api/policy', { body: { policy: { max: 0.5 } }, token, headers: refusal })
    assert.equal(no.status, 400)
    const yes = await stage.call('PUT', '/api/policy', { body: { policy: { max: 9 } }, token, headers: refusal })
    assert.equal(yes.status, 200, 'what was not read is not remembered')
    const many = await Promise.all(
      Array.from({ length: 5 }, () =>
        stage.call('PUT', '/api/policy', { body: { policy: { max: 7 } }, token, headers: { 'idempotency-key': 'n' } }),
      ),
    )
    assert.ok(many.every(({ status }) => status === 200 || status === 409))
  })

  it('says that it is done where Redis is full by then and cannot keep the answer, and does it no second time', async () => {
    const { redis, now } = stage.rig
    const api = apiOver(stage.rig)
    const perform: typeof api.service.perform = async (...given) => {
      const views = await api.service.perform(...given)
      await redis.config('SET', 'maxmemory', '1')
      return views
    }
    const filling = await startExampleConsole(redis, { now, api: { ...api, service: { ...api.service, perform } } })
    try {
      const headers = { authorization: `Bearer ${await stage.token(['scale'])}`, 'idempotency-key': 'ci-job-9' }
      const done = await post(`${filling.web.url}/api/scale`, { count: 3 }, headers)
      assert.deepEqual([done.status, JSON.parse(done.body).changed], [200, true], done.body)
      await redis.config('SET', 'maxmemory', '0')
      const again = await post(`${filling.web.url}/api/scale`, { count: 3 }, headers)
      assert.equal(again.status, 409)
      assert.match(again.body, /still being worked on/)
    } finally {
      await redis.config('SET', 'maxmemory', '0')
      await filling.close()
    }
  })

  it('sets a policy exactly, all or none, and not one that has changed since', async () => {
    const token = await stage.token(['policy'])
    const read = await stage.call('GET', '/api/policy', { token })
    assert.equal((read.json['policy'] as { max: number }).max, 4)
    const mark = String(read.json['mark'])
    const exact = { target: 0.6543, max: 6, windowMs: 12_345 }
    assert.equal((await stage.call('PUT', '/api/policy', { body: { policy: exact, onlyIf: mark }, token })).status, 200)
    const { policy } = (await stage.rig.state()).pool
    assert.deepEqual([policy.target, policy.max, policy.windowMs], [0.6543, 6, 12_345])
    const late = await stage.call('PUT', '/api/policy', { body: { policy: { max: 5 }, onlyIf: mark }, token })
    assert.equal(late.status, 409)
    for (const wrong of [{ max: 0 }, { min: 9 }, { nonsense: 1 }, { target: 'high' }, { max: 3, mode: 'sometimes' }]) {
      const answer = await stage.call('PUT', '/api/policy', { body: { policy: wrong }, token })
      assert.equal(answer.status, 400, JSON.stringify(wrong))
    }
    assert.deepEqual((await stage.rig.state()).pool.policy, policy)
    const same = await stage.call('PUT', '/api/policy', { body: { policy: exact }, token })
    assert.deepEqual([same.status, same.json['changed']], [200, false])
  })

  it('refuses what it cannot read, in words', async () => {
    const token = await stage.token(['scale', 'refresh'])
    const bodies = [{}, { count: 0 }, { count: '3' }, { count: 3, extra: 1 }, [], { count: 1e9 }]
    for (const body of bodies) {
      const answer = await stage.call('POST', '/api/scale', { body, token })
      assert.deepEqual([answer.status, answer.json['code']], [400, 'badInput'], JSON.stringify(body))
      assert.ok(String(answer.json['message']).length > 10)
    }
    const long = await stage.call('POST', '/api/refresh', { body: { pool: 'x'.repeat(70_000) }, token })
    assert.equal(long.status, 413)
    const key = await stage.call('POST', '/api/refresh', { token, headers: { 'idempotency-key': 'x'.repeat(300) } })
    assert.equal(key.status, 400)
    const slip = await stage.call('PUT', '/api/policy', {
      token: await stage.token(['policy']),
      body: { policy: { maxx: 3 } },
    })
    assert.deepEqual([slip.status, String(slip.json['message']).split('. ')[0]], [400, 'policy has no field maxx'])
    const type = 'content-type'
    for (const [body, contentType, status, says] of [
      ['{"count":3}', 'text/plain', 415, /^Send the body as JSON, with the header content-type: application\/json\.$/],
      ['count=3', 'application/x-www-form-urlencoded', 415, /^Send the body as JSON/],
      ['', 'application/json', 400, /^The body is empty/],
      ['{"count":', 'application/json', 400, /^The body is not JSON/],
      ['{"count":3,"__proto__":{}}', 'application/json', 400, /a key in it that is refused, such as __proto__/],
      [`{"count":3,"pool":"${'x'.repeat(70_000)}"}`, 'application/json', 413, /^The body is too long: 65536 bytes/],
      ['{"count":3,"pool":"w\u202Eeb"}', 'application/json', 404, /^There is no pool called web: /],
    ] as const) {
      const headers = { authorization: `Bearer ${token}`, [type]: contentType }
      const answer = await ask(`${stage.url}/api/scale`, { method: 'POST', headers, body })
      assert.equal(answer.status, status, answer.body)
      assert.match((JSON.parse(answer.body) as { readonly message: string }).message, says)
    }
  })

  it('says which methods an address takes', async () => {
    for (const [method, path, allow] of [
      ['GET', '/api/scale', 'POST'],
      ['DELETE', '/api/policy', 'GET, HEAD, PUT'],
      ['POST', '/api/pools/web', 'GET, HEAD'],
      ['OPTIONS', '/api/visuals/calm/undo', 'POST'],
      ['PUT', '/api/visuals/calm', 'GET, HEAD, DELETE'],
      ['GET', '/mcp', 'POST'],
      ['POST', '/health', 'GET, HEAD'],
      ['PUT', '/docs/api', 'GET, HEAD'],
    ] as const) {
      const answer = await ask(stage.url + path, { method })
      assert.deepEqual([answer.status, answer.headers['allow']], [405, allow], `${method} ${path}`)
      const { message } = JSON.parse(answer.body) as { readonly message: string }
      assert.equal(message, `${path} takes ${allow.replaceAll(', ', ' or ')}, not ${method}.`)
    }
    for (const path of ['/api/scale/', '/api', '/api/pools/web/x', '/api/visuals/calm/redo'])
      assert.equal((await ask(stage.url + path, { method: 'PATCH' })).status, 404, path)
  })

  it('can be read from while Redis takes no changes, which are refused as what it is', async () => {
    const token = await stage.token(['read', 'scale'])
    await stage.rig.redis.config('SET', 'maxmemory', '1')
    try {
      assert.equal((await stage.call('GET', '/api/pools', { token })).status, 200)
      const change = await stage.call('POST', '/api/scale', { token, body: { count: 2 } })
      assert.equal(change.status, 503)
      assert.match(String(change.json['message']), /its memory is full/)
    } finally {
      await stage.rig.redis.config('SET', 'maxmemory', '0')
    }
  })

  it('answers whatever comes as its document says, and breaks on nothing', async () => {
    const words = 'pool count how policy onlyIf id __proto__ constructor max calendar also fallback name source over'
    const names = `${words} version of last options every place`.split(' ')
    const odd = oneof(
      jsonValue({ maxDepth: 2 }),
      dictionary(constantFrom(...names), jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
      record({
        policy: dictionary(constantFrom(...Object.keys(DEFAULT_POLICY)), jsonValue({ maxDepth: 3 })),
      }),
      record({ pool: string({ unit: 'grapheme' }), count: integer({ min: 0, max: 3 }) }),
    )
    const [bodies, odds] = [sample(odd, 240), sample(string({ unit: 'grapheme', minLength: 1 }), 60)]
    const tokens = await Promise.all(Array.from({ length: 8 }, () => stage.token(SCOPES)))
    const changing = VERBS.filter(({ changes }) => changes)
    for (const [index, body] of bodies.entries()) {
      const { method, path } = changing[index % changing.length]!
      const { status, json } = await stage.call(method, path, { body, token: tokens[index % 4]! })
      assert.ok(status < 500 && status !== 429, `${method} ${path} ${JSON.stringify(body)}: ${JSON.stringify(json)}`)
    }
    for (const word of odds) {
      const { status } = await stage.call('GET', `/api/pools/${encodeURIComponent(word)}`, { token: tokens[4]! })
      assert.ok([400, 404].includes(status), `${JSON.stringify(word)}: ${status}`)
    }
    const parameters = ['pool', 'stat', 'from', 'to', 'points', 'by', 'figures', 'format', 'version', '__proto__']
    const values = ['cpu', 'web', '', 'cpu,cpu', ',', '-1', '600', '1e9', 'now', '-6h', 'member', 'mean', 'csv', '∞']
    const pairs = array(
      tuple(constantFrom(...parameters), oneof(constantFrom(...values), string({ unit: 'grapheme' }))),
      { maxLength: 4 },
    )
    const reading = VERBS.filter(({ method }) => method === 'GET')
    for (const [index, query] of sample(pairs, 200).entries()) {
      const path = `${reading[index % reading.length]!.path}?${new URLSearchParams(query).toString()}`
      const { status, body: said } = await stage.call('GET', path, { token: tokens[5 + (index % 3)]! })
      assert.ok(status < 500 && status !== 429, `${path}: ${said}`)
    }
  })

  it('limits how often a token calls, and how often an address tries wrong ones', async () => {
    const token = await stage.token(['read'])
    for (const given of [token, `spt_${'y'.repeat(43)}`]) {
      const all = Array.from({ length: 200 }, () => stage.call('GET', '/api/pools', { token: given }))
      const limited = (await Promise.all(all)).find(({ status }) => status === 429)
      assert.ok(Number(limited?.headers['retry-after']) > 0)
      assert.equal(limited?.json['code'], 'limited')
    }
    const other = await stage.call('GET', '/api/pools', { token: await stage.token(['read']) })
    assert.equal(other.status, 200, 'a right one is heard all the while')
  })

  it('shows requests as they may be: each example is one that its verb takes', () => {
    const shown = VERBS.filter(({ example }) => example !== undefined)
    assert.ok(shown.length > 5)
    for (const { name, input, example } of shown) assert.equal(input.safeParse(example).error, undefined, name)
    const { paths } = stage.check.document as { paths: Record<string, Record<string, object>> }
    const { requestBody } = paths['/api/visuals/{name}/undo']!['post'] as { requestBody: { content: object } }
    assert.ok(JSON.stringify(requestBody.content).includes('"example":{"version":2}'))
    assert.ok(!('requestBody' in paths['/api/visuals/{name}']!['delete']!))
  })

  it('says 202 of what may wait for a person, and of nothing else', () => {
    const { paths } = stage.check.document as {
      paths: Record<string, Record<string, { operationId: string; responses: object }>>
    }
    const all = Object.values(paths).flatMap((methods) => Object.values(methods))
    const waits = all.filter(({ responses }) => '202' in responses).map(({ operationId }) => operationId)
    assert.deepEqual(waits, ['refresh', 'scale', 'set_policy'])
  })

  it('has a document that is right, and answers as it says', async () => {
    const result = await new Validator().validate(stage.check.document as Record<string, unknown>)
    assert.deepEqual(result.errors ?? [], [])
    assert.equal((stage.check.document as { openapi: string }).openapi, '3.1.0')
    assert.ok(stage.check.checked() > 60, `${stage.check.checked()} answers were checked`)
    const unseen = VERBS.filter(({ method, path, scope }) => {
      return scope !== null && !stage.check.seen.has(`${method} ${path} 200`)
    })
    assert.deepEqual(unseen, [], 'each was answered')
    assert.deepEqual(stage.check.violations, [])
  })

  it('has a schema for policy files that knows every setting', async () => {
    const schema = JSON.parse((await (await fetch(`${stage.url}/api/policy.schema.json`)).text()) as string) as {
      properties: Record<string, { description: string }>
    }
    assert.deepEqual(Object.keys(schema.properties), Object.keys(DEFAULT_POLICY))
    for (const { description } of Object.values(schema.properties)) assert.match(description, /In chat: /)
  })

  it('keeps no token anywhere in clear', async () => {
    const all: readonly Scope[] = ['read', 'scale', 'policy']
    const token = await stage.token(all)
    await stage.call('POST', '/api/scale', {
      body: { count: 2 },
      token,
      headers: { 'idempotency-key': token.slice(4, 40) },
    })
    await stage.call('GET', '/api/pools', { token })
    const lines: string[] = []
    for await (const line of stage.rig.services.auditLog.lines()) lines.push(line)
    const kept = JSON.stringify([await dump(stage.rig.redis), lines])
    assert.ok(kept.includes('token-'), 'it is listed')
    for (const part of [token, token.slice(4), token.slice(4, 24), token.slice(-20)]) assert.ok(!kept.includes(part))
  })
})
