import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRates } from '../../../src/balancers/haproxy/servers.ts'

describe('rates of counts', () => {
  let now = 0
  const begin = () => {
    now = 1_000_000
    const rates = createRates(() => now)
    return (counts: Record<string, number | null>, afterMs: number) => {
      now += afterMs
      return Object.fromEntries(rates(new Map(Object.entries(counts))))
    }
  }

  it('are not known at the first look, which is not zero', () => {
    const look = begin()
    assert.deepEqual(look({ a: 900 }, 0), { a: null })
    assert.deepEqual(look({ a: 900, b: 7 }, 1000), { a: 0, b: null })
  })

  it('are over the last five seconds, however often is looked', () => {
    for (const everyMs of [10, 250, 1000, 2500]) {
      const look = begin()
      let rate: number | null | undefined
      for (let ms = 0; ms <= 20_000; ms += everyMs) rate = look({ a: Math.floor(ms / 100) }, everyMs)['a']
      assert.ok(Math.abs((rate ?? 0) - 10) < 0.5, `about 10 at a look each ${everyMs} ms, got ${rate}`)
      const idle = [6000, 1000].map((afterMs) => look({ a: 200 }, afterMs)['a'])
      assert.equal(idle.at(-1), 0, `idle for seven seconds, looked at each ${everyMs} ms before`)
    }
  })

  it('go back to the look before when that is longer ago than that', () => {
    const look = begin()
    look({ a: 0 }, 0)
    assert.deepEqual(look({ a: 100 }, 10_000), { a: 10 })
  })

  it('do not show one early answer as a rush', () => {
    const look = begin()
    look({ a: 0 }, 0)
    assert.deepEqual(look({ a: 1 }, 10), { a: 1 })
  })

  it('begin again with the count, and with a server of the same name', () => {
    const look = begin()
    look({ a: 500 }, 0)
    assert.deepEqual(look({ a: 3 }, 1000), { a: null })
    assert.deepEqual(look({ a: 5 }, 1000), { a: 2 })
    assert.deepEqual(look({}, 1000), {})
    assert.deepEqual(look({ a: 9 }, 1000), { a: null })
  })

  it('of what is not counted are not known', () => {
    const look = begin()
    look({ a: null }, 0)
    assert.deepEqual(look({ a: null }, 1000), { a: null })
  })
})
