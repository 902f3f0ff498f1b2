import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDigitalOceanBalancer } from '../../../src/balancers/digitalocean/digitalocean.ts'
import { createLoadBalancer } from '../../../src/providers/digitalocean/load-balancer.ts'
import { isHealthy } from '../../balancers/healthy.ts'
import { createRecord } from '../../balancers/record.ts'
import { balancerContract } from '../../contracts/balancer.ts'
import { until } from '../../wait.ts'
import { openAccount } from './account.ts'
import { running } from '../../running.ts'

balancerContract('DigitalOcean’s load balancer through the provider’s edge', async () => {
  const account = await openAccount()
  const { cloud } = account
  const { id } = cloud.state.addBalancer({ name: 'front' })
  await until(() => cloud.state.balancers.get(id)?.status === 'active', { what: 'the load balancer to be active' })
  const droplets = new Map<string, number>()
  const known = (url: string): number => {
    const { hostname, port } = new URL(url)
    const found = droplets.get(url) ?? cloud.state.addDroplet({ name: 'web', ip: hostname, port: Number(port) }).id
    droplets.set(url, found)
    return found
  }
  const around = {
    dropletOf: async (url: string) => (new URL(url).port === '1' ? null : known(url)),
    urlOf: async (dropletId: number) => [...droplets].find(([, one]) => one === dropletId)?.[0] ?? null,
    record: createRecord(),
    isHealthy,
    settleMs: 50,
    busyMs: 20,
    healthFreshMs: 0,
  }
  const client = createLoadBalancer({ ...account.options(), loadBalancerId: id })
  const nowhere = { ...account.options(), apiUrl: 'http://127.0.0.1:1', timing: { attempts: 1 } }
  return {
    balancer: createDigitalOceanBalancer({ ...around, client }),
    url: null,
    tells: [],
    unreachable: createDigitalOceanBalancer({
      ...around,
      client: createLoadBalancer({ ...nowhere, loadBalancerId: id }),
      dropletOf: async () => 1,
    }),
    close: account.stop,
  }
})

describe('a load balancer of the account', () => {
  const account = running(openAccount)
  let now = Date.now()
  const open = async (token = account.cloud.token) => {
    const { id } = account.cloud.state.addBalancer({ name: 'front', dropletIds: [account.origin.id] })
    const balancer = createLoadBalancer({
      ...account.options(),
      loadBalancerId: id,
      token: async () => token,
      now: () => now,
    })
    await until(() => account.cloud.state.balancers.get(id)?.status === 'active', { what: 'it to be active' })
    return { id, balancer }
  }

  it('is asked once in ten seconds however often it is looked at, and at once after a change', async () => {
    const { balancer } = await open()
    const asked = (): number => account.count('loadBalancers_get')
    const before = asked()
    for (let look = 0; look < 20; look++) assert.deepEqual((await balancer.get()).dropletIds, [account.origin.id])
    assert.equal(asked() - before, 1)
    now += 10_001
    await balancer.get()
    assert.equal(asked() - before, 2)
    const clone = account.cloud.state.addDroplet({ name: 'web-2' })
    await balancer.addDroplets([clone.id])
    assert.deepEqual((await balancer.get()).dropletIds.toSorted(), [account.origin.id, clone.id].toSorted())
    await balancer.removeDroplets([clone.id])
    assert.deepEqual((await balancer.get()).dropletIds, [account.origin.id])
  })

  it('that is busy with an earlier change is told as such: the token lacks nothing', async () => {
    const { id, balancer } = await open()
    account.cloud.state.balancers.get(id)!.busyUntil = Infinity
    await assert.rejects(balancer.addDroplets([account.origin.id]), {
      retryable: true,
      message: /did not add droplet \d+ to the load balancer yet: Load Balancer can't be updated while/,
    })
  })

  it('goes without its checks where the token may not see them, and does not keep asking', async () => {
    const blind = account.cloud.state.addToken({ scopes: ['load_balancer:read'] })
    const { balancer } = await open(blind.value)
    const asked = (): number => account.count('monitoring_get_lb_droplets_health_checks')
    const before = asked()
    assert.deepEqual(await balancer.health(), new Map())
    assert.deepEqual(await balancer.health(), new Map())
    assert.equal(asked() - before, 1)
    now += 10 * 60_000
    await balancer.health()
    assert.equal(asked() - before, 2)
  })

  it('tells what its checks say', async () => {
    const { balancer } = await open()
    await until(async () => (await balancer.health()).get(account.origin.id) === true, { what: 'a passed check' })
    account.cloud.state.setHealthy(account.origin.id, false)
    await until(async () => (await balancer.health()).get(account.origin.id) === false, { what: 'a failed check' })
  })

  it('says so when it was deleted', async () => {
    const gone = createLoadBalancer({ ...account.options(), loadBalancerId: '4de7ac8b-495b-4884-9a69-1050c6793cd6' })
    await assert.rejects(gone.get(), /no load balancer .* any more.*\/spinup disconnect/)
  })
})
