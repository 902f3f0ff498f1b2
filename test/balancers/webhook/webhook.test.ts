import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { NO_FIGURES } from '../../../src/balancers/balancer.ts'
import { createWebhookBalancer } from '../../../src/balancers/webhook/webhook.ts'
import { startMember, type TestMember } from '../../contracts/balancer.ts'
import { isHealthy } from '../healthy.ts'
import { createRecord } from '../record.ts'
import { startEndpoint, type Asked, type Endpoint } from './endpoint.ts'

const SECRET = 'a secret that both sides know'

type Reply = { status: number; body?: unknown; headers?: Record<string, string> }

describe('a webhook', () => {
  let endpoint: Endpoint
  let member: TestMember
  let reply: (asked: Asked) => Reply
  let seen: Asked[] = []
  const connect = (more: Partial<Parameters<typeof createWebhookBalancer>[0]> = {}) =>
    createWebhookBalancer({
      url: endpoint.url,
      secret: SECRET,
      format: 'json',
      record: createRecord(),
      isHealthy,
      ...more,
    })

  before(async () => {
    member = await startMember('a')
    endpoint = await startEndpoint(SECRET, (asked) => {
      seen.push(asked)
      return Promise.resolve(reply(asked))
    })
  })
  afterEach(() => {
    seen = []
    member.status = 200
  })
  after(async () => {
    await endpoint.close()
    await member.close()
  })

  it('posts JSON, or the form that the first version posted', async () => {
    reply = () => ({ status: 200 })
    await connect().add(member.url)
    await connect({ format: 'form' }).add(member.url)
    assert.deepEqual(JSON.parse(seen[0]!.body), { type: 'add-server', url: member.url })
    assert.equal(seen[1]!.body, `type=add-server&url=${encodeURIComponent(member.url)}`)
  })

  it('tries again with one idempotency key, and another call has another', async () => {
    let count = 0
    reply = () => ({ status: (count += 1) === 1 ? 503 : 204, headers: { 'retry-after': '0' } })
    const balancer = connect()
    await balancer.add(member.url)
    await balancer.add(member.url)
    const keys = seen.map(({ headers }) => headers['idempotency-key'])
    assert.equal(keys.length, 3)
    assert.equal(keys[0], keys[1])
    assert.notEqual(keys[1], keys[2])
  })

  it('says so when the secret is wrong, and its message holds no secret', async () => {
    const balancer = connect({ secret: 'another secret altogether' })
    await assert.rejects(balancer.add(member.url), (error: Error) => {
      assert.match(error.message, /answered 401 \(not signed\).*same secret/)
      assert.doesNotMatch(error.message, /in-the-url|another secret/)
      return true
    })
    assert.throws(() => connect({ secret: 'short' }), { code: 'configuration' })
  })

  it('follows no redirect', async () => {
    reply = () => ({ status: 307, headers: { location: endpoint.url } })
    await assert.rejects(connect().add(member.url), { code: 'balancerFailed', message: /answered 307/ })
    assert.equal(seen.length, 1)
  })

  it('an endpoint that knows no drain is told to remove, and the member counts as busy until it has settled', async () => {
    reply = ({ fields }) => ({ status: ['add-server', 'rmv-server'].includes(fields['type'] ?? '') ? 200 : 422 })
    let now = Date.now()
    const record = createRecord()
    const options = { record, settleMs: 30_000, now: () => now }
    await connect(options).add(member.url)
    await connect(options).drain(member.url)
    assert.deepEqual(
      seen.map(({ fields }) => fields['type']),
      ['add-server', 'drain-server', 'rmv-server'],
    )
    // Another balancer on the same record: the bot was restarted.
    const again = connect(options)
    const states = async () => (await again.list()).map(({ state, inFlight }) => [state, inFlight])
    now += 29_000
    assert.deepEqual(await states(), [['draining', 1]])
    now += 1000
    assert.deepEqual(await states(), [['draining', 0]])
    await again.remove(member.url)
    assert.deepEqual(await states(), [])
  })

  it('a member drains by a clock that nobody sets, whatever is done to the other', async () => {
    reply = ({ fields }) => ({ status: ['add-server', 'rmv-server'].includes(fields['type'] ?? '') ? 200 : 422 })
    let [now, elapsed] = [Date.now(), 0]
    const balancer = connect({ record: createRecord(), settleMs: 30_000, now: () => now, elapsed: () => elapsed })
    await balancer.add(member.url)
    await balancer.drain(member.url)
    for (const ms of [-200_000, 400_000]) {
      now += ms
      assert.deepEqual(
        (await balancer.list()).map(({ inFlight }) => inFlight),
        [1],
      )
    }
    elapsed += 30_000
    assert.deepEqual(
      (await balancer.list()).map(({ inFlight }) => inFlight),
      [0],
    )
  })

  it('the endpoint hears of a member only when it is healthy', async () => {
    reply = ({ fields }) => ({ status: fields['type'] === 'list' ? 405 : 200 })
    member.status = 503
    const balancer = connect()
    await balancer.add(member.url)
    assert.equal((await balancer.list())[0]?.state, 'unhealthy')
    assert.deepEqual(
      seen.map(({ fields }) => fields['type']),
      ['list'],
    )
    member.status = 200
    assert.equal((await balancer.list())[0]?.state, 'healthy')
    assert.equal(seen[1]?.fields['type'], 'add-server')
  })

  it('an endpoint that tells its members is believed', async () => {
    const told = { url: member.url, state: 'unhealthy', inFlight: 3, rps: 2.5, failed: 1 }
    reply = ({ fields }) => (fields['type'] === 'list' ? { status: 200, body: [told] } : { status: 200 })
    const balancer = connect()
    assert.deepEqual(await balancer.list(), [{ ...NO_FIGURES, ...told, atMember: 3 }])
    await balancer.add(member.url)
    reply = ({ fields }) => (fields['type'] === 'list' ? { status: 200, body: [] } : { status: 200 })
    assert.deepEqual(await balancer.list(), [])
  })

  it('an endpoint that tells one thing oddly is believed in the rest, of every member', async () => {
    const told = { url: member.url, state: 'unhealthy', inFlight: 3 }
    for (const odd of [{ state: 'UP' }, { inFlight: -1 }, { rps: 'many' }, { failed: null }, { url: 7 }]) {
      const body = [{ url: 'http://10.0.0.9:80', state: 'healthy', ...odd }, null, told]
      reply = ({ fields }) => (fields['type'] === 'list' ? { status: 200, body } : { status: 200 })
      const balancer = connect({ isHealthy: () => Promise.resolve(true) })
      const found = await balancer.list()
      const own = found.find(({ url }) => url === member.url)
      assert.deepEqual([own?.state, own?.inFlight, own?.atMember], ['unhealthy', 3, 3], JSON.stringify(odd))
      assert.equal(found.length, 'url' in odd ? 1 : 2)
    }
  })

  it('knows a member that the endpoint spells in another way', async () => {
    const url = 'http://127.0.0.1:80'
    reply = ({ fields }) =>
      fields['type'] === 'list' ? { status: 200, body: { members: ['http://127.0.0.1/'] } } : { status: 200 }
    const balancer = connect({ isHealthy: () => Promise.resolve(true) })
    await balancer.add(url)
    assert.deepEqual(
      (await balancer.list()).map((member) => [member.url, member.state]),
      [[url, 'healthy']],
    )
    await balancer.drain(url)
    assert.deepEqual(
      (await balancer.list()).map((member) => [member.url, member.state]),
      [[url, 'draining']],
    )
  })
})
