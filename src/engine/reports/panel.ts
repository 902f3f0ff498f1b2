import type { ChartLine, ChartPanel } from '../../core/model/chart.ts'
import type { Figures } from '../../core/model/figures.ts'
import { counts } from '../../core/model/member.ts'
import type { StatFigures, StatsView } from '../../core/model/view.ts'
import { unitOf } from '../../core/model/words.ts'
import { presentStat, type PresentStat } from '../../core/pool/present.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { Services } from '../services.ts'

/** Of one line, which has a band, and of each of several. */
const POINTS = { alone: 180, several: 120 }
/** Samples lose so much of their precision in keeping. */
const KEPT_WITHIN = 0.001
/** Whose the highest sample is, where it is none of the members there are. */
const FORMER = 'a former member'

/** What to draw of a stat. `memberIds` empty: the pool mean alone. */
export interface PanelWish {
  readonly stat: string
  readonly fromAt: number
  readonly toAt: number
  readonly memberIds: readonly string[]
  /** The range ends now: its lines end at what members show at present. */
  readonly present: boolean
}

type Peak = NonNullable<ChartPanel['peak']>
type Range = Awaited<ReturnType<Services['series']['range']>>

/** A stat's lines, and the numbers of the card beside them: both from one reading, so that they cannot differ. */
export interface PanelReading {
  readonly panel: ChartPanel
  readonly figures: StatFigures
  readonly hottest: string | null
  readonly perMember: StatsView['perMember']
}

export async function readPanel(services: Services, state: PoolState, wish: PanelWish): Promise<PanelReading> {
  const { pool } = state
  const { stat, fromAt, toAt, memberIds } = wish
  const members = state.members.filter((member) => counts(member)).map(({ id }) => id)
  // One that is leaving counts no more, and may have been the hottest.
  const there = state.members.map(({ id }) => id)
  const drawn = memberIds.length === 0 ? [null] : memberIds
  const most = drawn.length === 1 ? POINTS.alone : POINTS.several
  const [figures, points, now] = await Promise.all([
    each([null, ...there], (id) => services.series.figures(pool.id, id, stat, fromAt, toAt)),
    each(drawn, (id) => services.series.range(pool.id, id, stat, fromAt, toAt, most)),
    wish.present ? presentNow(services, state, stat) : null,
  ])
  const [only = null, another] = memberIds
  const single = another === undefined ? only : null
  const whole = figures.get(single) ?? null
  const several = single === null && there.length > 1
  const peak =
    single === null
      ? peakOf(
          whole,
          there.map((id) => [id, figures.get(id) ?? null] as const),
        )
      : null
  const numbers = {
    stat,
    unit: unitOf(stat),
    now: shownNow(now, single),
    mean: whole?.mean ?? null,
    max: peak?.value ?? whole?.max ?? null,
    p95: whole?.p95 ?? null,
    p95OfMs: whole?.p95OfMs ?? null,
  }
  return {
    panel: {
      stat,
      unit: numbers.unit,
      target: stat === pool.policy.stat ? pool.policy.target : null,
      lines: drawn.map((id) => ({
        label: id ?? `${pool.name}, mean`,
        ...upToNow(points.get(id), toAt, now, id),
        figures: id === single ? said(numbers.mean, numbers.max, peak?.at ?? whole?.maxAt) : saidOf(figures.get(id)),
      })),
      peak: several ? peak : null,
    },
    figures: numbers,
    hottest: several ? (peak?.label ?? null) : null,
    perMember: members.map((id) => ({ id, now: shownNow(now, id), mean: figures.get(id)?.mean ?? null })),
  }
}

/** What is asked of each id, by id. */
async function each<Answer>(
  ids: readonly (string | null)[],
  ask: (id: string | null) => Promise<Answer>,
): Promise<ReadonlyMap<string | null, Answer>> {
  return new Map(await Promise.all([...new Set(ids)].map(async (id) => [id, await ask(id)] as const)))
}

type Said = NonNullable<ChartLine['figures']>

function saidOf(figures: Figures | null | undefined): Said | null {
  return said(figures?.mean, figures?.max, figures?.maxAt)
}

function said(mean: number | null | undefined, max: number | null | undefined, maxAt: number | undefined): Said | null {
  return mean == null || max == null || maxAt === undefined ? null : { mean, max, maxAt }
}

/** Of a member, or (`null`) of the pool. */
function shownNow(now: PresentStat | null, id: string | null): number | null {
  return id === null ? (now?.mean ?? null) : (now?.members[id] ?? null)
}

async function presentNow(services: Services, state: PoolState, stat: string): Promise<PresentStat> {
  const ids = state.members.map(({ id }) => id)
  return presentStat(state, await services.series.latest(state.pool.id, ids), stat, services.now())
}

/** The highest sample of all, and whose it was; members that are gone have a part in the pool's figures alone. */
function peakOf(whole: Figures | null, own: readonly (readonly [string, Figures | null])[]): Peak | null {
  let peak: Peak | null = null
  for (const [label, figures] of own) {
    if (figures === null || (peak !== null && figures.max <= peak.value)) continue
    peak = { label, at: figures.maxAt, value: figures.max }
  }
  if (whole === null || (peak !== null && whole.max <= peak.value + Math.abs(peak.value) * KEPT_WITHIN)) return peak
  return { label: FORMER, at: whole.maxAt, value: whole.max }
}

/** A line's points, and after them what is shown now. */
function upToNow(
  { at, value, min, max }: Range = { at: [], value: [], min: [], max: [] },
  toAt: number,
  now: PresentStat | null,
  id: string | null,
): Omit<ChartLine, 'label'> {
  const points = { at, value, min: min.map(orNull), max: max.map(orNull) }
  const shown = shownNow(now, id)
  if (shown === null) return points
  // A sample of this very instant is that value itself.
  const length = at.findLastIndex((instant) => instant < toAt) + 1
  const upTo = <Value>(list: readonly Value[], last: Value): readonly Value[] => [...list.slice(0, length), last]
  return {
    at: upTo(points.at, toAt),
    value: upTo(points.value, shown),
    min: upTo(points.min, id === null ? (now?.min ?? null) : shown),
    max: upTo(points.max, id === null ? (now?.max ?? null) : shown),
    present: true,
  }
}

/** JSON has no NaN. */
function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
