import { createRandom, cut, scaled, type Demand } from './demand.ts'
import { highRate, parseTrace } from './trace.ts'

/** How full a member is to be when a trace's size is chosen. */
const FULL = 0.7
const DAY_S = 86_400

/** The real counts among the standard demands: which file, and how much of it. */
const STANDARD_TRACES = [
  { file: 'worldcup98-1998-06-10-to-16-per-minute.csv', name: 'worldcup', days: 2 },
  { file: 'aws-elb-2014-per-5-minutes.csv', name: 'elb', days: 1 },
] as const

/** A trace's members are to be so many when it is busiest. */
export const STANDARD_MEMBERS = 14

/** The same demand, so large that `members` of `memberRps` each are 70 % full at its 99.9th percentile. */
export function scaledTo(demand: Demand, members: number, memberRps: number): Demand {
  const high = highRate(demand)
  return high === 0 ? demand : scaled(demand, (members * memberRps * FULL) / high)
}

/** All that Spinup is judged by: the shapes, and the traces whose text (by file name) is there. */
export function standardDemands(textOf: (file: string) => string | null, memberRps: number): readonly Demand[] {
  const traces = STANDARD_TRACES.flatMap(({ file, name, days }) => {
    const text = textOf(file)
    return text === null ? [] : [scaledTo(cut(parseTrace(name, text), days * DAY_S), STANDARD_MEMBERS, memberRps)]
  })
  return [...SHAPES, ...traces]
}

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
