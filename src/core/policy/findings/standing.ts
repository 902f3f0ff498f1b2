import { aboutOf, type Finding, type Standing } from '../../model/finding.ts'

/** How long each kind shows before people are notified, and has been gone before it is over; ms. `null`: it is only for `why`. */
const PATIENCE: Readonly<Record<Finding['kind'], { readonly raise: number; readonly clear: number } | null>> = {
  ownCpu: { raise: 240_000, clear: 600_000 },
  elsewhere: { raise: 60_000, clear: 120_000 },
  noHelp: { raise: 0, clear: 60_000 },
  member: { raise: 180_000, clear: 300_000 },
  open: null,
}
/** What has not been raised yet may be away for so long and still be the same, ms. */
const BREAK_MS = 20_000
/** What comes back after it was over is waited for twice as long each time, up to this, ms; and forgotten after this. */
const LONGEST_MS = 3_600_000

/** Follows what shows now, so that people are notified once and not of what passes; figures stay as they were raised. */
export function stand(
  before: Readonly<Record<string, Standing>>,
  shows: readonly Finding[],
  now: number,
): Readonly<Record<string, Standing>> {
  const standing: Record<string, Standing> = {}
  for (const finding of shows) {
    const patience = PATIENCE[finding.kind]
    if (patience === null) continue
    const known = before[aboutOf(finding)]
    const times = known?.times ?? 0
    const since = stands(known, now) ? known.since : now
    const raisedAt = known?.raisedAt ?? (now - since >= patience.raise ? now : null)
    const raisedNow = raisedAt !== null && (known === undefined || known.raisedAt === null)
    const kept = known !== undefined && known.raisedAt !== null ? known.finding : finding
    standing[aboutOf(finding)] = { finding: kept, since, seenAt: now, raisedAt, times: raisedNow ? times + 1 : times }
  }
  for (const [about, known] of Object.entries(before)) {
    if (standing[about] !== undefined) continue
    const goneMs = now - known.seenAt
    const times = known.times ?? 0
    const clear = Math.min(LONGEST_MS, PATIENCE[known.finding.kind]!.clear * 2 ** Math.max(0, times - 1))
    if (known.raisedAt !== null && goneMs >= clear) standing[about] = { ...known, raisedAt: null }
    else if (known.raisedAt !== null || goneMs < (times > 0 ? clear + LONGEST_MS : BREAK_MS)) standing[about] = known
  }
  return standing
}

/** Whether it is known now, and not only remembered to have been. */
export function stands(known: Standing | undefined, now: number): known is Standing {
  return known !== undefined && (known.raisedAt !== null || now - known.seenAt < BREAK_MS)
}

/** What people know of, oldest first. */
export function raised(standing: Readonly<Record<string, Standing>>): readonly Standing[] {
  return Object.values(standing)
    .filter((one) => one.raisedAt !== null)
    .toSorted((a, b) => a.raisedAt! - b.raisedAt!)
}
