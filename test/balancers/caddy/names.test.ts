import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createCaddyBalancer } from '../../../src/balancers/caddy/caddy.ts'
import { startMember, type TestMember } from '../../contracts/balancer.ts'
import { until } from '../../wait.ts'
import { freshGet } from '../fresh-get.ts'
import { isHealthy } from '../healthy.ts'
import { startCaddy, type RunningCaddy } from './rig.ts'

describe('an upstream of Caddy that is not written as Spinup knows the member', () => {
  let caddy: RunningCaddy
  let origin: TestMember
  let clone: TestMember
  beforeEach(async () => {
    origin = await startMember('origin')
    clone = await startMember('clone')
  })
  afterEach(async () => {
    await caddy.stop()
    await origin.close()
    await clone.close()
  })

  const start = async (upstreams: readonly object[]) => {
    caddy = await startCaddy({ proxy: { upstreams } })
    return connect()
  }
  const connect = () => createCaddyBalancer({ admin: caddy.admin, handler: 'pool', isHealthy })
  const dials = async () => {
    const upstreams = JSON.parse(await freshGet(`${caddy.admin}/id/pool/upstreams`)) as readonly { dial?: string }[]
    return upstreams.map(({ dial }) => dial)
  }
  const portOf = ({ url }: { readonly url: string }) => new URL(url).port

  const spellings = ['localhost:P', 'LOCALHOST:P', 'tcp/localhost:P', 'tcp4/127.0.0.1:P', '[::ffff:127.0.0.1]:P', ':P']
  for (const spelling of spellings) {
    it(`${spelling}: is not added a second time, is drained with what it has, and comes back as it was`, async () => {
      const dial = spelling.replace('P', portOf(origin))
      const balancer = await start([{ dial, max_requests: 50 }])
      await balancer.add(origin.url)
      assert.deepEqual(await dials(), [dial])
      await balancer.add(clone.url)
      assert.deepEqual(
        (await balancer.list()).map(({ url, state }) => [url, state]),
        [
          [origin.url, 'healthy'],
          [clone.url, 'healthy'],
        ],
      )
      const slow: Promise<string>[] = []
      const held = () => [origin, clone].flatMap(({ asked }) => asked.filter((path) => path === '/slow')).length
      // One by one: what Caddy has not accepted yet when it is given another configuration is lost.
      while (!origin.asked.includes('/slow')) {
        slow.push(freshGet(`${caddy.url}/slow`))
        await until(() => held() === slow.length, { what: 'a slow request to have come in' })
      }
      await balancer.drain(origin.url)
      assert.deepEqual(await dials(), [new URL(clone.url).host])
      const draining = async () => (await connect().list()).find(({ state }) => state === 'draining')
      assert.ok(((await draining())?.inFlight ?? 0) > 0, 'also for a bot that was restarted')
      assert.equal(await freshGet(`${caddy.url}/`), 'clone')
      origin.release()
      clone.release()
      await Promise.all(slow)
      await until(async () => (await draining())?.inFlight === 0, { what: 'nothing to be in flight' })
      await balancer.add(origin.url)
      assert.deepEqual(JSON.parse(await freshGet(`${caddy.admin}/id/pool/upstreams`)), [
        { dial: new URL(clone.url).host },
        { dial, max_requests: 50 },
      ])
      await balancer.remove(origin.url)
      assert.deepEqual(await dials(), [new URL(clone.url).host])
    })
  }

  it('is the machine that Caddy runs on, by any of its addresses', async () => {
    const address = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4')?.address
    const app = createServer((_, response) => response.end('app')).listen(0)
    await once(app, 'listening')
    const { port } = app.address() as AddressInfo
    try {
      const balancer = await start([{ dial: `localhost:${port}` }])
      const url = `http://${address ?? '127.0.0.1'}:${port}`
      await balancer.add(url)
      assert.deepEqual(await dials(), [`localhost:${port}`])
      assert.equal((await balancer.list())[0]?.url, url)
      await balancer.drain(url)
      assert.deepEqual(await dials(), [])
    } finally {
      app.closeAllConnections()
      app.close()
    }
  })

  it('is the same IPv6 address in another spelling', async () => {
    const balancer = await start([{ dial: '[2001:0DB8:0:0::0004]:80' }])
    await assert.doesNotReject(balancer.add('http://[2001:db8::4]'))
    assert.deepEqual(await dials(), ['[2001:0DB8:0:0::0004]:80'])
    await balancer.drain('http://[2001:db8::4]:80')
    assert.deepEqual(await dials(), [])
    assert.equal((await balancer.list())[0]?.url, 'http://[2001:db8::4]:80')
  })

  it('is healed where it stands there twice: both are drained, and one comes back', async () => {
    const [one, two] = [`localhost:${portOf(origin)}`, new URL(origin.url).host]
    const balancer = await start([{ dial: one }, { dial: two }])
    await balancer.add(origin.url)
    assert.equal((await balancer.list()).length, 1)
    await balancer.drain(origin.url)
    assert.deepEqual(await dials(), [])
    assert.equal((await balancer.list()).length, 1)
    await balancer.add(origin.url)
    assert.deepEqual(await dials(), [one])
  })

  it('is another member where the port is another', async () => {
    const balancer = await start([{ dial: `localhost:${portOf(origin)}` }])
    await balancer.add(clone.url)
    assert.equal((await dials()).length, 2)
  })

  it('that cannot be resolved may be the member: nothing is added or taken for drained, and that is said', async () => {
    const dial = `nowhere.invalid:${portOf(origin)}`
    const balancer = await start([{ dial }])
    const words = {
      code: 'balancerFailed',
      retryable: true,
      message: /nowhere\.invalid:\d+ cannot be resolved from here/,
    }
    await assert.rejects(balancer.add(origin.url), words)
    await assert.rejects(balancer.drain(origin.url), words)
    assert.deepEqual(await dials(), [dial])
    assert.match((await balancer.obstacle?.()) ?? '', /nowhere\.invalid.*write it as HOST:PORT/)
    await balancer.add(clone.url)
    assert.equal((await dials()).length, 2, 'one at another port is none of it')
  })

  for (const dial of ['unix//run/app.sock', '{env.UPSTREAM}', 'localhost:8080-8082', '{http.vars.host}:80']) {
    it(`${dial}: is left alone, and named as what cannot be known`, async () => {
      const balancer = await start([{ dial }])
      await balancer.add(clone.url)
      await balancer.drain(clone.url)
      await balancer.remove(clone.url)
      assert.deepEqual(await dials(), [dial])
      assert.deepEqual(await balancer.list(), [])
      assert.ok((await balancer.obstacle?.())?.includes(`${dial} is not a host and port`))
    })
  }

  it('is nothing to speak of where all is plain', async () => {
    const balancer = await start([{ dial: new URL(origin.url).host }])
    assert.equal(await balancer.obstacle?.(), null)
  })
})
