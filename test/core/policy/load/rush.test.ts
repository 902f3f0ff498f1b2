import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EMPTY_MEMORY } from '../../../../src/core/model/decision.ts'
import { DEFAULT_POLICY } from '../../../../src/core/model/policy.ts'
import type { Stats, Traffic } from '../../../../src/core/model/sample.ts'
import { consider, remember } from '../../../../src/core/policy/decide.ts'
import { NO_FIGURES } from '../findings/scene.ts'

interface Seen {
  readonly stats: Stats
  readonly traffic: Partial<Traffic>
}

/** After how many seconds of a rush that begins after `quietS` a single member's pool asks for more; `quiet` before asks for none. */
function firstOut(quietS: number, quiet: (t: number) => Seen, rush: (since: number) => Seen): number {
  let memory = EMPTY_MEMORY
  for (let t = 0; t < quietS + 60; t++) {
    const now = Date.UTC(2026, 0, 5) + t * 1000
    const { stats, traffic } = t < quietS ? quiet(t) : rush(t - quietS)
    const member = {
      id: 'web-1',
      phase: 'inService' as const,
      ageMs: 3_600_000 + t * 1000,
      removable: false,
      stats,
      traffic: { ...NO_FIGURES, ...traffic },
      lastSampleAt: now,
    }
    const seen = consider({ poolId: 'p', pin: null, pause: null, members: [member] }, DEFAULT_POLICY, memory, now)
    memory = remember(seen.memory, seen.judgement)
    if (seen.judgement.kind !== 'scaleOut') continue
    assert.ok(t >= quietS, `asked for ${seen.judgement.to} before: ${seen.judgement.reason}`)
    return t - quietS
  }
  return Infinity
}

/** A server with one thread at its limit: nothing else wants the CPU, and the mean of the run queue is slow. */
const oneThread = (since: number): Seen => ({
  stats: { cpu: 1, psi: 0.03, load1: 1 - 0.8 * Math.exp(-since / 60) },
  traffic: {
    rps: 25,
    p95: 0.1 + since,
    firstByteP95: 0.1 + since,
    inFlight: 30 * (since + 1),
    waiting: 30 * (since + 1),
  },
})

describe('a rush of visitors at a server with one thread', () => {
  it('is believed where hardly anybody came before, and their CPU told nothing of what requests cost', () => {
    const cases: readonly [string, (t: number) => Seen][] = [
      [
        'open streams whose own work fell',
        (t) => ({
          stats: { cpu: 0.16 - t / 5000, psi: 0, load1: 0.1 },
          traffic: { rps: 0.9, firstByteP95: 0.01, inFlight: 300, waiting: 0, streaming: 300 },
        }),
      ],
      [
        'a backup that ended',
        (t) => ({
          stats: { cpu: t < 200 ? 0.5 : 0.05, psi: 0.02, load1: 0.5 },
          traffic: { rps: t < 200 ? 1 : 1.6, firstByteP95: 0.03, inFlight: 0, waiting: 0 },
        }),
      ],
      [
        'a niced job that is there all the while',
        () => ({
          stats: { cpu: 1, psi: 0.03, load1: 1 },
          traffic: { rps: 5, p95: 0.3, firstByteP95: 0.3, inFlight: 1, waiting: 1 },
        }),
      ],
      [
        'an idle site',
        () => ({ stats: { cpu: 0.01, psi: 0, load1: 0 }, traffic: { rps: 0.2, p95: 0.05, inFlight: 0, waiting: 0 } }),
      ],
    ]
    for (const [what, quiet] of cases) {
      const after = firstOut(400, quiet, oneThread)
      assert.ok(after <= 10, `${what}: after ${after} s`)
    }
  })

  it('is none where as many come as ever, and a niced job takes the rest', () => {
    const usual: Seen = {
      stats: { cpu: 0.2, psi: 0, load1: 0.2 },
      traffic: { rps: 5, p95: 0.05, inFlight: 1, waiting: 1 },
    }
    const niced: Seen = { ...usual, stats: { cpu: 1, psi: 0.03, load1: 1 } }
    assert.equal(
      firstOut(
        400,
        () => usual,
        () => niced,
      ),
      Infinity,
    )
  })
})
