import { SpinupError } from '../core/model/error.ts'
import type { Demand } from './demand.ts'

/** Counted requests: `time` ISO 8601 or epoch seconds at the start of each step, `requests` within it. */
export function parseTrace(name: string, text: string): Demand {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const header = (lines[0] ?? '').toLowerCase().replaceAll(' ', '')
  if (header !== 'time,requests') {
    throw new SpinupError('badInput', `${name} does not begin with the line "time,requests".`)
  }
  const rows = lines.slice(1).map((line, index) => row(name, line, index + 2))
  if (rows.length < 2) throw new SpinupError('badInput', `${name} needs at least two rows to replay.`)
  rows.sort((a, b) => a.at - b.at)
  const step = usualStep(rows.map((one) => one.at))
  const startsAt = rows[0]!.at
  const count = Math.round((rows.at(-1)!.at - startsAt) / step) + 1
  // A step that was not counted goes on like the one before it: a hole in the record is no quiet hour.
  const rates = Array.from<number | undefined>({ length: count })
  for (const one of rows) rates[Math.round((one.at - startsAt) / step)] = one.requests / step
  for (let index = 1; index < count; index++) rates[index] ??= rates[index - 1]!
  return { name, seconds: count * step, startsAt, rate: between(rates as readonly number[], step) }
}

/** Straight lines between the middles of the steps: counts say nothing finer, and real crowds do not come in stairs. */
function between(rates: readonly number[], step: number): (t: number) => number {
  return (t) => {
    const place = t / step - 0.5
    const index = Math.floor(place)
    const before = rates[Math.max(0, index)] ?? 0
    const after = rates[Math.min(rates.length - 1, index + 1)] ?? before
    return before + (after - before) * (place - index)
  }
}

function row(name: string, line: string, number: number): { at: number; requests: number } {
  const [time = '', requests = ''] = line.split(',')
  const at = /^\d+(\.\d+)?$/.test(time.trim()) ? Number(time) : Date.parse(time.trim()) / 1000
  const value = Number(requests)
  if (!Number.isFinite(at) || requests.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new SpinupError('badInput', `${name}, line ${number}: "${line}" is not a time and a count.`)
  }
  return { at, requests: value }
}

function usualStep(times: readonly number[]): number {
  const gaps = times
    .slice(1)
    .map((at, index) => at - times[index]!)
    .filter((gap) => gap > 0)
    .toSorted((a, b) => a - b)
  return gaps[Math.floor(gaps.length / 2)] ?? 60
}

/** The rate that all but a thousandth of the seconds stay under. */
export function highRate(demand: Demand, share = 0.999): number {
  const every = Math.max(1, Math.floor(demand.seconds / 200_000))
  const rates: number[] = []
  for (let t = 0; t < demand.seconds; t += every) rates.push(demand.rate(t))
  rates.sort((a, b) => a - b)
  return rates[Math.min(rates.length - 1, Math.floor(rates.length * share))] ?? 0
}
