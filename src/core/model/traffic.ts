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
export const TRAFFIC_STATS = ['rps', 'p95', 'inflight'] as const
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
