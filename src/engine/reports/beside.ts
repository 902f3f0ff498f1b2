import type { AuditEntry } from '../../core/model/audit.ts'
import { fleetPrice } from '../../core/model/billing.ts'
import type { Decision } from '../../core/model/decision.ts'
import type { Beside, StatMark } from '../../core/model/stats-page.ts'
import { memberCounts } from '../../core/pool/member-counts.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { Services } from '../services.ts'

const MOST_ENTRIES = 2000
const DECISIONS = 1000
/** More than these run into each other; the newest are shown. */
const MOST_MARKS = 200
const HOUR_MS = 3_600_000
const AGAIN_MS = 10 * 60_000
/** What people do that charts show, by the audit's word for it. */
const DONE: Readonly<Record<string, StatMark['kind']>> = {
  refresh: 'refresh',
  pin: 'pin',
  unpin: 'pin',
  pause: 'pin',
  resume: 'pin',
  policy: 'policy',
}

/** The members of a pool, their cost and what happened in `[fromAt, toAt]`, epoch ms. */
export async function readBeside(
  services: Services,
  state: PoolState,
  range: { readonly fromAt: number; readonly toAt: number },
): Promise<Beside> {
  const { pool } = state
  const { fromAt, toAt } = range
  const about = ({ pool: of, at, action, kind }: AuditEntry): boolean =>
    of?.id === pool.id && at <= toAt && (isScaling(kind, action) || (kind === 'request' && Object.hasOwn(DONE, action)))
  const [stretches, decisions, entries] = await Promise.all([
    // Every agent reports its CPU.
    services.series.together(pool.id, 'cpu', fromAt, toAt),
    services.store.decisions(pool.id, DECISIONS),
    services.auditLog.newest(MOST_ENTRIES, about, { sinceAt: fromAt }),
  ])
  const members = memberCounts(state, stretches, range, services.now())
  const dollars = stretches.reduce(
    (sum, one) => sum + (fleetPrice(pool, Math.max(1, one.members)) * (one.toAt - one.fromAt)) / HOUR_MS,
    0,
  )
  const marks = [...scaled(state, entries), ...decided(state, decisions), ...done(entries)]
    .filter(({ at }) => at >= fromAt && at <= toAt)
    .toSorted((a, b) => a.at - b.at)
  return {
    members,
    cost: { value: members?.value.map((count) => fleetPrice(pool, count)) ?? [], dollars },
    marks: marks.slice(-MOST_MARKS),
  }
}

function isScaling(kind: AuditEntry['kind'], action: string): boolean {
  return kind === 'event' && (action === 'scaleOut' || action === 'scaleIn')
}

/** Those that the pool remembers, and before them what the audit has. */
function scaled({ episodes }: PoolState, entries: readonly AuditEntry[]): readonly StatMark[] {
  const known = new Set(episodes.map(({ id }) => id))
  const own = episodes
    .filter(({ from, to }) => from !== to)
    .map(({ id, startedAt, direction, from, to, reason }) =>
      scaleMark(startedAt, { page: id, direction, from, to, reason }),
    )
  const earlier = entries
    .filter(
      ({ kind, action, outcome, episode }) =>
        isScaling(kind, action) && outcome === 'done' && !known.has(episode ?? ''),
    )
    .map(({ told: reason, ...entry }) => {
      // Written by `core/audit/acts.ts`.
      const { from = 0, to = 0 } = entry.detail as { readonly from?: number; readonly to?: number }
      const direction = entry.action === 'scaleOut' ? 'out' : 'in'
      return scaleMark(entry.at, { page: pageOfEntry(entry), direction, from, to, reason })
    })
  return [...own, ...earlier]
}

function scaleMark(
  at: number,
  of: {
    readonly page: string
    readonly direction: 'out' | 'in'
    readonly from: number
    readonly to: number
    readonly reason: string
  },
): StatMark {
  const { page, direction, from, to, reason } = of
  const label = direction === 'out' ? `+${to - from}` : `−${from - to}`
  const what = `Scale ${direction}: ${from} → ${to}${reason === '' ? '' : `. ${reason}`}`
  return { at, kind: direction, label, what, page }
}

/** Decisions that no scale event came of: observed, denied, or waiting. */
function decided({ episodes }: PoolState, decisions: readonly Decision[]): readonly StatMark[] {
  const carried = new Set(episodes.map(({ decisionId }) => decisionId))
  return (
    decisions
      .filter(({ id, kind }) => kind !== 'hold' && !carried.has(id))
      .toSorted((a, b) => a.at - b.at)
      // The same, decided again and again, is one.
      .filter(({ at, to, from }, index, all) => {
        const before = all[index - 1]
        return before?.to !== to || before.from !== from || at - before.at > AGAIN_MS
      })
      .map(({ id, at, from, to, reason }) => {
        return { at, kind: 'decision', label: `${from}→${to}`, what: `Decision: ${from} → ${to}. ${reason}`, page: id }
      })
  )
}

function done(entries: readonly AuditEntry[]): readonly StatMark[] {
  return entries.flatMap((entry): readonly StatMark[] => {
    const { at, action, kind, what, outcome, actor } = entry
    const mark = kind === 'request' && (outcome === 'done' || outcome === 'begun') ? DONE[action] : undefined
    if (mark === undefined) return []
    return [{ at, kind: mark, label: action, what: `${actor.name}: ${what}`, page: pageOfEntry(entry) }]
  })
}

/** The page that tells of an entry of the audit. */
function pageOfEntry({
  episode,
  approval,
  decision,
  seq,
}: Pick<AuditEntry, 'episode' | 'approval' | 'decision' | 'seq'>): string {
  return episode ?? approval ?? decision ?? `entry-${seq}`
}
