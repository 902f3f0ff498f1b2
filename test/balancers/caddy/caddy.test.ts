import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { createCaddyBalancer } from '../../../src/balancers/caddy/caddy.ts'
import { startMember, type TestMember } from '../../contracts/balancer.ts'
import { until } from '../../wait.ts'
import { freshGet } from '../fresh-get.ts'
import { isHealthy } from '../healthy.ts'
import { startBadLine } from './bad-line.ts'
import { startCaddy, type RunningCaddy } from './rig.ts'

const OTHER = {
  listen: ['127.0.0.1:0'],
  routes: [{ handle: [{ handler: 'reverse_proxy', upstreams: [{ dial: '127.0.0.1:9' }] }] }],
}

describe('Caddy by its admin API', () => {
  let caddy: RunningCaddy
  let members: TestMember[]
  const connect = (handler: string | null = 'pool') => createCaddyBalancer({ admin: caddy.admin, handler, isHealthy })
  const servers = async () =>
    JSON.parse(await freshGet(`${caddy.admin}/config/apps/http/servers`)) as Record<string, unknown>
  const upstreams = async () => {
    const told = JSON.parse(await freshGet(`${caddy.admin}/id/pool/upstreams`)) as readonly { dial: string }[]
    return told.map(({ dial }) => `http://${dial}`)
  }

  before(async () => {
    caddy = await startCaddy({ servers: { other: OTHER } })
  })
  beforeEach(async () => {
    await caddy.restart()
    members = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => startMember(name)))
  })
  afterEach(async () => {
    for (const member of members) await member.close()
  })
  after(() => caddy.stop())

  it('loses no change when two bots and a person change it at once', async () => {
    const [one, two] = [connect(), connect()]
    await Promise.all([
      putByHand(`${caddy.admin}/config/apps/http/servers/other/max_header_bytes`, '4096'),
      ...members.map((member, at) => (at % 2 === 0 ? one : two).add(member.url)),
    ])
    assert.deepEqual((await upstreams()).toSorted(), members.map(({ url }) => url).toSorted())
    assert.deepEqual((await servers())['other'], { ...OTHER, max_header_bytes: 4096 })
  })

  it('makes a change once when the call or its answer is lost, and says so when all are', async () => {
    const [a, b] = members as [TestMember, TestMember]
    const line = await startBadLine(caddy.admin)
    try {
      const balancer = createCaddyBalancer({ admin: line.url, handler: 'pool', isHealthy })
      line.losses = ['call', 'answer']
      await balancer.add(a.url)
      assert.deepEqual(await upstreams(), [a.url])
      line.losses = ['call', 'call', 'call']
      await assert.rejects(balancer.add(b.url), { code: 'balancerFailed', retryable: true })
      assert.deepEqual(await upstreams(), [a.url])
    } finally {
      await line.close()
    }
  })

  it('says in words that what answers is no admin API, or tells of its upstreams what cannot be read', async () => {
    let answer: (path: string) => unknown = () => null
    const server = createServer((asked, reply) => reply.end(JSON.stringify(answer(asked.url ?? ''))))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const admin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { list } = createCaddyBalancer({ admin, handler: null, isHealthy })
    const proxy = { handler: 'reverse_proxy', upstreams: [{ dial: '127.0.0.1:9' }] }
    try {
      for (const odd of ['hello', [1], 7]) {
        answer = () => odd
        await assert.rejects(list(), { code: 'balancerFailed', message: /what answers there is not its admin API/ })
      }
      for (const odd of [[null], [{ address: '127.0.0.1:9', num_requests: 'many', fails: 0 }], { error: 'no' }]) {
        answer = (path) => (path === '/reverse_proxy/upstreams' ? odd : { site: { routes: [{ handle: [proxy] }] } })
        await assert.rejects(list(), { code: 'balancerFailed', message: /upstreams cannot be read/ })
      }
    } finally {
      server.close()
    }
  })

  it('changes nothing where it is not told what it would change', async () => {
    const line = await startBadLine(caddy.admin)
    try {
      line.untagged = true
      const balancer = createCaddyBalancer({ admin: line.url, handler: 'pool', isHealthy })
      await assert.rejects(balancer.add(members[0]!.url), { message: /no ETag/, retryable: false })
      assert.deepEqual(await upstreams(), [])
    } finally {
      await line.close()
    }
  })

  it('leaves everything else in the configuration as it was', async () => {
    const before = await servers()
    const balancer = connect()
    await balancer.add(members[0]!.url)
    await balancer.drain(members[0]!.url)
    assert.notDeepEqual(await servers(), before)
    await balancer.remove(members[0]!.url)
    assert.deepEqual(await servers(), before)
  })

  it('a draining member is known for one, with what it has in flight, by a bot that was restarted', async () => {
    const [a, b] = members as [TestMember, TestMember]
    const balancer = connect()
    await balancer.add(a.url)
    const slow = freshGet(`${caddy.url}/slow`)
    await until(() => a.asked.includes('/slow'), { what: 'the slow request' })
    await balancer.add(b.url)
    await balancer.drain(a.url)
    const again = connect()
    const state = async () => (await again.list()).find(({ url }) => url === a.url)
    assert.deepEqual([(await state())?.state, (await state())?.inFlight], ['draining', 1])
    a.release()
    assert.equal(await slow, 'a')
    await until(async () => (await state())?.inFlight === 0, { what: 'nothing to be in flight' })
    assert.deepEqual(await upstreams(), [b.url])
  })

  it('a member waits outside until it is healthy', async () => {
    const [a] = members as [TestMember]
    const balancer = connect()
    a.status = 503
    await balancer.add(a.url)
    assert.deepEqual(await upstreams(), [])
    assert.equal((await connect().list())[0]?.state, 'unhealthy')
    a.status = 200
    assert.equal((await balancer.list())[0]?.state, 'healthy')
    assert.deepEqual(await upstreams(), [a.url])
  })

  it('a restarted Caddy has forgotten its members, lists none and takes them again', async () => {
    const [a] = members as [TestMember]
    const balancer = connect()
    await balancer.add(a.url)
    await caddy.restart()
    assert.deepEqual(await balancer.list(), [])
    await balancer.add(a.url)
    assert.deepEqual(await upstreams(), [a.url])
  })

  it('the handler is told by its path as well, and must be told when there are two', async () => {
    const [a] = members as [TestMember]
    await assert.rejects(connect(null).list(), { code: 'balancerFailed', message: /2 reverse_proxy handlers/ })
    await assert.rejects(connect('nope').list(), { code: 'balancerFailed', message: /"nope"/ })
    await connect('/apps/http/servers/site/routes/0/handle/0/routes/0/handle/0').add(a.url)
    assert.deepEqual(await upstreams(), [a.url])
  })

  it('a member that does not fit is refused', async () => {
    await assert.rejects(connect().add('http://127.0.0.1:80/path'), { code: 'balancerFailed', retryable: false })
    await assert.rejects(connect().add('http://{env.HOME}:80'), { code: 'balancerFailed', retryable: false })
    await assert.rejects(connect().add(members[0]!.url.replace('http', 'https')), { message: /speaks http/ })
  })
})

/** Caddy resets calls that arrive while it takes on another configuration: a person would try again, too. */
async function putByHand(url: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json', connection: 'close' }
  await until(
    async () => {
      const answer = await fetch(url, { method: 'PUT', headers, body })
      // 409: the try before had reached it.
      return answer.status === 200 || answer.status === 409
    },
    { what: 'the change by hand' },
  )
}
