import {
  countedText,
  MAX_REFUSED,
  MAX_TEXT_NAMES,
  MAX_TEXTS,
  type RefusedStat,
  type ReportSample,
  type Texts,
} from '../core/model/report.ts'
import { checkValue, STAT_NAME, storedName } from '../core/model/sample.ts'
import { within } from './writer.ts'
import { cut } from '../core/model/letters.ts'

/** A report's samples with the values that may be kept, and what was left out. */
export interface Sieved {
  /** A sample of which nothing is left is not among them. */
  readonly samples: readonly ReportSample[]
  /** One entry a stat, at most MAX_REFUSED. */
  readonly refused: readonly RefusedStat[]
}

/** A sample as it was sent: names and values still unchecked. */
export interface SentSample {
  readonly at: number
  readonly stats: Readonly<Record<string, unknown>>
}

const NAME = 'a stat starts with a letter and has at most 64 letters, digits, "_", "." or "-"'

/**
 * Keeps what each stat may be, under the name it is kept by. `signedStats` says which of them may be below zero, and is
 * only asked where one is.
 */
export async function sieve(
  sent: readonly SentSample[],
  signedStats: () => Promise<readonly string[]>,
): Promise<Sieved> {
  const refused = new Map<string, string>()
  const samples: ReportSample[] = []
  let signed: readonly string[] | null = null
  for (const { at, stats } of sent) {
    const kept: Record<string, number> = {}
    const names = Object.keys(stats)
    for (const name of names) {
      const stat = storedName(name)
      const checked = STAT_NAME.test(name) ? checkValue(stat, stats[name]) : ({ kind: 'bad', why: NAME } as const)
      if (checked.kind === 'negative') signed ??= await signedStats()
      if (checked.kind === 'good' || (checked.kind === 'negative' && signed?.includes(stat))) kept[stat] = checked.value
      else refused.set(cut(name, 80), checked.why)
    }
    if (names.length === 0 || Object.keys(kept).length > 0) samples.push({ at, stats: kept })
  }
  const list = [...refused].slice(0, MAX_REFUSED)
  return { samples, refused: list.map(([stat, why]) => ({ stat, why })) }
}

/** One more for the rest. */
const MOST_OF_A_NAME = MAX_TEXTS + 1
const MOST_TIMES = 1_000_000

/** What of a sample's texts can be counted: of too many names or texts the first, of anything else nothing. */
export function countable(sent: Readonly<Record<string, unknown>> | undefined): Texts {
  const names = Object.entries(sent ?? {}).filter(([name]) => STAT_NAME.test(name))
  const texts = names
    .slice(0, MAX_TEXT_NAMES)
    .map(([name, counts]): readonly [string, Readonly<Record<string, number>>] => {
      const all = typeof counts === 'object' && counts !== null ? Object.entries(counts).slice(0, MOST_OF_A_NAME) : []
      const good = all.filter(([, count]) => Number.isInteger(count) && count > 0 && count <= MOST_TIMES)
      return [name, Object.fromEntries(good.map(([text, count]) => [countedText(text), Number(count)]))]
    })
  return Object.fromEntries(texts.filter(([, counts]) => Object.keys(counts).length > 0))
}

/** Changes of a policy are heeded after so long. */
const KEPT_MS = 5_000
const DEADLINE_MS = 1_200
const MOST_POOLS = 1_000

/** Remembers for a moment which stats of a pool may be below zero: many reports ask. `elapsed`: a clock that nobody sets, ms. */
export function createSignedStats(
  read: (poolId: string) => Promise<readonly string[]>,
  elapsed: () => number,
): (poolId: string) => Promise<readonly string[]> {
  const known = new Map<string, { readonly stats: Promise<readonly string[]>; readonly at: number }>()
  return (poolId) => {
    const found = known.get(poolId)
    if (found !== undefined && elapsed() - found.at < KEPT_MS) return found.stats
    if (known.size >= MOST_POOLS) known.clear()
    const stats = within(DEADLINE_MS, read(poolId))
    known.set(poolId, { stats, at: elapsed() })
    stats.catch(() => known.delete(poolId))
    return stats
  }
}
