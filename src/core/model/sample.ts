import { unitOf } from './words.ts'
import { cut } from './letters.ts'

/**
 * What the balancer sees of one member. These figures are the balancer's alone: an agent's own stat of the same name is
 * another one. `null` stands for a figure that this balancer cannot give; it is never taken for zero.
 */
export interface Traffic {
  /** Answered requests a second, over the last few seconds. */
  readonly rps: number | null
  /** 95th percentile of whole answers, seconds; streams are not among them. */
  readonly p95: number | null
  /** 95th percentile of the time to first byte, seconds. */
  readonly firstByteP95: number | null
  /** Requests at the member right now: those that wait, those that stream, upgraded connections. */
  readonly inFlight: number | null
  /** Of these, requests that are there as a whole and have no first byte of an answer. */
  readonly waiting: number | null
  /** Of these, bodies under way and upgraded connections: event streams, downloads, uploads, WebSockets. */
  readonly streaming: number | null
  /** Requests for this member that the balancer itself holds back. */
  readonly queued: number | null
}

/** Names of the balancer's figures as a policy's `stat`: requests a second, seconds, requests in flight. */
const TRAFFIC_STATS = ['rps', 'p95', 'inflight'] as const
export type TrafficStat = (typeof TRAFFIC_STATS)[number]

/** One of the balancer's figures by the name a policy gives it; undefined where the balancer cannot tell. */
export function trafficStat(traffic: Traffic | null | undefined, stat: TrafficStat): number | undefined {
  if (!traffic) return undefined
  const figures = { rps: traffic.rps, p95: traffic.p95, inflight: traffic.inFlight }
  return figures[stat] ?? undefined
}

export function isTrafficStat(stat: string): stat is TrafficStat {
  return TRAFFIC_STATS.some((name) => name === stat)
}

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

/** A value as it may be kept, or why it may not be. */
export type Checked =
  | { readonly kind: 'good'; readonly value: number }
  | { readonly kind: 'negative'; readonly value: number; readonly why: string }
  | { readonly kind: 'bad'; readonly why: string }

/** Fractions are measured over spans that do not quite agree, so a little above 1 is 1. */
const FRACTION_TOLERANCE = 0.05
/** Beyond, a number is a mistake whatever it counts; float32 keeps it with seven digits. */
const MOST = 1e15
/** Above any load a host lives with, per vCPU. */
const MOST_LOAD = 100_000

/**
 * Whether a stat may have this value: cpu, memory, psi and steal are fractions, everything else is a number from 0 to 1e15.
 * `negative`: only a stat that its team has declared as `signed` may be below zero.
 */
export function checkValue(stat: string, value: unknown): Checked {
  if (typeof value !== 'number' || !Number.isFinite(value)) return bad(`${shown(value)} is not a number`)
  if (unitOf(stat) === 'fraction') {
    if (value < 0 || value > 1 + FRACTION_TOLERANCE) return bad(`${value} is not a fraction from 0 to 1`)
    return { kind: 'good', value: Math.min(1, value) }
  }
  if (Math.abs(value) > (stat === 'load1' ? MOST_LOAD : MOST)) return bad(`${value} is beyond anything it could count`)
  if (value >= 0) return { kind: 'good', value }
  if (stat === 'load1') return bad(`${value} is below zero`)
  return { kind: 'negative', value, why: `${value} is below zero; if it may be, say so: /spinup policy signed=${stat}` }
}

function bad(why: string): Checked {
  return { kind: 'bad', why }
}

function shown(value: unknown): string {
  // Not as JSON: one that is nested deep enough cannot be written.
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return typeof value === 'string' ? JSON.stringify(cut(value, 40)) : String(value)
}
