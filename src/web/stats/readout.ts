import { rangeLabel } from '../../core/model/chart.ts'
import { clockMinutes, clockSeconds, day, type TimeZone } from '../../core/model/time-zone.ts'
import { duration, statName, statTitle, statValue } from '../../core/model/words.ts'
import { hottest, type GrowingLine, type Loaded } from './data.ts'
import type { Span, View } from './view.ts'

/** What a line shows at an instant: its nearest point, unless that is far off; null: nothing. */
export function valueAt({ at, mean, stepMs }: GrowingLine, instant: number): number | null {
  const index = nearest(at, instant)
  const found = at[index]
  if (found === undefined || Math.abs(found - instant) > Math.max(stepMs, 20_000)) return null
  return mean[index] ?? null
}

function nearest(at: readonly number[], instant: number): number {
  let [low, high] = [0, at.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((at[middle] ?? 0) < instant) low = middle + 1
    else high = middle
  }
  const [here = 0, before = Number.NEGATIVE_INFINITY] = [at[low], at[low - 1]]
  return Math.abs(before - instant) < Math.abs(here - instant) ? low - 1 : low
}

/** The instants that a cursor goes through, oldest first. */
export function instantsOf({ lines }: Loaded, stat: string): readonly number[] {
  return lines.find((line) => line.stat === stat && line.member === null)?.at ?? []
}

export function timeWords(at: number, span: Span, zone: TimeZone): string {
  const clock = span.toAt - span.fromAt < 3_600_000 * 2 ? clockSeconds(at, zone) : clockMinutes(at, zone)
  return span.toAt - span.fromAt < 86_400_000 ? clock : `${day(at, zone)} ${clock}`
}

/** What every chart shows at an instant, read out. */
export function spoken(at: number, view: View, loaded: Loaded, zone: TimeZone): string {
  const parts = view.stats.map((stat) => {
    const line = loaded.lines.find((one) => one.stat === stat && one.member === null)
    const mean = line === undefined ? null : valueAt(line, at)
    if (line === undefined || mean === null) return `${statName(stat)} not reported`
    const index = nearest(line.at, at)
    const [low, high] = [line.min[index], line.max[index]]
    const band =
      low == null || high == null || low === high ? '' : `, from ${statValue(stat, low)} to ${statValue(stat, high)}`
    const [top] = view.byMember ? topAt(loaded, stat, at) : []
    const hot = top === undefined ? '' : `, hottest ${top.id} ${statValue(stat, top.value)}`
    const past = loaded.behind.find((one) => one.stat === stat)
    const then = past === undefined ? null : valueAt(past, at)
    const compared =
      then === null ? '' : `, ${view.behind === 'day' ? 'yesterday' : 'last week'} ${statValue(stat, then)}`
    return `${statName(stat)} ${statValue(stat, mean)}${band}${hot}${compared}`
  })
  return `${timeWords(at, loaded, zone)}: ${parts.join('; ')}`
}

function topAt(loaded: Loaded, stat: string, at: number): readonly { readonly id: string; readonly value: number }[] {
  return hottest(loaded.lines, stat)
    .flatMap((line) => {
      const value = valueAt(line, at)
      return value === null ? [] : [{ id: line.member ?? '', value }]
    })
    .toSorted((a, b) => b.value - a.value)
}

/** A table of the view: a row for each of some twenty instants, with the lowest and highest around it. */
export function tableOf(
  view: View,
  loaded: Loaded,
  zone: TimeZone,
): { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const { fromAt, toAt } = loaded
  const width = (toAt - fromAt) / ROWS
  const subjects = view.stats.flatMap((stat) => {
    const mean = loaded.lines.filter((line) => line.stat === stat && line.member === null)
    return [...mean, ...(view.byMember ? hottest(loaded.lines, stat) : [])]
  })
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const [from, to] = [fromAt + row * width, fromAt + (row + 1) * width]
    return [timeWords(from, loaded, zone), ...subjects.map((line) => cell(line, from, to))]
  })
  const head = subjects.map(({ stat, member }) => `${statTitle(stat)}${member === null ? '' : ` of ${member}`}`)
  return { head: ['From', ...head], rows }
}

const ROWS = 20

function cell({ stat, member, at, mean, min, max }: GrowingLine, from: number, to: number): string {
  let [sum, count, low, high] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const [index, instant] of at.entries()) {
    const value = mean[index]
    if (instant < from || instant >= to || value == null) continue
    sum += value
    count++
    low = Math.min(low, min[index] ?? value)
    high = Math.max(high, max[index] ?? value)
  }
  if (count === 0) return '–'
  const words = statValue(stat, sum / count)
  return member !== null || low === high ? words : `${words} (${statValue(stat, low)} to ${statValue(stat, high)})`
}

/** What the points of a stat are. */
export function grain({ lines }: Loaded, stat: string): string {
  const line = lines.find((one) => one.stat === stat && one.member === null)
  if (line === undefined) return ''
  return line.stepMs === 0 ? 'each sample' : `means of ${duration(line.stepMs)}`
}

export function rangeWords(span: Span, zone: TimeZone): string {
  return rangeLabel(span.fromAt, span.toAt, false, zone)
}
