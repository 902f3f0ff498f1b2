import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { describe, it } from 'node:test'
import { createHosts } from '../../src/balancers/hosts.ts'

const NAMES: Record<string, readonly string[]> = {
  'app.internal': ['10.0.0.4'],
  'both.internal': ['10.0.0.4', '2001:db8::4'],
  'pool.internal': ['10.0.0.4', '10.0.0.5'],
  'balancer.internal': ['10.0.0.9'],
}

describe('which hosts are one machine', () => {
  let elapsed = 0
  let asked: string[] = []
  const open = (balancer: string | null) => {
    asked = []
    return createHosts(balancer, {
      elapsed: () => elapsed,
      lookup: async (name) => {
        asked.push(name)
        return NAMES[name] ?? Promise.reject(new Error(`getaddrinfo ENOTFOUND ${name}`))
      },
    })
  }
  const same = async (one: string, other: string, balancer: string | null = null) => {
    const hosts = open(balancer)
    await hosts.learn([one, other])
    assert.equal(hosts.same(one, other), hosts.same(other, one))
    return hosts.same(one, other)
  }

  const one: readonly (readonly [string, string])[] = [
    ['10.0.0.4', '10.0.0.4'],
    ['app.internal', '10.0.0.4'],
    ['App.Internal.', '10.0.0.4'],
    ['both.internal', '10.0.0.4'],
    ['both.internal', '[2001:DB8:0::4]'],
    ['app.internal', 'both.internal'],
    ['::ffff:10.0.0.4', '10.0.0.4'],
    ['::ffff:a00:4', 'app.internal'],
    ['2001:db8::4', '2001:0db8:0:0::0004'],
    ['localhost', '127.0.0.1'],
    ['localhost', '[::1]'],
    ['', 'localhost'],
    ['app.localhost', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['unheard.internal', 'UNHEARD.internal'],
  ]
  for (const [a, b] of one) it(`${a || 'nothing'} is ${b}`, async () => assert.equal(await same(a, b), true))

  const two: readonly (readonly [string, string])[] = [
    ['10.0.0.4', '10.0.0.5'],
    ['app.internal', '10.0.0.5'],
    ['127.0.0.2', '127.0.0.1'],
    ['127.0.0.2', 'localhost'],
    ['pool.internal', '10.0.0.4'],
    ['nowhere.internal', '10.0.0.4'],
    ['localhost', '10.0.0.4'],
    ['2001:db8::4', '2001:db8::5'],
  ]
  for (const [a, b] of two) it(`${a} is not ${b}`, async () => assert.equal(await same(a, b), false))

  it('“here” is the balancer’s machine, wherever that is', async () => {
    assert.equal(await same('localhost', '10.0.0.9', '10.0.0.9'), true)
    assert.equal(await same('127.0.0.1', '10.0.0.9', 'balancer.internal'), true)
    assert.equal(await same('', '10.0.0.9', '[::ffff:10.0.0.9]'), true)
    assert.equal(await same('localhost', '10.0.0.8', '10.0.0.9'), false)
    const own = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
    for (const { address } of own.filter(({ internal }) => !internal)) {
      for (const balancer of [null, '127.0.0.1', 'localhost']) {
        assert.equal(await same('localhost', address, balancer), true, `${address} by ${balancer}`)
      }
      assert.equal(await same('localhost', address, '10.0.0.9'), false)
    }
  })

  it('nobody can say of a name that is not resolved, or may be several machines', async () => {
    const hosts = open(null)
    await hosts.learn(['nowhere.internal', 'pool.internal', 'app.internal', '10.0.0.4', '10.0.0.7'])
    assert.match(hosts.unsure('nowhere.internal', '10.0.0.7') ?? '', /cannot be resolved from here.*ENOTFOUND/)
    assert.match(hosts.unsure('pool.internal', '10.0.0.4') ?? '', /means several machines \(10\.0\.0\.4, 10\.0\.0\.5/)
    assert.equal(hosts.unsure('pool.internal', '10.0.0.7'), null, 'it is none of these')
    assert.match(hosts.unsure('pool.internal', null) ?? '', /several/)
    assert.equal(hosts.unsure('app.internal', '10.0.0.7'), null)
    assert.equal(hosts.unsure('10.0.0.4', null), null)
  })

  it('names are asked for once a minute, and what they were counts while nobody answers', async () => {
    const hosts = open(null)
    const look = async (ms: number) => {
      elapsed += ms
      await hosts.learn(['app.internal', '10.0.0.4'])
      return hosts.same('app.internal', '10.0.0.4')
    }
    assert.ok((await look(0)) && (await look(59_000)))
    assert.deepEqual(asked, ['app.internal'])
    const kept = NAMES['app.internal']!
    delete NAMES['app.internal']
    try {
      assert.ok((await look(1000)) && (await look(4999)))
      assert.equal(asked.length, 2)
      NAMES['app.internal'] = ['10.0.0.6']
      assert.equal(await look(1), false, 'it moved')
    } finally {
      NAMES['app.internal'] = kept
    }
  })
})
