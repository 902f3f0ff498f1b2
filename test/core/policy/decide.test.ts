import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_POLICY } from '../../../src/core/model/policy.ts'
import { EMPTY_MEMORY } from '../../../src/core/model/decision.ts'
import { decide, rememberOutcome } from '../../../src/core/policy/decide.ts'
import { timeline } from './timeline.ts'

const quietSoon = { scaleInWindowMs: 20_000, scaleInCooldownMs: 20_000 }

describe('decide', () => {
  it('holds at rest, and says what it sees', () => {
    const pool = timeline()
    const last = pool.run(60, () => 0.3).at(-1)!
    assert.equal(last.kind, 'hold')
    assert.equal(last.to, 1)
    assert.match(last.reason, /Holding at 1: CPU 30 % over 10 s/)
  })

  it('scales out within four seconds of a jump eight times up, then finds the size', () => {
    const pool = timeline({ windowMs: 4000, max: 10, scaleOutCooldownMs: 3000 })
    pool.run(60, () => 0.3)
    const after = pool.run(60, () => 2.4)
    const first = after.findIndex((judgement) => judgement.kind === 'scaleOut')
    assert.ok(first >= 0 && first < 4, `first scale out after ${first + 1} s`)
    assert.equal(pool.size(), 4, 'ceil(2.4 / 0.6)')
    assert.match(after[first]!.reason, /CPU .* target 60 %/)
    assert.match(after[first]!.formula, /ceil\(1 × /)
  })

  it('does not answer the same overload twice while clones boot', () => {
    const pool = timeline({ max: 20, scaleOutCooldownMs: 0 }, { bootSeconds: 40 })
    pool.run(30, () => 0.3)
    const during = pool.run(38, () => 5)
    assert.equal(pool.size(), 2, 'one saturated member can tell no more than: double')
    assert.ok(during.some((judgement) => judgement.rule === 'booting'))
  })

  it('holds within the tolerance around the target', () => {
    const judgements = timeline({ target: 0.6, tolerance: 0.1 }).run(60, () => 0.64)
    assert.ok(judgements.every((judgement) => judgement.kind === 'hold'))
    assert.equal(judgements.at(-1)!.rule, 'withinTolerance')
  })

  it('scales in one at a time once the long window is quiet, down to min, never the origin', () => {
    const pool = timeline({ ...quietSoon, max: 6 })
    pool.run(90, () => 2)
    const peak = pool.size()
    assert.ok(peak >= 4)
    const after = pool.run(600, () => 0.1)
    const steps = after.filter((judgement) => judgement.kind === 'scaleIn')
    assert.ok(steps.every((judgement) => judgement.from - judgement.to === 1))
    assert.equal(steps.length, peak - 1)
    assert.deepEqual(
      pool.members().map((member) => member.id),
      ['web-1'],
    )
  })

  it('waits out the scale-in cooldown between two steps', () => {
    const pool = timeline({ ...quietSoon, scaleInCooldownMs: 60_000, max: 4 })
    pool.run(90, () => 2)
    const times = pool
      .run(600, () => 0.1)
      .filter((judgement) => judgement.kind === 'scaleIn')
      .map((judgement) => judgement.at)
    for (const [index, at] of times.entries()) if (index > 0) assert.ok(at - times[index - 1]! >= 60_000)
    assert.ok(times.length >= 2)
  })

  it('does not scale in when the smaller pool would be over the target', () => {
    const pool = timeline({ ...quietSoon, max: 3 })
    pool.run(60, () => 1.5)
    assert.equal(pool.size(), 3)
    const after = pool.run(200, () => 1.2)
    assert.equal(pool.size(), 3, '1.2 on two members is 60 %')
    assert.equal(after.at(-1)!.rule, 'notQuietLongEnough')
  })

  it('never scales in while a member is silent, and names it', () => {
    const pool = timeline({ ...quietSoon, max: 3 })
    pool.run(60, () => 1.7)
    assert.equal(pool.size(), 3)
    pool.silence('web-2')
    const after = pool.run(200, () => 0.1)
    assert.equal(pool.size(), 3)
    assert.equal(after.at(-1)!.rule, 'silentMembers')
    assert.match(after.at(-1)!.reason, /web-2/)
    pool.silence('web-2', false)
    pool.run(200, () => 0.1)
    assert.equal(pool.size(), 1)
  })

  it('holds when nobody reports at all', () => {
    const pool = timeline(quietSoon)
    pool.run(30, () => 0.5)
    pool.silence('web-1')
    const last = pool.run(120, () => 0.5).at(-1)!
    assert.equal(last.kind, 'hold')
    assert.equal(last.rule, 'noData')
  })

  it('never passes max, and says what it wanted', () => {
    const pool = timeline({ max: 3, scaleOutCooldownMs: 0 })
    const after = pool.run(120, () => 9)
    assert.equal(pool.size(), 3)
    assert.equal(after.at(-1)!.rule, 'max')
    assert.match(after.at(-1)!.reason, /maximum of 3; wanted/)
  })

  it('goes up to min whatever the load, and down to a lowered max', () => {
    const pool = timeline({ min: 3, max: 5 })
    pool.run(10, () => 0)
    assert.equal(pool.size(), 3)
    pool.setPolicy({ min: 1, max: 2 })
    const after = pool.run(20, () => 0.8)
    assert.equal(pool.size(), 2)
    assert.ok(after.some((judgement) => judgement.kind === 'scaleIn' && judgement.rule === 'max'))
  })

  it('holds a pin against load and quiet, and lets go when it lapses', () => {
    const pool = timeline({ ...quietSoon, max: 5 })
    pool.pin(3, 60_000)
    pool.run(20, () => 0.1)
    assert.equal(pool.size(), 3)
    const busy = pool.run(20, () => 5)
    assert.equal(pool.size(), 3)
    assert.match(busy.at(-1)!.reason, /Pinned at 3 members by Ada/)
    pool.run(30, () => 5)
    assert.equal(pool.size(), 5)
  })

  it('changes nothing while paused, and says what it would do', () => {
    const pool = timeline({ max: 5 })
    pool.pause()
    const last = pool.run(60, () => 5).at(-1)!
    assert.equal(pool.size(), 1)
    assert.equal(last.rule, 'pause')
    assert.match(last.reason, /Would be at 2/)
  })

  it('never takes a protected clone', () => {
    const pool = timeline({ ...quietSoon, max: 3 })
    pool.run(60, () => 1.7)
    pool.protect('web-2')
    pool.protect('web-3')
    const after = pool.run(200, () => 0.05)
    assert.equal(pool.size(), 3)
    assert.equal(after.at(-1)!.rule, 'noCandidate')
  })

  it('waits longer after each clone that failed', () => {
    const observation = {
      poolId: 'web',
      pin: null,
      pause: null,
      members: [
        {
          id: 'web-1',
          phase: 'inService' as const,
          ageMs: 1e6,
          removable: false,
          points: { cpu: [{ at: 999_000, value: 1 }] },
          lastSampleAt: 999_000,
        },
      ],
    }
    let memory = rememberOutcome(EMPTY_MEMORY, false, 1_000_000 - 20_000)
    assert.equal(decide(observation, DEFAULT_POLICY, memory, 1_000_000).kind, 'scaleOut', 'one failure waits 15 s')
    memory = rememberOutcome(memory, false, 1_000_000 - 20_000)
    const second = decide(observation, DEFAULT_POLICY, memory, 1_000_000)
    assert.equal(second.rule, 'recentFailures', 'two failures wait 30 s')
    assert.match(second.reason, /2 clones failed in a row/)
    memory = rememberOutcome(memory, true, 1_000_000 - 10_000)
    assert.equal(decide(observation, DEFAULT_POLICY, memory, 1_000_000).kind, 'scaleOut')
  })

  it('gives the same answer for the same arguments, and changes none of them', () => {
    const freeze = <T>(value: T): T => {
      if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
      return value
    }
    const observation = freeze({
      poolId: 'web',
      pin: null,
      pause: null,
      members: [
        {
          id: 'web-1',
          phase: 'inService' as const,
          ageMs: 60_000,
          removable: false,
          points: { cpu: [{ at: 998_000, value: 0.9 }] },
          lastSampleAt: 998_000,
        },
      ],
    })
    const judge = () => decide(observation, freeze({ ...DEFAULT_POLICY }), freeze({ ...EMPTY_MEMORY }), 1_000_000)
    assert.deepEqual(judge(), judge())
  })
})
