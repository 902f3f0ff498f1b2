/** Something else on a member's host that takes CPU. */
export interface Background {
  /** How much of the CPU it wants, 0 to 1. */
  readonly share: number
  /** Whether it gives way to requests. */
  readonly nice: boolean
}

/**
 * What befalls a pool in addition to visitors. `t`: seconds from the start; `index`: which member, in the order they were made;
 * `ageS`: how long it has been in service.
 */
export interface Conditions {
  /** A share of the requests takes so many times the usual CPU. */
  readonly heavy: { readonly share: number; readonly times: number }
  /** Mean seconds a request waits elsewhere (a disk, an upstream, a lock) while `rps` requests a second reach the pool. */
  readonly elsewhereS: (t: number, index: number, rps: number) => number
  /** Connections held open over the whole pool: event streams, WebSockets, long polls. */
  readonly streams: (t: number) => number
  /** How long one of them stays on average, seconds. */
  readonly streamS: number
  readonly background: (t: number, index: number) => Background
  /** How fast a member's CPU is; 1 is the usual. Noisy neighbours, cold caches. */
  readonly speed: (index: number, ageS: number, t: number) => number
  /** Whether a member's application does not answer in that second, as while it is deployed. */
  readonly down: (t: number, index: number) => boolean
  /** Whether a member's agent says nothing in that second. */
  readonly silent: (t: number, index: number) => boolean
}

/** The machines and visitors of a simulated pool. */
export interface WorldSettings extends Conditions {
  /** `requests`: each request by itself, an hour takes part of a second. `fluid`: by the second, for whole days. */
  readonly kind: 'requests' | 'fluid'
  /** Usual requests a second one member serves when it is full; each takes 1 / memberRps of CPU. */
  readonly memberRps: number
  /** Seconds from order to service, each drawn evenly. */
  readonly bootS: readonly [least: number, most: number]
  /** Visitors give up when a CPU has not come to them after this long, seconds. */
  readonly patienceS: number
  /** Pages that wait longer than this for a CPU are slow, seconds. */
  readonly slowS: number
  /** A leaving member is paid for at least this much longer, seconds; and until its requests are through. */
  readonly drainS: number
  readonly min: number
  readonly max: number
  /** Members at the start; null: as many as the first second needs. */
  readonly start: number | null
  readonly seed: number
  /** Seconds between an agent's samples; null: dynamic dormancy, ten at rest and one under load. */
  readonly everyS: number | null
  /** Samples reach the scaler this many seconds late. */
  readonly lateS: number
  /** The share of members that never report. */
  readonly silentShare: number
  /** What the balancer tells of each member: all it could, only requests, times and what is in flight, or nothing. */
  readonly balancer: 'everything' | 'counts' | 'nothing'
  /** Whether requests come by chance around the demand's rate, or exactly at it. */
  readonly chance: boolean
}

/** Nothing but visitors, on droplets no two of which are quite alike. */
const UNEVENTFUL: Conditions = {
  heavy: { share: 0, times: 1 },
  elsewhereS: () => 0,
  streams: () => 0,
  streamS: 300,
  background: () => IDLE,
  speed: (index) => 0.9 + 0.2 * ((0.5 + index * GOLDEN) % 1),
  down: () => false,
  silent: () => false,
}

const IDLE: Background = { share: 0, nice: false }
/** Its multiples fall evenly between whole numbers. */
const GOLDEN = 0.618_034

/** Small droplets from a snapshot, impatient visitors. */
export const DEFAULT_WORLD: WorldSettings = {
  ...UNEVENTFUL,
  kind: 'fluid',
  memberRps: 100,
  bootS: [45, 75],
  patienceS: 5,
  slowS: 0.5,
  drainS: 5,
  min: 1,
  max: 60,
  start: null,
  seed: 1,
  everyS: null,
  lateS: 0,
  silentShare: 0,
  balancer: 'everything',
  chance: true,
}

/** CPU-seconds of a request, the heavy ones among them. */
export function costOf({ memberRps, heavy }: Pick<WorldSettings, 'memberRps' | 'heavy'>): number {
  return (1 - heavy.share + heavy.share * heavy.times) / memberRps
}

/** How much a member's CPU does for requests, of what one that is left alone does. */
export function paceOf(world: WorldSettings, index: number, ageS: number, t: number): number {
  const { share, nice } = world.background(t, index)
  return world.speed(index, ageS, t) * (nice ? 1 : Math.max(LEAST, 1 - share))
}

/** Requests a second that the CPU of one member can serve. */
export function capacityOf(world: WorldSettings, index: number, ageS: number, t: number): number {
  return paceOf(world, index, ageS, t) / costOf(world)
}

/** The scheduler starves nobody: so much is always left for requests. */
const LEAST = 0.05

/** The fewest members, all warm, that `rate` requests a second fill to at most `full`. */
export function membersFor(world: WorldSettings, rate: number, t: number, full: number): number {
  let capacity = 0
  for (let count = 1; count <= world.max; count++) {
    capacity += capacityOf(world, count - 1, Infinity, t)
    if (capacity * full >= rate) return count
  }
  return world.max + 1
}
