import type { Demand } from './demand.ts'
import { createRandom } from './random.ts'

const MINUTE = 60
const HOUR = 3600
/** A Monday, 12:00 UTC. */
const NOON = Date.UTC(2026, 0, 5, 12) / 1000
/** How long the shapes last, or half as long: what follows from one event is over within. */
const LENGTH = 66 * MINUTE
const RISE = LENGTH / 6
const FALL = (2 * LENGTH) / 3
/** Requests a second before anything happens. */
const BASE = 120

/** Built-in demands for members of 100 requests a second: small sites, and what befalls them. */
export const SHAPES: readonly Demand[] = [
  shape('step', LENGTH, step(4)),
  shape('step10', LENGTH, step(10)),
  shape('ramp', LENGTH, (t) => (t < FALL + 5 * MINUTE ? BASE * (1 + 7 * clamp((t - RISE) / (10 * MINUTE))) : BASE)),
  shape('hackernews', 2 * LENGTH, hackernews),
  shape('sawtooth', 2 * LENGTH, (t) => 150 + 650 * ((t % (20 * MINUTE)) / (20 * MINUTE))),
  shape('diurnal', 48 * HOUR, (t) => 500 - 380 * Math.cos((2 * Math.PI * (t + 12 * HOUR)) / (24 * HOUR))),
  shape('spikes', 24 * HOUR, spikes()),
]

function shape(name: string, seconds: number, rate: (t: number) => number): Demand {
  return { name, seconds, startsAt: NOON, rate }
}

function step(times: number): (t: number) => number {
  return (t) => (t >= RISE && t < FALL ? BASE * times : BASE)
}

/** The front page: twelve times the visitors within five minutes, who stay for a while and go slowly. */
function hackernews(t: number): number {
  const since = t - RISE
  if (since < 0) return 80
  const rise = 1 - Math.exp(-since / 90)
  const wane = Math.exp(-Math.max(0, since - LENGTH / 4) / (0.3 * LENGTH))
  return 80 + 900 * rise * wane
}

/** A quiet day with thirty spikes that nobody could foresee: some minutes long, up to ten times the usual. */
function spikes(): (t: number) => number {
  const random = createRandom(2015)
  const all = Array.from({ length: 30 }, () => ({
    at: random.between(0, 24 * HOUR),
    lasts: random.between(2, 12) * MINUTE,
    height: 60 + 840 * random.next() ** 2,
  }))
  return (t) => {
    const above = all.map(({ at, lasts, height }) => height * clamp((lasts - Math.abs(t - at)) / (lasts / 2)))
    return 60 + Math.max(...above)
  }
}

function clamp(value: number): number {
  return Math.max(0, Math.min(1, value))
}
