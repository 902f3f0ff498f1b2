import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EMPTY_MEMORY, type Memory, type Observation } from '../../../src/core/model/decision.ts'
import type { MemberPhase } from '../../../src/core/model/member.ts'
import { DEFAULT_POLICY } from '../../../src/core/model/policy.ts'
import { consider, decide } from '../../../src/core/policy/decide.ts'
import { notice } from '../../../src/core/policy/notice.ts'
import { timeline } from './timeline.ts'

const NOW = Date.UTC(2026, 4, 20, 12)

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
  return value
}

function observation(now: number, cpu: number, phases: readonly MemberPhase[] = ['inService']): Observation {
  return freeze({
    poolId: 'web',
    pin: null,
    pause: null,
    dollarsPerHour: 0.02,
    members: phases.map((phase, index) => ({
      id: `web-${index + 1}`,
      phase,
      ageMs: 60_000,
      removable: index > 0,
      stats: { cpu, rps: 50 * cpu, inflight: 0.01 },
      lastSampleAt: now - 200,
    })),
  })
}

describe('decide', () => {
  it('gives the same answer for the same arguments, and changes none of them', () => {
    let memory: Memory = freeze(EMPTY_MEMORY)
    for (let second = 0; second < 200; second++) {
      const now = NOW + second * 1000
      const seen = observation(now, 0.3 + second / 400)
      const policy = freeze({ ...DEFAULT_POLICY })
      const first = consider(seen, policy, memory, now)
      assert.deepEqual(consider(seen, policy, memory, now), first)
      assert.deepEqual(notice(seen, policy, memory, now), first.memory, 'noticing alone remembers the same')
      assert.deepEqual(decide(seen, policy, memory, now), first.judgement, 'so does deciding on what was not noticed')
      memory = freeze(first.memory)
    }
  })

  it('goes on from what JSON kept of it, as a bot does that takes over', () => {
    const pool = timeline({}, { reports: ['cpu', 'rps', 'inflight'] })
    pool.run(300, (t) => 0.3 + t / 300)
    const memory = pool.memory()
    const kept = JSON.parse(JSON.stringify(memory)) as Memory
    assert.deepEqual(kept, memory)
    const now = pool.now() + 1000
    const seen = observation(now, 0.9)
    assert.deepEqual(consider(seen, DEFAULT_POLICY, kept, now), consider(seen, DEFAULT_POLICY, memory, now))
  })

  it('adds nothing by looking twice at the same samples', () => {
    const seen = observation(NOW, 0.6)
    const once = consider(seen, DEFAULT_POLICY, EMPTY_MEMORY, NOW).memory
    const twice = consider(seen, DEFAULT_POLICY, once, NOW + 200).memory
    assert.deepEqual(twice.load!.recent, once.load!.recent)
    assert.equal(twice.load!.need!.demand, once.load!.need!.demand)
  })

  it('counts those present and on the way in, and nobody else', () => {
    const all: readonly MemberPhase[] = [
      'inService',
      'creating',
      'booting',
      'joining',
      'draining',
      'deleting',
      'failed',
    ]
    assert.equal(decide(observation(NOW, 0.5, all), DEFAULT_POLICY, EMPTY_MEMORY, NOW).from, 4)
  })

  it('tells every number it was made from, with its unit', () => {
    const { inputs, formula, wanted } = decide(
      observation(NOW, 0.7, ['inService', 'booting']),
      DEFAULT_POLICY,
      EMPTY_MEMORY,
      NOW,
    )
    const told = Object.fromEntries(inputs.map(({ name, value, unit }) => [name, `${value} ${unit}`]))
    assert.equal(told['in service'], '1 count')
    assert.equal(told['on the way'], '1 count')
    assert.equal(told['silent'], '0 count')
    assert.equal(told['cpu'], '0.7 fraction')
    assert.equal(told['target'], '0.8 fraction')
    assert.match(told['time to help']!, / ms$/)
    assert.match(told['demand, in members']!, /^0\.8\d* number$/)
    assert.ok(inputs.every(({ value }) => Number.isFinite(value)))
    assert.equal(formula, `ceil(0.87 / 1.12) = ${wanted}`)
  })

  it('stays well within bounds over a hard day: figures finite, memory small, reasons short', () => {
    const pool = timeline(
      { min: 1, max: 12 },
      {
        reports: ['cpu', 'rps', 'inflight', 'p95', 'load1', 'psi'],
        stepSeconds: 10,
        seed: 4,
        told: { dollarsPerHour: 0.02 },
      },
    )
    const judgements = pool.run(24 * 3600, (t) => Math.max(0, 4 + 5 * Math.sin(t / 700) + (t % 5000 < 200 ? 9 : 0)))
    for (const judgement of judgements) {
      assert.ok(judgement.to >= 1 && judgement.to <= 12)
      assert.ok(judgement.reason.length > 10 && judgement.reason.length < 400, judgement.reason)
      assert.doesNotMatch(`${judgement.reason} ${judgement.formula}`, /NaN|Infinity|undefined|null|\d\.\d{5}/)
      assert.ok(judgement.inputs.every(({ value }) => Number.isFinite(value)))
    }
    const bytes = JSON.stringify(pool.memory()).length
    assert.ok(bytes < 64_000, `${bytes} bytes to remember`)
  })

  it('takes nonsense from an agent without a nonsensical answer', () => {
    for (const cpu of [0, -1, 1e9, Number.MIN_VALUE]) {
      const { judgement, memory } = consider(observation(NOW, cpu), DEFAULT_POLICY, EMPTY_MEMORY, NOW)
      assert.ok(judgement.to >= 1 && judgement.to <= DEFAULT_POLICY.max, String(cpu))
      assert.ok(Number.isFinite(memory.load!.need!.demand), String(cpu))
      const next = consider(observation(NOW + 1000, 0.5), DEFAULT_POLICY, memory, NOW + 1000)
      assert.ok(Number.isFinite(next.memory.load!.noise))
    }
  })
  it('counts the team’s own droplet towards the maximum, also while it serves nobody', () => {
    const policy = { ...DEFAULT_POLICY, min: 2, max: 3 }
    for (const [phase, to] of [
      ['failed', 2],
      ['inService', 3],
    ] as const) {
      const { members, ...rest } = observation(NOW, 1, [phase, 'inService', 'inService'])
      const seen = { ...rest, members: members.map((member) => ({ ...member, origin: member.id === 'web-1' })) }
      const pinned = { ...seen, pin: { count: 5, owner: 'Ada', expiresAt: NOW + 60_000 } }
      const judgement = decide(pinned, policy, EMPTY_MEMORY, NOW)
      assert.deepEqual([judgement.kind, judgement.to, judgement.rule], ['hold', to, 'max'])
      assert.equal(/your own droplet included/.test(judgement.reason), phase === 'failed')
    }
  })
})
