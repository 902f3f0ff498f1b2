import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { documentsOf } from '../../../src/core/pool/state.ts'
import { afterSteps as moved } from '../../../src/core/pool/state-reader.ts'
import { exampleMember, exampleOperation, fullState, T, wholeChange } from '../../store/example-state.ts'

const HOUR = 3_600_000
const KEPT = /^(pool|alarm:.*)$/
const MANY = /^(memory|upkeep)$/
/** Of the provider. */
const THEIRS = new Set(['strangers'])

/** A state with every kind of time in it. */
function fields(): ReadonlyMap<string, string> {
  const state = fullState()
  const operation = {
    ...exampleOperation('op-3'),
    stepAt: T - 5000,
    resumedAt: T - 1000,
    memberSince: T - HOUR,
    done: { create: T - 9000, boot: T - 5000 },
  }
  const load = {
    at: T,
    sampleAt: T - 500,
    recent: [{ at: T - 500, demand: 1 }],
    left: [T - 7000],
    arriving: { 'web-3': T - 8000 },
    bin: { startAt: T - 3000, sum: 2, count: 3 },
    minuteAt: T - 30_000,
    neededAt: [T, T - 60_000],
    silentSince: { 'web-2': T - 4000 },
    outlook: { pending: [{ at: T - 2000, held: [1, 2] }] },
    season: { bins: [1, 2], lastBin: 5_966_666 },
    joined: { 'web-2': { at: T - 700, rps: 12 } },
    cost: { at: T - 900, block: { startAt: T - 4000, cpu: 1, rps: 30, flight: 4 }, x: 30, y: 1, requests: 9000 },
    usual: { at: T - 800, flying: 4, flights: [{ at: T - 1800, count: 4 }] },
  }
  const trouble = { since: T - 100, reason: 'no answer' }
  const strangers = [{ dropletId: '9', createdAt: T - HOUR }]
  const found = new Map([...documentsOf(wholeChange(state))].map(([field, one]) => [field, JSON.stringify(one)]))
  const [asked] = state.asked
  found.set('asked:q1', JSON.stringify({ ...asked, askedAt: T - 1000, deadlineAt: T + HOUR, decidedAt: T }))
  found.set('operation:op-3', JSON.stringify(operation))
  found.set('memory', JSON.stringify({ ...state.memory, changes: [T - 1, T - 2], load }))
  found.set('upkeep', JSON.stringify({ ...state.upkeep, trouble, strangers, sick: { 'web-2': T - 3000 } }))
  return found
}

/** As text: to the letter as it was where nothing moves. */
function afterSteps(field: string, json: string, by: number, now: number): string {
  const before: unknown = JSON.parse(json)
  const after = moved(field, before, by, now)
  return after === before ? json : JSON.stringify(after)
}

/** Every number that may be a time, by its path. */
function times(json: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const walk = (path: string, value: unknown): void => {
    if (typeof value === 'number' && value > 1e12) found.set(path, value)
    if (typeof value !== 'object' || value === null) return
    for (const [key, one] of Object.entries(value)) if (!THEIRS.has(key)) walk(`${path}.${key}`, one)
  }
  walk('', JSON.parse(json))
  return found
}

describe('the times of a state', () => {
  for (const by of [HOUR, -HOUR, 40 * 365 * 24 * HOUR, -5000]) {
    it(`all move by ${by} ms with the clock, and back again`, () => {
      for (const [field, json] of fields()) {
        const moved = afterSteps(field, json, by, T + Math.max(0, by) + 10)
        const [before, now] = [times(json), times(moved)]
        for (const [path, at] of before) {
          assert.equal(now.get(path), KEPT.test(field) ? at : at + by, `${field}${path}`)
        }
        const back = afterSteps(field, moved, -by, T + 10)
        assert.deepEqual({ ...JSON.parse(back), version: 0 }, { ...JSON.parse(json), version: 0 }, field)
      }
    })
  }

  it('stay as they are, to the letter, when no clock was set', () => {
    for (const [field, json] of fields()) assert.equal(afterSteps(field, json, 0, T + 10), json, field)
  })

  it('leave what is for never, and numbers that are no times', () => {
    const json = JSON.stringify({ comparedAt: 0, warned: { month: '', share: 0 }, prune: false })
    assert.equal(afterSteps('upkeep', json, HOUR, T), json)
    const memory = JSON.parse(afterSteps('memory', fields().get('memory')!, HOUR, T + HOUR)) as { load: object }
    assert.deepEqual(JSON.parse(JSON.stringify(memory.load)).season, { bins: [1, 2], lastBin: 5_966_666 })
  })

  it('that lie ahead, though nobody saw a clock being set, go back together until the newest is now', () => {
    const now = T - HOUR
    for (const [field, json] of fields()) {
      if (KEPT.test(field) || MANY.test(field)) continue
      const after = afterSteps(field, json, 0, now)
      const [before, put] = [[...times(json).values()], [...times(after).values()]]
      const moved = new Set(before.map((at, index) => at - put[index]!))
      assert.equal(moved.size, before.length === 0 ? 0 : 1, `${field}: together`)
      for (const ms of moved) assert.ok(ms > 0 && ms <= HOUR + 60_000, field)
      assert.equal(afterSteps(field, after, 0, now), after, `${field}: once`)
    }
    const pin = JSON.parse(afterSteps('pin', JSON.stringify({ at: T, expiresAt: T + HOUR }), 0, now)) as object
    assert.deepEqual(pin, { at: now, expiresAt: T }, 'what was to come is as far ahead as it was')
  })

  it('of many things go back each alone: what lies behind stays where it is', () => {
    const now = T - HOUR
    const memory = { lastScaleOutAt: now - 5000, changes: [now - 5000, T], load: { at: T, sampleAt: T, neededAt: [T] } }
    const after = afterSteps('memory', JSON.stringify(memory), 0, now)
    const load = { at: now, sampleAt: now, neededAt: [now] }
    assert.deepEqual(JSON.parse(after), { lastScaleOutAt: now - 5000, changes: [now - 5000, now], load })
    assert.equal(afterSteps('memory', after, 0, now + 1000), after)
  })

  it('a little ahead are another’s clock, no fault', () => {
    const member = JSON.stringify(exampleMember('web-2', { phaseAt: T + 4000, createdAt: T }))
    assert.equal(afterSteps('member:web-2', member, 0, T), member)
    const memory = JSON.stringify({ load: { at: T, sampleAt: T + 5000, recent: [{ at: T + 5000, demand: 1 }] } })
    assert.equal(afterSteps('memory', memory, 0, T), memory)
  })

  it('make another version of an operation, so that whoever holds it as it was writes nothing back', () => {
    const operation = exampleOperation('op-1')
    const after = JSON.parse(
      afterSteps('operation:op-1', JSON.stringify(operation), HOUR, T + HOUR),
    ) as typeof operation
    assert.equal(after.version, operation.version + 1)
    assert.equal(after.stepAt, operation.stepAt + HOUR)
  })
})
