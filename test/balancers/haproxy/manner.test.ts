import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { after, afterEach, before, describe, it } from 'node:test'
import { createHaproxyBalancer } from '../../../src/balancers/haproxy/haproxy.ts'
import { createRuntime } from '../../../src/balancers/haproxy/runtime.ts'
import { startMember, type TestMember } from '../../contracts/balancer.ts'
import { until } from '../../wait.ts'
import { freshGet } from '../fresh-get.ts'
import { startHaproxy, type RunningHaproxy } from './rig.ts'

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))

describe('a server that is added to HAProxy', () => {
  let haproxy: RunningHaproxy
  let origin: TestMember
  let clone: TestMember
  before(async () => {
    origin = await startMember('origin')
    clone = await startMember('clone')
  })
  afterEach(() => haproxy.stop())
  after(async () => {
    await origin.close()
    await clone.close()
  })

  const start = async (...servers: readonly string[]) => {
    haproxy = await startHaproxy({ servers: servers.map((line) => line.replace('ORIGIN', new URL(origin.url).host)) })
    return createHaproxyBalancer({ address: haproxy.address, backend: 'app', checkMs: 100 })
  }
  /** Columns of `show stat` of each server. */
  const stats = async () => {
    const [names = '', ...rows] = (await createRuntime(haproxy.address, 2000).ask('show stat app 4 -1')).split('\n')
    const cells = (row: string) => row.split(',').map((value, at) => [names.slice(2).split(',')[at], value] as const)
    return new Map(rows.map((row) => [row.split(',')[1]!, new Map(cells(row))]))
  }
  const added = async () => [...(await stats())].find(([name]) => name.startsWith('spinup:'))?.[1]
  const LIKE = ['slim', 'qlimit', 'src_ilim', 'check_rise', 'check_fall'] as const

  it('has the limits and thresholds that default-server gave the others', async () => {
    const balancer = await start(
      'default-server maxconn 7 maxqueue 33 rise 3 fall 4 pool-max-conn 9 inter 100ms',
      'server web1 ORIGIN check',
    )
    await balancer.add(clone.url)
    const all = await stats()
    for (const column of LIKE) assert.equal((await added())?.get(column), all.get('web1')?.get(column), column)
    assert.deepEqual(
      LIKE.map((column) => all.get('web1')?.get(column)),
      ['7', '33', '9', '3', '4'],
    )
  })

  for (const reason of ['Busy, try later', 'No, "rise", 9,9,9', ',,,"']) {
    it(`has them whatever words the others’ checks fail with: ${reason}`, async () => {
      const talker = createServer((_request, response) => response.writeHead(503, reason).end()).listen(0, '127.0.0.1')
      await once(talker, 'listening')
      const balancer = await start(
        'default-server maxconn 7 maxqueue 33 rise 3 fall 4 pool-max-conn 9 inter 100ms',
        `server web1 127.0.0.1:${(talker.address() as AddressInfo).port} check`,
      )
      const text = async () => createRuntime(haproxy.address, 2000).ask('show stat app 4 -1')
      const shown = `"${reason.replaceAll('"', '""')}"`
      await until(async () => (await text()).includes(shown), { what: 'its words to be shown' })
      await balancer.add(clone.url)
      const clones = await added()
      assert.deepEqual(
        LIKE.map((column) => clones?.get(column)),
        ['7', '33', '9', '3', '4'],
      )
      talker.close()
      talker.closeAllConnections()
    })
  }

  it('has no limit where the others have none', async () => {
    const balancer = await start('server web1 ORIGIN check inter 100ms')
    await balancer.add(clone.url)
    const all = await stats()
    for (const column of LIKE) assert.equal((await added())?.get(column), all.get('web1')?.get(column), column)
    assert.equal((await added())?.get('slim') ?? '', '')
  })

  it('is checked where the others are checked', async () => {
    const health = await startMember('health')
    const balancer = await start(
      `default-server port ${new URL(health.url).port} inter 100ms`,
      'server web1 ORIGIN check',
    )
    await balancer.add(clone.url)
    await until(() => health.checks() > 2, { what: 'checks of both at the other port' })
    const state = async () => (await balancer.list()).find(({ url }) => url === clone.url)?.state
    await until(async () => (await state()) === 'healthy', { what: 'the clone to be healthy' })
    health.status = 503
    await until(async () => (await state()) === 'unhealthy', { what: 'its checks to fail there' })
    await health.close()
  })

  it('is given no more at once than the others: what is above waits for it', async () => {
    const balancer = await start('default-server maxconn 1 inter 100ms', 'server web1 ORIGIN check')
    await balancer.add(clone.url)
    await until(async () => (await balancer.list()).every(({ state }) => state === 'healthy'), { what: 'both healthy' })
    await balancer.drain(origin.url)
    const asked = () => clone.asked.filter((path) => path === '/slow').length
    const slow = [freshGet(`${haproxy.url}/slow`), freshGet(`${haproxy.url}/slow`)]
    const queued = async () => (await createRuntime(haproxy.address, 2000).ask('show stat app 2 -1')).split('\n')[1]
    await until(async () => asked() === 1 && (await queued())?.split(',')[2] === '1', { what: 'one to wait' })
    clone.release()
    await until(() => asked() === 2, { what: 'the second' })
    clone.release()
    assert.deepEqual(await Promise.all(slow), ['clone', 'clone'])
  })

  it('takes after the team’s own server, not after one that is left of another manner', async () => {
    const balancer = await start('server web1 ORIGIN check inter 100ms maxconn 11')
    const runtime = createRuntime(haproxy.address, 2000)
    await runtime.tell('add server app/spinup:127.0.0.9:1 127.0.0.9:1 maxconn 3')
    await balancer.add(clone.url)
    const name = `spinup:${new URL(clone.url).host}`
    assert.equal((await stats()).get(name)?.get('slim'), '11')
  })

  it('is one that HAProxy knows by "here" already, when that is the machine it runs on', async () => {
    const { port } = new URL(origin.url)
    const balancer = await start(`server web1 127.0.0.1:${port} check inter 100ms`)
    for (const host of ['localhost', '[::ffff:127.0.0.1]']) {
      const url = `http://${host}:${port}`
      await balancer.add(url)
      assert.deepEqual([...(await stats()).keys()], ['web1'], host)
      assert.equal((await balancer.list())[0]?.url, url)
      await balancer.drain(url)
      assert.equal((await balancer.list())[0]?.state, 'draining', host)
      await balancer.add(url)
      await balancer.remove(url)
    }
  })

  it('may have an IPv6 address alone', { skip: hasIpv6 ? false : 'no IPv6 here' }, async () => {
    const app = createServer((_, response) => response.end('six')).listen(0, '::1')
    await once(app, 'listening')
    const url = `http://[::1]:${(app.address() as AddressInfo).port}`
    const balancer = await start('server web1 ORIGIN check inter 100ms')
    await balancer.add(url)
    const state = async () => (await balancer.list()).find((one) => one.url === url)?.state
    await until(async () => (await state()) === 'healthy', { what: 'it to be healthy' })
    await balancer.add(url)
    assert.equal((await stats()).size, 2)
    await balancer.drain(origin.url)
    assert.equal(await freshGet(`${haproxy.url}/`), 'six')
    await balancer.remove(url)
    app.closeAllConnections()
    app.close()
  })

  it('is at a port: another port of the same machine is another member', async () => {
    const balancer = await start('server web1 ORIGIN check inter 100ms')
    await balancer.add(clone.url)
    assert.equal((await stats()).size, 2)
  })

  it('is told by its address, whichever scheme its URL has', async () => {
    const balancer = await start('server web1 ORIGIN check ssl verify none inter 100ms')
    await balancer.add(origin.url)
    assert.deepEqual([...(await stats()).keys()], ['web1'])
    await balancer.add(clone.url)
    const state = await createRuntime(haproxy.address, 2000).ask('show servers state app')
    const rows = state.split('\n').slice(1)
    const column = rows[0]!.slice(2).split(' ').indexOf('srv_use_ssl')
    assert.deepEqual(
      rows.slice(1).map((row) => row.split(' ')[column]),
      ['1', '1'],
      'it is spoken to as the others are',
    )
  })
})
