import { STAT_NAME, type Sample } from '../../core/model/sample.ts'
import type { AppendGroup } from './append-script.ts'

/** One sample on its way into the store; `periodMs` is the time it covers, up to its `at`. */
export interface SeriesEntry {
  readonly poolId: string
  readonly sample: Sample
  readonly periodMs: number
}

/** Sums of values × seconds have to stay within float32. */
const LARGEST = 1e30

/**
 * Sorts a batch by pool and member into groups for the append script, at most `most` samples (of eight stats) to a call, so that no call
 * keeps Redis from others for long. Numbers no series can hold (infinite, beyond ±1e30) are left out, and stats whose
 * name is none.
 */
export function groupBatch(
  batch: readonly SeriesEntry[],
  most: number,
): readonly { readonly poolId: string; readonly groups: readonly AppendGroup[] }[] {
  const pools = Map.groupBy(batch, (entry) => entry.poolId)
  return [...pools].flatMap(([poolId, entries]) => {
    const members = [...Map.groupBy(entries, (entry) => entry.sample.memberId)]
    const calls: AppendGroup[][] = [[]]
    let room = most
    for (const [id, list] of members) {
      const sorted = list.toSorted((a, b) => a.sample.at - b.sample.at)
      for (let start = 0; start < sorted.length;) {
        if (room === 0) {
          calls.push([])
          room = most
        }
        const part = fitting(sorted, start, room)
        calls.at(-1)?.push(groupOf(id, part, sorted[start - 1]?.sample.at ?? null))
        room -= Math.min(
          room,
          part.reduce((sum, entry) => sum + weightOf(entry), 0),
        )
        start += part.length
      }
    }
    return calls.map((groups) => ({ poolId, groups }))
  })
}

/** So many stats of a sample weigh as much as a sample. */
const STATS_OF_ONE = 8
const weightOf = ({ sample }: SeriesEntry): number => Math.max(1, Object.keys(sample.stats).length / STATS_OF_ONE)

/** The entries from `start` on that weigh no more than `room`; at least one. */
function fitting(entries: readonly SeriesEntry[], start: number, room: number): readonly SeriesEntry[] {
  let left = room
  let end = start
  while (end < entries.length && (end === start || left > 0)) {
    left -= weightOf(entries[end]!)
    end += 1
  }
  return entries.slice(start, end)
}

/** `beforeAt`: the sample before the first, epoch ms; null: it is not among them. */
function groupOf(id: string, entries: readonly SeriesEntry[], beforeAt: number | null): AppendGroup {
  const names = [...new Set(entries.flatMap(({ sample }) => Object.keys(sample.stats)))].filter((name) =>
    STAT_NAME.test(name),
  )
  const rows = entries.map(({ sample, periodMs }, index) => [
    Math.round(sample.at),
    // One covers no more than the time since the one before it: what was said of it costs work.
    Math.max(1, Math.round(Math.min(periodMs, sample.at - (entries[index - 1]?.sample.at ?? beforeAt ?? -Infinity)))),
    ...names.map((name) => cell(sample.stats[name])),
  ])
  const newest = entries.at(-1)
  const at = Math.round(newest?.sample.at ?? 0)
  return {
    id,
    names,
    rows,
    latestAt: at,
    latest: JSON.stringify({ at, periodMs: newest?.periodMs ?? 0, stats: newest?.sample.stats ?? {} }),
  }
}

function cell(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) && Math.abs(value) <= LARGEST ? value : null
}
