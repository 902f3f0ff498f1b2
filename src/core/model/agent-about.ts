import type { RefusedStat } from './report.ts'

/** A run of an agent, as people tell it from another: `shop (203.0.113.7)`, and its random id. */
export interface AgentRun {
  readonly host: string
  readonly boot: string
}

/** What is known of a member's agent from its reports; how long ago by Redis' clock, which all bots share, ms. */
export interface AgentAbout {
  /** The run that reports for the member. */
  readonly run: AgentRun
  /** null: it reported none. */
  readonly version: string | null
  readonly reportedAgoMs: number
  /** The bot's host and port as the agent knows it; absent: not known. */
  readonly via?: string
  /** How far its host's clock was ahead of Redis' at its last report, ms; below zero: behind. */
  readonly clockAheadMs: number
  /** What goes wrong there without keeping reports back, in its own words. */
  readonly notes: readonly string[]
  /** What was left out of its reports last; null: nothing ever was. */
  readonly refused: { readonly stats: readonly RefusedStat[]; readonly agoMs: number } | null
  /** A run that was replaced and still tries to report: another host with the same key. */
  readonly rival: (AgentRun & { readonly agoMs: number }) | null
}

/** A run's short name, as its log and `/health` begin their `boot`. */
export function runWords({ host, boot }: AgentRun): string {
  return `${host}, run ${boot.slice(0, 8)}`
}

/**
 * Whether `version` is older than `than`, by their numbers (`1.2.3`; what follows them does not count). Null, or what is
 * no version, is older than any.
 */
export function isOlder(version: string | null, than: string): boolean {
  const mine = numbersOf(version ?? '')
  const theirs = numbersOf(than)
  if (mine === null || theirs === null) return theirs !== null
  for (let index = 0; index < Math.max(mine.length, theirs.length); index++) {
    const difference = (mine[index] ?? 0) - (theirs[index] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

function numbersOf(text: string): readonly number[] | null {
  const numbers = /^\d+(?:\.\d+)*/.exec(text)?.[0]
  return numbers === undefined ? null : numbers.split('.').map(Number)
}

/** What was seen of the clocks. */
export interface ClockTrouble {
  /** Machines of bots whose own clocks are off Redis's; `offMs` above 0: ahead. */
  readonly off: readonly { readonly host: string; readonly offMs: number }[]
  /** The last time that Redis's was set, of the last quarter of an hour; `byMs` above 0: forward. Null: it was not. */
  readonly set: { readonly byMs: number } | null
}
