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
