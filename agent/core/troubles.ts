import { clip } from '../../src/core/model/letters.ts'

/** What goes wrong on this host without keeping its reports back: for the log, `/health` and the bot's doctor. */
export interface Troubles {
  /** Notes `count` more of a kind; returns the line for the log, at most one a minute of each kind. `now` monotonic ms. */
  note(kind: TroubleKind, example: string, now: number, count?: number): string | null
  /** One line for each kind that was noted in the last ten minutes, the newest first. */
  recent(now: number): readonly string[]
}

const WORDS = {
  statsd: 'StatsD lines not understood',
  name: 'stats not accepted',
  refused: 'stats refused by the bot',
  counters: 'odd counters of this host',
  clock: 'clock set',
} as const
export type TroubleKind = keyof typeof WORDS

const LOG_EVERY_MS = 60_000
const RECENT_MS = 600_000
const LONGEST_EXAMPLE = 120

interface Noted {
  count: number
  example: string
  at: number
  /** Since the last line in the log. */
  unlogged: number
  loggedAt: number
}

export function createTroubles(): Troubles {
  const noted = new Map<TroubleKind, Noted>()
  const wordsOf = (kind: TroubleKind, count: number, example: string): string =>
    `${WORDS[kind]}: ${count}, such as ${example}`

  return {
    note(kind, example, now, count = 1) {
      const before = noted.get(kind)
      const again = before !== undefined && now - before.at <= RECENT_MS
      const trouble: Noted = {
        count: (again ? before.count : 0) + count,
        example: clip(example, LONGEST_EXAMPLE),
        at: now,
        unlogged: (before?.unlogged ?? 0) + count,
        loggedAt: before?.loggedAt ?? Number.NEGATIVE_INFINITY,
      }
      noted.set(kind, trouble)
      if (now - trouble.loggedAt < LOG_EVERY_MS) return null
      const line = wordsOf(kind, trouble.unlogged, trouble.example)
      trouble.unlogged = 0
      trouble.loggedAt = now
      return line
    },

    recent: (now) =>
      [...noted]
        .filter(([, { at }]) => now - at <= RECENT_MS)
        .toSorted(([, a], [, b]) => b.at - a.at)
        .map(([kind, { count, example }]) => wordsOf(kind, count, example)),
  }
}
