import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fullBudget, judge, judgeYielding, quotaOf, settle } from '../../../src/demo/cloud/machines/quota/budget.ts'

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

/** As `burn`, for what gives way, beside others that burn `others` CPUs whenever the droplet may run; the mean CPU of both. */
function burnYielding(vcpus: number, others: number): { readonly yielding: number; readonly others: number } {
  const quota = quotaOf(vcpus)
  let [budget, whole] = [fullBudget(quota, 0), fullBudget(quota, 0)]
  let [run, goes, now] = [true, true, 0]
  const used = { yielding: 0, others: 0 }
  while (now < 60_000) {
    now += 2
    const spent = { yielding: run && goes ? 2 * NS : 0, others: run ? 2 * others * NS : 0 }
    used.yielding += spent.yielding
    used.others += spent.others
    budget = settle(budget, quota, spent.others, now)
    whole = settle(whole, quota, spent.yielding + spent.others, now)
    run = judge(budget, quota, !run).run
    goes = judgeYielding(whole, quota, !goes).run
  }
  return { yielding: used.yielding / (now * NS), others: used.others / (now * NS) }
}

describe('the CPU budget', () => {
  it('gives what gives way all that others leave', () => {
    for (const vcpus of [0.1, 0.25, 0.5]) {
      for (const others of [0, vcpus / 5, vcpus / 2]) {
        const mean = burnYielding(vcpus, others)
        assert.ok(Math.abs((mean.yielding + mean.others) / vcpus - 1) < 0.03, `${vcpus}: ${JSON.stringify(mean)}`)
        assert.ok(Math.abs(mean.others - others) < 0.01, 'the others are never stopped')
      }
    }
  })

  it('gives what gives way next to nothing while others want it all', () => {
    for (const vcpus of [0.1, 0.25, 0.5]) {
      const mean = burnYielding(vcpus, 1)
      assert.ok(mean.yielding < 0.02 * vcpus, `${vcpus}: ${JSON.stringify(mean)}`)
      assert.ok(Math.abs(mean.others / vcpus - 1) < 0.05, `${vcpus}: ${JSON.stringify(mean)}`)
    }
  })

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
