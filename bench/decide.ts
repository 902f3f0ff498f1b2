import { EMPTY_MEMORY, type Memory, type Observation } from '../src/core/model/decision.ts'
import type { Traffic } from '../src/core/model/sample.ts'
import { DEFAULT_POLICY } from '../src/core/model/policy.ts'
import { consider, remember } from '../src/core/policy/decide.ts'
import { line, median } from './measure.ts'

// What one judgement of a pool costs: `consider` on fresh samples of every member, each second's with the memory of the
// seconds before, after an hour of them. To compare, the same observation is written as JSON. `node bench/run.ts decide`.
const MEMBERS = 50
const WARM_UP_S = 3600
const SECONDS = 6000
const FROM = Date.UTC(2026, 0, 5, 12)
const POLICY = { ...DEFAULT_POLICY, max: 100 }
/** What the issue asks of a pool of fifty, µs. */
const MOST = 50

const judged: number[] = []
const written: number[] = []
let memory: Memory = EMPTY_MEMORY
let size = 0
let decisions = 0
for (let second = 0; second < WARM_UP_S + SECONDS; second++) {
  const now = FROM + second * 1000
  const observation = observe(second, now)
  const startedAt = performance.now()
  const seen = consider(observation, POLICY, memory, now)
  const thenAt = performance.now()
  size += JSON.stringify(observation).length
  const endedAt = performance.now()
  memory = remember(seen.memory, seen.judgement)
  if (seen.judgement.kind !== 'hold') decisions++
  if (second < WARM_UP_S) continue
  judged.push((thenAt - startedAt) * 1000)
  written.push((endedAt - thenAt) * 1000)
}

const us = (value: number): string => `${value.toFixed(1)} µs`
const mean = judged.reduce((sum, value) => sum + value, 0) / judged.length
const sorted = judged.toSorted((a, b) => a - b)
line(`one pool of ${MEMBERS} members`, 'median', 'mean', '99 %')
line('consider', us(median(judged)), us(mean), us(sorted[Math.floor(sorted.length * 0.99)] ?? 0))
line('the observation as JSON', us(median(written)))
line('ratio of medians', (median(judged) / median(written)).toFixed(2))
line('pools judged in a second by one core', Math.round(1e6 / mean).toLocaleString('en-US'))
line('seen', `${decisions} changes`, `${Math.round(size / (WARM_UP_S + SECONDS)).toLocaleString('en-US')} B each`)
if (median(judged) > MOST) {
  process.stdout.write(`More than ${MOST} µs: too slow.\n`)
  process.exitCode = 1
}

/** Fifty members, a little uneven, on a slow wave with a burst every quarter of an hour; the last five come and go. */
function observe(second: number, now: number): Observation {
  const wave = 0.62 + 0.12 * Math.sin(second / 900) + (second % 900 > 840 ? 0.25 : 0)
  return {
    poolId: 'bench',
    pin: null,
    pause: null,
    dollarsPerHour: 0.018,
    members: Array.from({ length: MEMBERS }, (_, index) => {
      const booting = index >= MEMBERS - 5 && (second + index * 37) % 1800 < 60
      const cpu = Math.min(
        1,
        Math.max(0, wave + 0.08 * Math.sin(index * 7 + second * 0.7) + 0.03 * Math.sin(second * 3 + index)),
      )
      return {
        id: `web-${index}`,
        phase: booting ? ('booting' as const) : ('inService' as const),
        ageMs: booting ? ((second + index * 37) % 1800) * 1000 : 60_000 + second * 1000,
        removable: index > 0 && !booting,
        stats: booting
          ? null
          : {
              cpu,
              memory: 0.4 + index / 500,
              load1: cpu * 2,
              psi: cpu / 4,
            },
        traffic: booting ? null : traffic(cpu),
        lastSampleAt: booting ? null : now - (index % 5) * 100,
      }
    }),
  }
}

/** As HAProxy tells it. */
function traffic(cpu: number): Traffic {
  return {
    rps: cpu * 100,
    p95: 0.02 + cpu / 20,
    firstByteP95: null,
    inFlight: cpu * 2,
    waiting: null,
    streaming: null,
    queued: 0,
  }
}
