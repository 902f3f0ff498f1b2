import { TRAFFIC_STATS } from './traffic.ts'

/** One named number per stat; `cpu`, `memory`, `psi` and `steal` are fractions of the droplet, the rest what the team reports. */
export type Stats = Readonly<Record<string, number>>

/** A stat's value; undefined: it was not reported. A team may report a stat called `constructor`, which every object has. */
export function reported(stats: Stats | null | undefined, stat: string): number | undefined {
  return stats != null && Object.hasOwn(stats, stat) ? stats[stat] : undefined
}

/** One timestamped report of one member. */
export interface Sample {
  readonly memberId: string
  /** Epoch ms at the end of the period it covers. */
  readonly at: number
  readonly stats: Stats
}

/** A stat name: starts with a letter; letters, digits, `_`, `.`, `-`; at most 64 characters. */
export const STAT_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/
/** At most this many different stats in one sample, and per member over its life. */
export const MAX_STATS = 64

/** The balancer's figures of a member (see `traffic.ts`); no agent can report them. */
const BALANCERS: ReadonlySet<string> = new Set(TRAFFIC_STATS)

/** The name that an agent's stat is kept under: one that is called as a figure of the balancer is the app's own, `app.p95`. */
export function storedName(stat: string): string {
  return BALANCERS.has(stat) ? `app.${stat}` : stat
}
