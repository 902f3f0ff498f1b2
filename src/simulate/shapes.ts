import type { Demand } from './demand.ts'

const MINUTE = 60
const HOUR = 3600
/** A Monday, 12:00 UTC. */
const NOON = Date.UTC(2026, 0, 5, 12) / 1000

/** Built-in demands for members of 100 requests a second: small sites, and what befalls them. */
export const SHAPES: readonly Demand[] = [
  shape('step', 2 * HOUR, step(4)),
  shape('step10', 2 * HOUR, step(10)),
  shape('ramp', 2 * HOUR, (t) => 120 * (1 + 7 * clamp((t - 20 * MINUTE) / (10 * MINUTE))) * fall(t, 75 * MINUTE, 8)),
  shape('hackernews', 6 * HOUR, hackernews),
  shape('sawtooth', 4 * HOUR, (t) => 150 + 650 * ((t % (20 * MINUTE)) / (20 * MINUTE))),
  shape('diurnal', 48 * HOUR, (t) => 500 - 380 * Math.cos((2 * Math.PI * (t + 12 * HOUR)) / (24 * HOUR))),
]

function shape(name: string, seconds: number, rate: (t: number) => number): Demand {
  return { name, seconds, startsAt: NOON, rate }
}

function step(times: number): (t: number) => number {
  return (t) => (t >= 20 * MINUTE && t < 80 * MINUTE ? 120 * times : 120)
}

/** The front page: ten times the visitors within four minutes, wobbling for an hour, then going for hours. */
function hackernews(t: number): number {
  const since = t - 30 * MINUTE
  if (since < 0) return 80
  const rise = 1 - Math.exp(-since / (1.5 * MINUTE))
  const wane = Math.exp(-Math.max(0, since - HOUR) / (1.2 * HOUR))
  return 80 + 900 * rise * wane * (1 + 0.1 * Math.sin(since / 300))
}

function fall(t: number, at: number, times: number): number {
  return t < at ? 1 : 1 / times
}

function clamp(value: number): number {
  return Math.max(0, Math.min(1, value))
}
