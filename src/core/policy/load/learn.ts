import type { ObservedMember } from '../../model/decision.ts'
import type { LoadMemory, Usual } from '../../model/load.ts'
import { learnCost, type Shown } from './cost.ts'
import type { Reading } from './reading.ts'
import { middle } from './over-members.ts'
import { inFlight, latencyOf, rpsOf } from './traffic.ts'
import { SLOW } from './witnesses.ts'

export const NOTHING_USUAL: Usual = {
  at: 0,
  flying: null,
  calm: null,
  rps: null,
  latency: null,
  cpu: null,
  floor: 0,
  flights: [],
}

/** A member tells what requests cost only once its caches are warm, ms in service. */
const WARM_MS = 60_000
/** What is put together over most of a minute is looked at so often, ms. */
const EVERY_MS = 2000
/** With CPUs below this, what is in flight and how long it takes is how things are. */
const ROOM = 0.8
const LATELY_S = 10
const MINUTES_S = 120
/** How long the requests in flight are remembered one by one, ms. */
const FLIGHTS_MS = 15_000

/** What a look adds to what is known of the pool's traffic. */
export function learn(load: LoadMemory, reading: Reading, now: number): Pick<LoadMemory, 'cost' | 'usual' | 'joined'> {
  const joined: Record<string, LoadMemory['joined'][string]> = {}
  for (const { id, lastSampleAt, traffic } of reading.serving) {
    if (lastSampleAt === null || typeof traffic?.rps !== 'number') continue
    const before = load.joined[id]
    const known = before !== undefined && lastSampleAt <= before.at
    joined[id] = known ? before : { at: lastSampleAt, rps: traffic.rps }
  }
  const due = now < load.cost.at || now - load.cost.at >= EVERY_MS
  const shown = reading.saturated || !due ? null : mean(reading.reporting, joined)
  const cost = shown === null ? load.cost : learnCost(load.cost, shown, now)
  return { joined, cost, usual: usual(load.usual, reading, now) }
}

/**
 * The mean member that is warm, those apart that spend far more for each request than the others: members differ, and
 * what tells the price is how they move together. Null where not all tell.
 */
function mean(reporting: readonly ObservedMember[], joined: LoadMemory['joined']): Shown | null {
  const cpus: number[] = []
  const rates: number[] = []
  const ratios: number[] = []
  for (const { id, stats, ageMs } of reporting) {
    if (ageMs < WARM_MS) continue
    const rps = joined[id]?.rps ?? null
    const cpu = stats?.['cpu']
    if (rps === null || cpu === undefined) return null
    cpus.push(cpu)
    rates.push(rps)
    ratios.push(rps === 0 ? Infinity : cpu / rps)
  }
  if (cpus.length === 0) return null
  const most = APART * middle(ratios)
  let [cpu, rps, count] = [0, 0, 0]
  for (let index = 0; index < cpus.length; index++) {
    if (ratios[index]! > most) continue
    cpu += cpus[index]!
    rps += rates[index]!
    count++
  }
  const flight = inFlight(reporting)
  return {
    rps: rps / count,
    cpu: cpu / count,
    flight: flight === null ? null : flight / reporting.length,
    members: count,
  }
}

/** A member that spends so many times what the others do for a request spends it on something else. */
const APART = 3

function usual(before: Usual, reading: Reading, now: number): Usual {
  const count = reading.flight
  const passedS = before.at === 0 ? 0 : (now - before.at) / 1000
  const latency = latencyOf(reading.reporting)
  const rps = rpsOf(reading.reporting)
  // A CPU that is full all the while of other work has a usual, too, as long as visitors are served at once.
  const room = reading.busy < ROOM * reading.reporting.length
  const calm = reading.reporting.length > 0 && !reading.saturated && (room || quick(latency, before.latency))
  return {
    at: now,
    flying: follow(before.flying, count, passedS, LATELY_S),
    calm: calm ? follow(before.calm, count, passedS, MINUTES_S) : before.calm,
    rps: calm
      ? follow(before.rps, rps === null ? null : rps / reading.reporting.length, passedS, MINUTES_S)
      : before.rps,
    latency: calm ? follow(before.latency, latency, passedS, MINUTES_S) : before.latency,
    cpu: calm && room ? follow(before.cpu, reading.busy / reading.reporting.length, passedS, MINUTES_S) : before.cpu,
    floor: follow(before.floor, reading.floor, passedS, MINUTES_S) ?? 0,
    flights: count === null ? [] : [...before.flights.filter(({ at }) => at > now - FLIGHTS_MS), { at: now, count }],
  }
}

function quick(latency: number | null, usually: number | null): boolean {
  return latency !== null && latency <= (usually === null ? QUICK_S : SLOW * usually)
}

/** Pages this quick wait for nothing, seconds, where nothing is usual yet. */
const QUICK_S = 0.5

/** An average that forgets over `overS` seconds. */
function follow(before: number | null, value: number | null, passedS: number, overS: number): number | null {
  if (value === null) return null
  if (before === null) return value
  return before + (value - before) * (1 - Math.exp(-passedS / overS))
}
