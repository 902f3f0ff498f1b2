import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createWindow } from '../../../src/balancers/builtin/process/window.ts'

describe('the sliding window', () => {
  it('tells the rate of the last seconds and forgets older ones', () => {
    let now = 10_000
    const window = createWindow(() => now)
    for (let tick = 0; tick < 1000; tick += 1) {
      window.record(20)
      now += 10
    }
    assert.ok(Math.abs(window.rps() - 100) < 3, `about 100, got ${window.rps()}`)
    now += 5000
    assert.equal(window.rps(), 0)
    assert.equal(window.p95Ms(), null)
  })

  it('does not show one early answer as a rush', () => {
    let now = 500
    const window = createWindow(() => now)
    now += 10
    window.record(5)
    assert.equal(window.rps(), 1)
  })

  it('tells the 95th percentile within a few per cent', () => {
    const window = createWindow(() => 0)
    for (let ms = 1; ms <= 1000; ms += 1) window.record(ms)
    const p95 = window.p95Ms() ?? 0
    assert.ok(Math.abs(p95 - 950) / 950 < 0.07, `about 950, got ${p95}`)
  })
})
