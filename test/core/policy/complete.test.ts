import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EMPTY_MEMORY, type Memory } from '../../../src/core/model/decision.ts'
import { DEFAULT_POLICY, type Policy } from '../../../src/core/model/policy.ts'
import { completeMemory, completePolicy } from '../../../src/core/policy/complete.ts'
import { consider } from '../../../src/core/policy/decide.ts'
import { timeline } from './timeline.ts'

/** What version 0.1.0 stored. */
const OLD_POLICY = {
  stat: 'cpu',
  target: 0.6,
  min: 1,
  max: 5,
  mode: 'approve' as const,
  windowMs: 10_000,
  scaleInWindowMs: 120_000,
  scaleOutCooldownMs: 15_000,
  scaleInCooldownMs: 120_000,
  tolerance: 0.1,
  staleAfterMs: 35_000,
  maxStepIn: 1,
  approvalMs: 600_000,
  onExpiryOut: 'act' as const,
  onExpiryIn: 'hold' as const,
}
const OLD_MEMORY = {
  lastScaleOutAt: 5,
  lastScaleInAt: null,
  failures: 2,
  lastFailureAt: 7,
  lastSaidAt: null,
  lastSaidTo: null,
}
/** As JSON keeps it. */
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

describe('completePolicy', () => {
  it('keeps what was set and takes the defaults of what is new', () => {
    const whole = completePolicy(stored(OLD_POLICY))
    assert.deepEqual(whole, { ...DEFAULT_POLICY, ...OLD_POLICY })
    assert.deepEqual(Object.keys(whole).toSorted(), Object.keys(DEFAULT_POLICY).toSorted())
    assert.equal(whole.slowMinute, DEFAULT_POLICY.slowMinute)
    assert.deepEqual(whole.also, [])
  })

  it('changes nothing of a whole one, nulls included', () => {
    const whole: Policy = { ...DEFAULT_POLICY, maxDollarsPerHour: 3, maxDollarsPerMonth: null }
    assert.deepEqual(completePolicy(stored(whole)), whole)
    assert.deepEqual(completePolicy({}), DEFAULT_POLICY)
  })
})

describe('completeMemory', () => {
  it('keeps what was remembered, and judges on', () => {
    const whole = completeMemory(stored(OLD_MEMORY))
    assert.deepEqual(whole, { ...EMPTY_MEMORY, ...OLD_MEMORY })
    const pool = { poolId: 'web', members: [], pin: null, pause: null }
    assert.equal(consider(pool, completePolicy(OLD_POLICY), whole, 1000).judgement.kind, 'hold')
  })

  it('changes nothing of a whole one', () => {
    const pool = timeline({}, { reports: ['cpu', 'rps', 'inflight'] })
    pool.run(300, (t) => 0.3 + t / 200)
    const memory = stored(pool.memory())
    assert.deepEqual(completeMemory(memory), memory)
  })

  it('learns anew what the outlooks of another version had learned, and keeps the rest', () => {
    const pool = timeline()
    pool.run(300, () => 0.5)
    const memory = stored(pool.memory())
    const load = memory.load!
    const other = { ...load, outlook: { ...load.outlook, costs: [1, 2, 3], chosen: 2 } }
    const whole = completeMemory({ ...memory, load: other })
    assert.deepEqual(whole.load, { ...load, outlook: EMPTY_LEARNED })
    const { spend, season, ...rest } = load
    const lacking = completeMemory({ ...memory, load: rest as Memory['load'] & object })
    assert.equal(lacking.load!.spend.dollars, 0)
    assert.deepEqual(lacking.load!.season.bins, [])
    assert.ok(spend.month !== '' && season.bins.length > 0, 'there was something to lack')
    assert.deepEqual(lacking.load!.minutes, load.minutes)
  })
})

const EMPTY_LEARNED = completeMemory({ load: { outlook: { costs: [0] } } as unknown as NonNullable<Memory['load']> })
  .load!.outlook
