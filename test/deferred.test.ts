import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Balancer } from '../src/balancers/balancer.ts'
import { deferBalancer, deferProvider } from '../src/deferred.ts'
import type { Provider } from '../src/providers/provider.ts'
import { createResponder, createYard } from './engine/yard.ts'
import { anyNumber } from './permit.ts'

describe('a provider that loads when it is used', () => {
  it('hands on everything a provider can do', async () => {
    const asked: unknown[] = []
    const yard = createYard(Date.now, (name) => `http://${name}`)
    const [droplet] = [...yard.droplets.values()]
    assert.ok(droplet)
    const request = { name: 'web-2', snapshotId: 'golden', operationTag: 'op', tags: [], userData: '' }
    const real: Provider = {
      ...yard,
      create: async (...given) => {
        asked.push(given)
        return droplet
      },
      power: async (...given) => void asked.push(given),
      destroy: async (...given) => void asked.push(given),
      pruneSnapshots: async (...given) => asked.push(given),
    }
    const leastBill = { ms: 60_000, dollars: 0.01 }
    const deferred = deferProvider('yard', async () => real, { leastBill })
    const still = async (): Promise<boolean> => true
    assert.equal(await deferred.create(request, anyNumber), droplet)
    await deferred.power('1', 'off', still)
    await deferred.destroy('1', still)
    assert.equal(await deferred.pruneSnapshots?.('1', 2, ['golden']), 4)
    assert.deepEqual(asked, [
      [request, anyNumber],
      ['1', 'off', still],
      ['1', still],
      ['1', 2, ['golden']],
    ])
    assert.deepEqual(deferred.leastBill, leastBill)
  })

  it('deletes no snapshots of one that keeps them all', async () => {
    const deferred = deferProvider('yard', async () => createYard(Date.now, (name) => `http://${name}`))
    assert.equal(await deferred.pruneSnapshots?.('1', 2, []), 0)
    assert.equal(deferred.leastBill, undefined)
  })
})

describe('a balancer that loads when it is used', () => {
  it('hands on everything a balancer can do', async () => {
    const door = createResponder()
    const [queued, obstacle] = [3, 'it takes every droplet tagged "web"']
    const real: Required<Balancer> = { ...door, queued: async () => queued, obstacle: async () => obstacle }
    const deferred = deferBalancer('door', async () => real)
    await deferred.add('http://web')
    await deferred.drain('http://web')
    assert.deepEqual(await deferred.list(), await door.list())
    await deferred.weigh({ 'http://web': 0.5 })
    assert.deepEqual(door.loads, { 'http://web': 0.5 })
    await deferred.remove('http://web')
    assert.deepEqual(door.calls, ['add http://web', 'drain http://web', 'remove http://web'])
    assert.deepEqual([await deferred.queued(), await deferred.obstacle?.()], [queued, obstacle])
  })

  it('finds nothing in the way of one that tells no obstacle', async () => {
    assert.equal(await deferBalancer('door', async () => createResponder()).obstacle?.(), null)
  })
})
