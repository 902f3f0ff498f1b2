import type { Beside, PoolSamples, SeriesAnswer, SeriesLine, StatsPool } from '../../core/model/stats-page.ts'
import { zoneOf } from '../../core/model/time-zone.ts'
import { DAYS_BEHIND, daysLater, searchOf, type Span, type View } from './view.ts'

/** A line that grows while it is looked at. */
export interface GrowingLine {
  readonly stat: string
  readonly member: string | null
  readonly stepMs: number
  readonly at: number[]
  readonly mean: (number | null)[]
  readonly min: (number | null)[]
  readonly max: (number | null)[]
}

/** What is known of a view's span. */
export interface Loaded extends Span {
  readonly lines: GrowingLine[]
  /** Of the time behind, moved to where it is compared. */
  readonly behind: readonly GrowingLine[]
  readonly beside: Beside
}

/** Holes up to this long are the spacing of samples, ms. */
const GAP_MS = 35_000
const DEADLINE_MS = 30_000

/** Everything a view shows, in about a point for each of `points` pixels. Rejects with words that can be shown. */
export async function load(
  view: View,
  pool: StatsPool,
  at: Span & { readonly points: number; readonly signal: AbortSignal },
): Promise<Loaded> {
  const { fromAt, toAt, points, signal } = at
  // What was never reported has no series; the page says so in its place.
  const stats = reportedIn(view, pool)
  const ask = async (span: Span, byMember: boolean): Promise<readonly SeriesLine[]> =>
    stats.length === 0
      ? []
      : (
          await get<SeriesAnswer>(
            `/api/series${queryOf(view, stats, span, byMember)}&points=${points}&figures=mean`,
            signal,
          )
        ).series
  const days = DAYS_BEHIND[view.behind]
  const zone = zoneOf(pool.timeZone)
  const moved = (instant: number): number => daysLater(instant, -days, zone)
  const [lines, past, beside] = await Promise.all([
    ask({ fromAt, toAt }, view.byMember),
    days === 0 ? [] : ask({ fromAt: moved(fromAt), toAt: moved(toAt) }, false),
    besideOf(view.pool, { fromAt, toAt }, signal),
  ])
  const shift = fromAt - moved(fromAt)
  // Clocks that are set in between, then or now, move each point by another time.
  const later = toAt - moved(toAt) === shift ? (at: number) => at + shift : (at: number) => daysLater(at, days, zone)
  return { fromAt, toAt, lines: lines.map(growing), behind: past.map((line) => shifted(growing(line), later)), beside }
}

/** The stats of a view that the pool ever reported. */
export function reportedIn({ stats }: View, pool: StatsPool): readonly string[] {
  return stats.filter((stat) => pool.stats.includes(stat))
}

/** Members, cost and what happened, of a pool in a span. */
export async function besideOf(pool: string, { fromAt, toAt }: Span, signal?: AbortSignal): Promise<Beside> {
  const query = new URLSearchParams({ pool, from: String(Math.round(fromAt)), to: String(Math.round(toAt)) })
  return get<Beside>(`/api/stats/beside?${query.toString()}`, signal)
}

/** The address of the same numbers as a file, for people and programs. */
export function fileOf(view: View, stats: readonly string[], span: Span, format: 'csv' | 'json'): string {
  return `/api/series${queryOf(view, stats, span, view.byMember)}&format=${format}`
}

function queryOf(view: View, stats: readonly string[], { fromAt, toAt }: Span, byMember: boolean): string {
  const fixed = { ...view, range: { kind: 'between', fromAt: Math.round(fromAt), toAt: Math.round(toAt) } } as const
  const query = new URLSearchParams(searchOf({ ...fixed, byMember }))
  query.set('stat', stats.join(','))
  for (const name of ['stats', 'with', 'solo', 'last']) query.delete(name)
  return `?${query.toString()}`
}

/** The answer of our own bot, which types it. */
export async function get<T>(path: string, signal?: AbortSignal, body?: object): Promise<T> {
  const limit = AbortSignal.timeout(DEADLINE_MS)
  const response = await fetch(path, {
    ...(body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error
    throw new Error('Spinup does not answer. Is the bot still running?', { cause: error })
  })
  if (response.status === 401) location.assign('/login')
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok) return answer as T
  const message = typeof answer === 'object' && answer !== null && 'message' in answer ? String(answer.message) : ''
  throw new Error(message || `Spinup answered ${response.status}.`)
}

function growing({ stat, member, stepMs, at, mean, min, max }: SeriesLine): GrowingLine {
  return { stat, member, stepMs, at: [...at], mean: [...mean], min: [...min], max: [...max] }
}

/** The same line at other times; of what would stand at one that is past already, the first stays. */
export function shifted(line: GrowingLine, later: (at: number) => number): GrowingLine {
  const moved: GrowingLine = { ...line, at: [], mean: [], min: [], max: [] }
  for (const [index, old] of line.at.entries()) {
    const at = later(old)
    if (at <= (moved.at.at(-1) ?? Number.NEGATIVE_INFINITY)) continue
    moved.at.push(at)
    for (const figure of ['mean', 'min', 'max'] as const) moved[figure].push(line[figure][index] ?? null)
  }
  return moved
}

