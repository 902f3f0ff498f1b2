/** What was seen of the clocks. */
export interface ClockTrouble {
  /** Machines of bots whose own clocks are off Redis's; `offMs` above 0: ahead. */
  readonly off: readonly { readonly host: string; readonly offMs: number }[]
  /** The last time that Redis's was set, of the last quarter of an hour; `byMs` above 0: forward. Null: it was not. */
  readonly set: { readonly byMs: number } | null
}
