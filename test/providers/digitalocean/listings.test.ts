import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import {
  createDigitalOceanAccount,
  type DigitalOceanAccount,
} from '../../../src/providers/digitalocean/cloud-account.ts'
import { createLoadBalancer } from '../../../src/providers/digitalocean/load-balancer.ts'
import { until } from '../../wait.ts'
import { openAccount, type TestAccount } from './account.ts'
import { anyNumber, upTo } from '../../permit.ts'

type Fields = Readonly<Record<string, unknown>>

describe('a list with odd entries in it', () => {
  let account: TestAccount
  let choices: DigitalOceanAccount
  before(async () => {
    // What is answered here is on purpose not as the official document says.
    account = await openAccount({ limits: { keyListsPerMinute: 1000 } }, 'unchecked')
    account.cloud.state.addBalancer({ name: 'front', dropletIds: [account.origin.id] })
    account.cloud.state.addDroplet({ name: 'plain' })
    await account.cloud.state.addSnapshot(account.origin.id, 'spinup-golden')
  })
  after(() => account.stop())
  afterEach(() => account.cloud.state.bends.clear())

  /** Changes the first entry of a list, or what it is put through. */
  const bend = (list: string, how: Fields | ((first: unknown) => readonly unknown[])): void => {
    account.cloud.state.bends.set(list, ([first, ...rest]) => [
      ...(typeof how === 'function' ? how(first) : [{ ...Object(first), ...how }]),
      ...rest,
    ])
    choices = createDigitalOceanAccount(account.options())
  }

  const bentDroplets: Readonly<Record<string, Fields>> = {
    'an unknown status': { status: 'migrating' },
    'no networks': { networks: null },
    'half an address': { networks: { v4: [{ type: 'public' }, null], v6: 'none' } },
    'no image': { image: null },
    'a size without a price': { size: { slug: 's-1vcpu-1gb' } },
    'no size': { size: null, size_slug: null },
    'no region': { region: null },
    'features that are none': { features: 'monitoring', tags: null, volume_ids: undefined },
    'no date': { created_at: 'soon' },
    'fields of tomorrow': { gpu: { cores: 3 }, status: { now: 'active' }, vcpus: '2' },
  }
  for (const [name, fields] of Object.entries(bentDroplets)) {
    it(`of droplets shows one with ${name}, and every other`, async () => {
      bend('droplets', fields)
      assert.deepEqual((await choices.searchDroplets('')).map((one) => one.name).toSorted(), ['plain', 'web'])
      assert.deepEqual((await account.provider().list()).map((one) => one.name).toSorted(), ['plain', 'web'])
      assert.equal((await account.provider().get(account.originId))?.id, account.originId, 'alone, too')
    })
  }

  it('of droplets leaves one of unknown status alone: it is neither on nor off', async () => {
    bend('droplets', { status: 'migrating' })
    assert.equal((await account.provider().get(account.originId))?.status, 'new')
    assert.equal((await choices.searchDroplets('web'))[0]?.status, 'migrating', 'people see the word')
  })

  it('of droplets says that a price is unknown, not that there is none', async () => {
    for (const price of [undefined, null, 0, -0.01, '0.01']) {
      bend('droplets', { size: { slug: 's-1vcpu-1gb', price_hourly: price, price_monthly: price } })
      assert.equal((await account.provider().get(account.originId))?.dollarsPerHour, null, String(price))
      assert.equal((await choices.searchDroplets('web'))[0]?.dollarsPerMonth, null, String(price))
    }
  })

  const bentBalancers: Readonly<Record<string, Fields>> = {
    'a type of tomorrow': { type: 'PLANETARY' },
    'no region': { region: null },
    'no rules': { forwarding_rules: null },
    'half a rule': { forwarding_rules: [{ entry_protocol: 'http' }] },
    'an unknown status': { status: 'upgrading', health_check: 'none' },
    'no droplets': { droplet_ids: null, tag: null, vpc_uuid: null },
  }
  for (const [name, fields] of Object.entries(bentBalancers)) {
    it(`of load balancers shows one with ${name}`, async () => {
      bend('load_balancers', fields)
      assert.deepEqual(
        (await choices.loadBalancers()).map((one) => one.name),
        ['front'],
      )
    })
  }

  const lists: Readonly<Record<string, () => Promise<number>>> = {
    load_balancers: async () => (await choices.loadBalancers()).length,
    sizes: async () => (await choices.sizes()).length,
    ssh_keys: async () => (await choices.sshKeys()).length,
    droplets: async () => (await choices.searchDroplets('')).length,
  }
  for (const [list, count] of Object.entries(lists)) {
    for (const entry of [null, 'web', {}, { id: null }]) {
      it(`of ${list} leaves out ${JSON.stringify(entry)} and says so once in the log`, async () => {
        account.cloud.state.addKey(`key ${list} ${JSON.stringify(entry)}`)
        bend(list, (first) => [first])
        const usual = await count()
        assert.ok(usual > 0)
        bend(list, (first) => [entry, first, entry])
        const before = account.logged().length
        for (let time = 0; time < 2; time++) assert.equal(await count(), usual)
        const said =
          account
            .logged()
            .slice(before)
            .match(/entries that cannot be read are left out/g) ?? []
        assert.equal(said.length, 1)
        assert.match(account.logged().slice(before), /"entries":2/)
      })
    }
  }

  it('of sizes leaves out one without a price: what it costs could not be said', async () => {
    for (const price of [undefined, null, 0, -1, '0.01']) {
      bend('sizes', (first) => [{ ...Object(first), price_hourly: price }])
      const slugs = (await choices.sizes()).map(({ slug }) => slug)
      assert.ok(slugs.length > 5 && !slugs.includes('s-1vcpu-512mb-10gb'), String(price))
    }
  })

  it('of which nothing can be read is no empty list', async () => {
    bend('load_balancers', () => [{ name: 'nameless' }])
    await assert.rejects(choices.loadBalancers(), /gave an answer that Spinup does not know \(load_balancers/)
  })

  it('of which a whole page cannot be read leaves out that page alone', async () => {
    const made = Array.from({ length: 200 }, (_, index) => account.cloud.state.addDroplet({ name: `many-${index}` }))
    try {
      for (const isOdd of [(index: number) => index < 200, (index: number) => index >= 200]) {
        account.cloud.state.bends.set('droplets', (all) =>
          all.map((one, index) => (isOdd(index) ? { name: 'who knows' } : one)),
        )
        const all = account.cloud.state.droplets.size
        const odd = Array.from({ length: all }, (_, index) => isOdd(index)).filter((yes) => yes).length
        assert.equal((await account.provider().list()).length, all - odd)
      }
    } finally {
      for (const { id } of made) account.cloud.state.deleteByHand(id)
    }
  })

  it('of a load balancer’s checks tells what the others say', async () => {
    const { id } = [...account.cloud.state.balancers.values()][0]!
    const balancer = createLoadBalancer({ ...account.options(), loadBalancerId: id })
    await until(async () => (await balancer.health()).get(account.origin.id) === true, { what: 'a passed check' })
    bend('result', (first) => [null, { metric: {}, values: 'up' }, first])
    assert.deepEqual([...(await balancer.health()).keys()], [account.origin.id])
    bend('result', () => [{ metric: null }])
    assert.equal((await balancer.health()).size, 0, 'it goes without them')
  })

  it('of a load balancer’s fields takes none of its members for down', async () => {
    const { id } = [...account.cloud.state.balancers.values()][0]!
    for (const fields of Object.values(bentBalancers)) {
      bend('load_balancers', fields)
      const state = await createLoadBalancer({ ...account.options(), loadBalancerId: id }).get()
      assert.equal(state.active, true, JSON.stringify(fields))
    }
    bend('load_balancers', { status: 'errored' })
    assert.equal((await createLoadBalancer({ ...account.options(), loadBalancerId: id }).get()).active, false)
  })

  it('of firewalls makes no clone: it might stand open', async () => {
    account.cloud.state.addFirewall('known', [account.origin.id])
    bend('firewalls', (first) => [first, { name: 'who knows' }])
    await assert.rejects(account.provider().create(clone('a'), anyNumber), /list the firewalls.*Spinup does not know/)
  })

  it('of an operation’s droplets makes no clone: it might be the second', async () => {
    const before = account.cloud.state.droplets.size
    bend('droplets', (first) => [...(first === undefined ? [] : [first]), { name: 'who knows' }])
    await assert.rejects(account.provider().create(clone('b'), anyNumber), /list the droplets.*Spinup does not know/)
    assert.equal(account.cloud.state.droplets.size, before)
  })

  it('of the pool’s droplets that holds none although it counts some makes no clone: it might be one too many', async () => {
    const tags = ['spinup', 'spinup-pool:web']
    for (const name of ['web-7', 'web-8']) account.cloud.state.addDroplet({ name, tags })
    const before = account.cloud.state.droplets.size

    for (const shown of [[], null]) {
      account.cloud.state.bends.set('droplets', () => shown)
      await assert.rejects(account.provider().create(clone('d'), upTo(2)), /list the droplets.*Spinup does not know/)
      await assert.rejects(account.provider().list('spinup-pool:web'), /list the droplets.*Spinup does not know/)
      assert.equal(account.cloud.state.droplets.size, before)
    }
    account.cloud.state.bends.clear()
    await assert.rejects(account.provider().create(clone('d'), upTo(2)), /there may be 2/)
  })

  it('of the pool’s droplets that shows fewer than it counts makes no clone, on whichever page one is missing', async () => {
    const tags = ['spinup', 'spinup-pool:short']
    const made = Array.from({ length: 203 }, (_, index) => account.cloud.state.addDroplet({ name: `s-${index}`, tags }))
    try {
      for (const missing of [0, 150, 202]) {
        account.cloud.state.bends.set('droplets', (all) => all.filter((_, index) => index !== missing))
        await assert.rejects(
          account.provider().list('spinup-pool:short'),
          /shows 1 fewer than it counts; looking again/,
        )
      }
      account.cloud.state.bends.set('droplets', (all) => all.slice(0, 200))
      await assert.rejects(account.provider().list('spinup-pool:short'), /shows 3 fewer than it counts/)
      // Of the whole account, where others' droplets are, what is shown will do.
      assert.equal((await account.provider().list()).length, 200)
      account.cloud.state.bends.clear()
      assert.equal((await account.provider().list('spinup-pool:short')).length, 203)
    } finally {
      for (const { id } of made) account.cloud.state.deleteByHand(id)
    }
  })

  it('of snapshots finds the one that is wanted', async () => {
    bend('snapshots', (first) => [{ id: 'x' }, { ...Object(first), min_disk_size: null, regions: null, tags: 7 }])
    assert.ok(await account.provider().create(clone('c'), anyNumber))
  })

  const clone = (tag: string) => ({
    name: `web-${tag}`,
    snapshotId: `${account.originId}:spinup-golden`,
    operationTag: `spinup-op:${tag}`,
    tags: ['spinup'],
    userData: '{}',
  })
})

describe('addresses', () => {
  let account: TestAccount
  before(async () => {
    account = await openAccount()
  })
  after(() => account.stop())
  const clone = async (originId: number, name: string) => {
    await account.cloud.state.addSnapshot(originId, `spinup-${name}`)
    const wanted = { name, operationTag: `op:${name}`, tags: ['spinup'], userData: '{}' }
    const made = await account.provider().create({ ...wanted, snapshotId: `${originId}:spinup-${name}` }, anyNumber)
    return account.cloud.state.droplets.get(Number(made.id))
  }

  it('of a droplet that has IPv6 alone are written as a URL takes them, and its clones have IPv6 as well', async () => {
    const six = account.cloud.state.addDroplet({ name: 'six', network: 'ipv6', ip: '2001:db8::7' })
    assert.equal((await account.provider().get(String(six.id)))?.url, 'http://[2001:db8::7]:9003')
    assert.ok((await clone(six.id, 'six-2'))?.features.has('ipv6'))
  })

  it('of a droplet with both are the IPv4 ones', async () => {
    const both = account.cloud.state.addDroplet({ name: 'both' })
    both.publicIp6 = '2001:db8::8'
    assert.equal((await account.provider().get(String(both.id)))?.url, `http://${both.publicIp}:9003`)
  })

  it('are private for a clone of a droplet without public networking', async () => {
    const inside = account.cloud.state.addDroplet({ name: 'inside', network: 'none' })
    assert.equal((await account.provider().get(String(inside.id)))?.url, null)
    assert.equal((await clone(inside.id, 'inside-2'))?.inside, true)
    assert.equal((await clone(account.origin.id, 'web-2'))?.inside, false)
  })

  it('that are reserved are told by the droplet they lead to', async () => {
    const choices = createDigitalOceanAccount(account.options())
    account.cloud.state.addReservedIp('203.0.113.200', account.origin.id)
    account.cloud.state.addReservedIp('2001:db8::200', account.origin.id)
    account.cloud.state.addReservedIp('203.0.113.201', null)
    assert.deepEqual(await choices.reservedIps(account.originId), ['203.0.113.200', '2001:db8::200'])
    const poor = account.cloud.state.addToken({ scopes: ['droplet:read'] }).value
    const blind = createDigitalOceanAccount(account.options({ token: async () => poor }))
    assert.equal(await blind.reservedIps(account.originId), null)
  })
})
