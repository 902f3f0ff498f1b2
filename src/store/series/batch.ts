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
 * Sorts a batch by pool and member into groups for the append script, at most `most` samples to a call, so that no call
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
        const part = sorted.slice(start, start + room)
        calls.at(-1)?.push(groupOf(id, part))
        room -= part.length
        start += part.length
      }
    }
    return calls.map((groups) => ({ poolId, groups }))
  })
}

function groupOf(id: string, entries: readonly SeriesEntry[]): AppendGroup {
  const names = [...new Set(entries.flatMap(({ sample }) => Object.keys(sample.stats)))].filter((name) =>
    STAT_NAME.test(name),
  )
  const rows = entries.map(({ sample, periodMs }) => [
    Math.round(sample.at),
    Math.max(1, Math.round(periodMs)),
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
