import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_POLICY } from '../../../../src/core/model/policy.ts'
import { EMPTY_MEMORY, type Observation } from '../../../../src/core/model/decision.ts'
import { decide, remember, rememberOutcome } from '../../../../src/core/policy/decide.ts'
import { timeline } from '../timeline.ts'

const NOW = Date.UTC(2026, 4, 20, 12)
/** One full member. */
const BUSY: Observation = {
  poolId: 'web',
  pin: null,
  pause: null,
  members: [
    {
      id: 'web-1',
      phase: 'inService',
      ageMs: 3_600_000,
      removable: false,
      stats: { cpu: 1 },
      lastSampleAt: NOW - 500,
    },
  ],
}

describe('who may leave', () => {
  it('is never a protected clone', () => {
    const pool = timeline({ slowMinute: 0 }, { members: 3 })
    pool.run(60, () => 2)
    pool.protect('web-2')
    pool.protect('web-3')
    const last = pool.run(600, () => 0.1).at(-1)!
    assert.equal(pool.size(), 3)
    assert.equal(last.rule, 'noCandidate')
    assert.match(
      last.reason,
      /^Holding at 3: would go to 1, but every member left is the origin, protected or still on its way\.$/,
    )
  })

  it('is never the last one in service, while the origin serves nobody', () => {
    const [one] = BUSY.members
    const origin = { ...one!, origin: true, phase: 'failed' } as const
    const clone = { ...one!, id: 'web-2', removable: true }
    const booting = { ...one!, id: 'web-3', phase: 'booting' } as const
    for (const [members, max, words] of [
      [[origin, clone], 1, /^Holding at 1: would go to 0, but web-2 is the only one in service\.$/],
      [[origin, clone, booting], 2, /^Holding at 2: would go to 1, but web-2 is the only one in service\.$/],
    ] as const) {
      const verdict = decide({ ...BUSY, members }, { ...DEFAULT_POLICY, max }, EMPTY_MEMORY, NOW)
      assert.deepEqual([verdict.kind, verdict.rule], ['hold', 'noCandidate'])
      assert.match(verdict.reason, words)
    }
  })

  it('is as many as there are, when fewer may leave than could', () => {
    const pool = timeline({ slowMinute: 0 }, { members: 6 })
    pool.run(60, () => 4.6)
    for (const id of ['web-2', 'web-3', 'web-4', 'web-5']) pool.protect(id)
    const first = pool.run(600, () => 0.1).find((judgement) => judgement.kind === 'scaleIn')!
    assert.deepEqual([first.from, first.to], [6, 5])
  })

  it('is nobody who is still on the way, even when max is lowered', () => {
    const pool = timeline({}, { members: 1, bootSeconds: 60, reports: ['cpu', 'rps', 'inflight'] })
    pool.run(60, () => 0.5)
    pool.run(10, () => 4)
    const size = pool.size()
    pool.setPolicy({ max: 2 })
    assert.equal(pool.run(1, () => 4)[0]!.rule, 'noCandidate')
    pool.run(60, () => 4)
    assert.ok(size > 2)
    assert.equal(pool.size(), 2, 'as soon as they are in')
  })
})

describe('clones that failed', () => {
  const judge = (memory: typeof EMPTY_MEMORY, now = NOW) =>
    decide(
      { ...BUSY, members: BUSY.members.map((member) => ({ ...member, lastSampleAt: now - 500 })) },
      DEFAULT_POLICY,
      memory,
      now,
    )

  it('make the next wait, twice as long each time, at most ten minutes', () => {
    let memory = EMPTY_MEMORY
    for (const [failures, waitS] of [15, 30, 60, 120, 240, 480, 600, 600].entries()) {
      memory = rememberOutcome(memory, false, NOW)
      const text = `${failures + 1} failures`
      // After some in a row a person has to say so, which is another rule: here it is only about the wait.
      const open = { ...memory, stoppedAt: null }
      assert.equal(judge(open, NOW + waitS * 1000 - 1).rule, 'recentFailures', text)
      assert.equal(judge(open, NOW + waitS * 1000).kind, 'scaleOut', text)
    }
  })

  it('are told, with when the next try is', () => {
    const memory = rememberOutcome(rememberOutcome(EMPTY_MEMORY, false, NOW), false, NOW)
    assert.equal(
      judge(memory, NOW + 10_000).reason,
      'Holding at 1: would go to 2, but 2 clones failed in a row; next try in 20 s.',
    )
  })

  it('are forgotten once one comes up', () => {
    const memory = rememberOutcome(rememberOutcome(EMPTY_MEMORY, false, NOW), true, NOW)
    assert.equal(judge(memory, NOW + 1000).kind, 'scaleOut')
  })

  it('keep nobody from leaving', () => {
    const pool = timeline({ max: 1 }, { members: 2 })
    pool.run(5, () => 1)
    assert.equal(pool.size(), 1)
    const memory = rememberOutcome(pool.memory(), false, pool.now())
    const two = { ...BUSY, members: [...BUSY.members, { ...BUSY.members[0]!, id: 'web-2', removable: true }] }
    assert.equal(decide(two, { ...DEFAULT_POLICY, max: 1 }, memory, NOW).kind, 'scaleIn')
  })

  it('change nothing of what is remembered of changes', () => {
    const out = remember(EMPTY_MEMORY, { kind: 'scaleOut', at: NOW })
    assert.deepEqual(out.changes, [NOW])
    assert.deepEqual(rememberOutcome(out, false, NOW + 1).changes, [NOW])
    assert.deepEqual(remember(out, { kind: 'hold', at: NOW + 1 }), out)
    const later = remember(out, { kind: 'scaleIn', at: NOW + 3_600_001 })
    assert.deepEqual(later.changes, [NOW + 3_600_001], 'what is over an hour old is dropped')
    assert.equal(later.lastScaleOutAt, NOW)
    assert.equal(later.lastScaleInAt, NOW + 3_600_001)
  })
})
