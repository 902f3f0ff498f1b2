import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EMPTY_MEMORY } from '../../../../src/core/model/decision.ts'
import { DEFAULT_POLICY } from '../../../../src/core/model/policy.ts'
import { consider, remember } from '../../../../src/core/policy/decide.ts'

/** What is wanted of two members that carry what they can, after ten seconds in which the balancer holds back `queued(s)`. */
function wanted(cpu: number, queued: (second: number) => number | null): number {
  let memory = EMPTY_MEMORY
  let most = 0
  for (let t = 0; t < 310; t++) {
    const now = Date.UTC(2026, 0, 5) + t * 1000
    const rush = t >= 300
    const members = ['a', 'b'].map((id) => ({
      id,
      phase: 'inService' as const,
      ageMs: 3_600_000 + t * 1000,
      removable: false,
      stats: rush ? { cpu, psi: 0.4, load1: 2.5 } : { cpu: 0.4, psi: 0.02, load1: 0.4 },
      traffic: {
        rps: rush ? 100 * cpu : 40,
        p95: null,
        firstByteP95: rush ? 0.3 : 0.02,
        inFlight: rush ? 20 : 1,
        waiting: rush ? 20 : 1,
        streaming: 0,
        queued: 0,
      },
      lastSampleAt: now,
    }))
    const observation = { poolId: 'p', pin: null, pause: null, members, queued: rush ? queued(t - 300) : 0 }
    const seen = consider(observation, { ...DEFAULT_POLICY, max: 30 }, memory, now)
    memory = remember(seen.memory, seen.judgement)
    most = Math.max(most, seen.judgement.wanted)
  }
  return most
}

describe('requests that the balancer holds back for want of a member', () => {
  it('are as much work as those in flight', () => {
    const none = wanted(1, () => 0)
    const many = wanted(1, (second) => 300 * second)
    assert.ok(none <= 4, `${none} where nothing is held back`)
    assert.ok(many > none && many <= 14, `${many} where 300 more each second are`)
    assert.equal(
      wanted(1, () => null),
      none,
      'a balancer that cannot tell',
    )
  })

  it('are no overload where the members have room: they may be given too few at once', () => {
    assert.ok(wanted(0.6, (second) => 300 * second) <= 2)
  })
})
