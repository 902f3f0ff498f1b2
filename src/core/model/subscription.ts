import type { Place } from './platforms.ts'

/** `all`: everything; `changes`: scale events, questions and trouble; `trouble`: questions and trouble; `off`: nothing. */
export const NOTIFY_LEVELS = ['all', 'changes', 'trouble', 'off'] as const
export type NotifyLevel = (typeof NOTIFY_LEVELS)[number]

/** What a channel wants to get, and when. */
export interface Subscription {
  readonly place: Place
  /** None: every pool of its tenant. */
  readonly pools: readonly string[]
  readonly level: NotifyLevel
  /** IANA name, for every time of day here; null: nobody said. */
  readonly timeZone: string | null
  /** Minutes after midnight; `to` before `from` goes over midnight. */
  readonly quiet: { readonly from: number; readonly to: number } | null
  readonly snooze: { readonly from: number; readonly until: number } | null
  readonly weekly: Weekly | null
}

/** When the weekly summary is posted; `weekday` 0 is Sunday. */
export interface Weekly {
  readonly weekday: number
  readonly minute: number
  /** The wall-clock minute of the last one that was posted, or of the last one before there was any: `2026-11-23T09:00`. */
  readonly last: string
}

/** What a channel gets regularly, and when: its times are of its own time zone, as the summary's. */
export interface ScheduledShow {
  /** With a digit in it, as every id. */
  readonly id: string
  readonly poolId: string
  readonly visual: string
  readonly of: readonly string[]
  /** ms; null: as the visualisation itself says. */
  readonly rangeMs: number | null
  readonly options: Readonly<Record<string, string>>
  /** At least one; 0 is Sunday. */
  readonly weekdays: readonly number[]
  readonly minute: number
  /** IANA name. */
  readonly timeZone: string
  /** The name of who asked for it. */
  readonly by: string
  /** The wall-clock minute of the last one, as `Weekly` has it. */
  readonly last: string
}

/** Every picture that a channel gets regularly. */
export interface ChannelShows {
  readonly place: Place
  readonly shows: readonly ScheduledShow[]
}