/** Adds what is new to the lines; `newestAt` is by member. Whether anything was. */
export function extend(loaded: Loaded, view: View, { members }: PoolSamples, newestAt: Map<string, number>): boolean {
  const fresh = members.filter(({ id, at }) => at > (newestAt.get(id) ?? loaded.toAt))
  if (fresh.length === 0) return false
  for (const { id, at } of fresh) newestAt.set(id, at)
  const newest = Math.max(...fresh.map(({ at }) => at))
  // Agents do not all report in the same second: what the others showed just before is theirs still.
  const present = members.filter(({ at }) => at > newest - GAP_MS)
  for (const stat of view.stats) {
    const values = present.flatMap(({ stats }) => (Object.hasOwn(stats, stat) ? [stats[stat] ?? 0] : []))
    if (values.length === 0) continue
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    add(lineOf(loaded, stat, null), newest, { mean, min: Math.min(...values), max: Math.max(...values) })
    if (!view.byMember) continue
    for (const { id, at, stats } of fresh) {
      if (!Object.hasOwn(stats, stat)) continue
      const value = stats[stat] ?? 0
      add(lineOf(loaded, stat, id), at, { mean: value, min: value, max: value })
    }
  }
  return true
}

function lineOf({ lines }: Loaded, stat: string, member: string | null): GrowingLine {
  const found = lines.find((line) => line.stat === stat && line.member === member)
  if (found !== undefined) return found
  const stepMs = lines.find((line) => line.stat === stat)?.stepMs ?? 0
  const line: GrowingLine = { stat, member, stepMs, at: [], mean: [], min: [], max: [] }
  lines.push(line)
  return line
}

interface Point {
  readonly mean: number
  readonly min: number
  readonly max: number
}

/** A sample in its bucket, or as a point of its own. */
function add(line: GrowingLine, at: number, { mean, min, max }: Point): void {
  const last = line.at.at(-1) ?? Number.NEGATIVE_INFINITY
  const { stepMs } = line
  const begin = stepMs === 0 ? at : Math.floor(at / stepMs) * stepMs
  const index = line.at.length - 1
  const before = line.mean[index]
  if (stepMs > 0 && last >= begin && before != null) {
    // The bucket's samples so far come about one a second.
    line.mean[index] = before + (mean - before) / Math.max(2, (at - begin) / 1000)
    line.min[index] = Math.min(line.min[index] ?? min, min)
    line.max[index] = Math.max(line.max[index] ?? max, max)
    return
  }
  if (at <= last) return
  if (line.at.length > 0 && at - last > Math.max(GAP_MS, stepMs * 2)) push(line, (at + last) / 2, null)
  push(line, stepMs === 0 ? at : begin + stepMs / 2, { mean, min, max })
}

function push(line: GrowingLine, at: number, point: Point | null): void {
  line.at.push(at)
  line.mean.push(point?.mean ?? null)
  line.min.push(point?.min ?? null)
  line.max.push(point?.max ?? null)
}

/** Lets go of what the span has left behind. */
export function forget({ lines }: Loaded, fromAt: number): void {
  for (const line of lines) {
    const gone = line.at.findIndex((at) => at >= fromAt - line.stepMs * 2)
    if (gone <= 0) continue
    for (const list of [line.at, line.mean, line.min, line.max]) list.splice(0, gone)
  }
}

/** The members of a stat, those that showed the highest mean first. */
export function hottest(lines: readonly GrowingLine[], stat: string): readonly GrowingLine[] {
  const meanOf = ({ mean }: GrowingLine): number => {
    const known = mean.filter((value) => value !== null)
    return known.length === 0 ? Number.NEGATIVE_INFINITY : known.reduce((sum, value) => sum + value, 0) / known.length
  }
  return lines
    .filter((line) => line.stat === stat && line.member !== null)
    .map((line) => ({ line, mean: meanOf(line) }))
    .toSorted((a, b) => b.mean - a.mean)
    .map(({ line }) => line)
}

/** Whether a stat has a value anywhere. */
export function isEmpty(lines: readonly GrowingLine[], stat: string): boolean {
  return lines.every((line) => line.stat !== stat || line.mean.every((value) => value === null))
}

/** When a stat was reported last, as far as this page knows, epoch ms; `received`: by what came since. null: never. */
export function newestIn({ lines }: Loaded, stat: string, received: ReadonlyMap<string, number>): number | null {
  const line = lines.find((one) => one.stat === stat && one.member === null)
  const index = line?.mean.findLastIndex((value) => value !== null) ?? -1
  const stored = line?.at[index]
  const since = received.get(stat) ?? null
  return stored === undefined ? since : Math.max(stored + (line?.stepMs ?? 0) / 2, since ?? 0)
}
