import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fullBudget, judge, quotaOf, settle } from '../../../src/providers/local/hypervisor/quota/budget.ts'

const NS = 1e6

/** Runs a droplet that burns `rate` CPUs whenever it may, looked at when the verdict says; the mean CPU it got. */
function burn(vcpus: number, rate: number, seconds: number, lateMs = 0): number {
  const quota = quotaOf(vcpus)
  let budget = fullBudget(quota, 0)
  let run = true
  let now = 0
  let usedNs = 0
  let lookAfterMs = 2
  while (now < seconds * 1000) {
    const stepMs = lookAfterMs + lateMs
    const spentNs = run ? stepMs * rate * NS : 0
    now += stepMs
    usedNs += spentNs
    budget = settle(budget, quota, spentNs, now)
    const verdict = judge(budget, quota, !run)
    run = verdict.run
    lookAfterMs = verdict.lookAfterMs
  }
  return usedNs / (now * NS)
}

describe('the CPU budget', () => {
  it('gives a burning droplet its share on the mean', () => {
    for (const vcpus of [0.1, 0.2, 0.25, 0.5, 0.9]) {
      const mean = burn(vcpus, 1, 60)
      assert.ok(Math.abs(mean / vcpus - 1) < 0.02, `${vcpus} got ${mean}`)
    }
  })

  it('keeps the mean when looks come late and two threads burn', () => {
    for (const vcpus of [0.1, 0.2, 0.5]) {
      const mean = burn(vcpus, 2, 120, 9)
      assert.ok(Math.abs(mean / vcpus - 1) < 0.03, `${vcpus} got ${mean}`)
    }
  })

  it('never stops a droplet that stays within its share', () => {
    const quota = quotaOf(0.2)
    let budget = fullBudget(quota, 0)
    for (let now = 5; now < 5000; now += 5) {
      budget = settle(budget, quota, 0.9 * NS, now)
      assert.ok(judge(budget, quota, false).run, `at ${now} ms`)
    }
  })

  it('saves no more than two periods up, so an idle hour buys no burst', () => {
    const quota = quotaOf(0.2)
    const rested = settle(fullBudget(quota, 0), quota, 0, 3_600_000)
    assert.equal(rested.creditNs, quota.capNs)
    assert.equal(judge(settle(rested, quota, quota.capNs + 1, 3_600_000), quota, false).run, false)
  })

  it('remembers at most about a second of debt', () => {
    const quota = quotaOf(0.2)
    const drowned = settle(fullBudget(quota, 0), quota, 60_000 * NS, 1)
    const verdict = judge(drowned, quota, true)
    assert.equal(verdict.run, false)
    assert.ok(verdict.lookAfterMs > 900 && verdict.lookAfterMs < 1100, String(verdict.lookAfterMs))
  })

  it('lets a stopped droplet go on only with a whole slice, and looks exactly then', () => {
    const quota = quotaOf(0.25)
    const spent = { creditNs: 0, atMs: 100 }
    const verdict = judge(spent, quota, true)
    assert.deepEqual(verdict, { run: false, lookAfterMs: 20 })
    assert.equal(judge(settle(spent, quota, 0, 119), quota, true).run, false)
    assert.equal(judge(settle(spent, quota, 0, 120), quota, true).run, true)
  })
})
