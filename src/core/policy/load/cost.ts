import type { CostMemory } from '../../model/load.ts'
import { FULL } from './witnesses.ts'

/** What the mean member shows: requests a second that it answers, and its CPU. */
export interface Shown {
  readonly rps: number
  readonly cpu: number
  /** Requests in flight at it, streams left out where that is known; null: unknown. */
  readonly flight: number | null
  /** Of how many members this is the mean. */
  readonly members: number
}

/** CPU = floor + perRequest × rps, for one member. */
export interface Cost {
  /** CPU-seconds of one request, in shares of a member. */
  readonly perRequest: number
  /** It may well be so much more. */
  readonly doubt: number
}

export const NO_COST: CostMemory = {
  at: 0,
  block: { startAt: 0, cpu: 0, rps: 0, flight: 0 },
  flight: 0,
  x: 0,
  y: 0,
  xx: 0,
  xy: 0,
  lowest: 0,
  requests: 0,
}

/** An average of what is in flight is rough: visitors account for so many times as much CPU at most. */
export const SLACK = 1.5
/** Fewer requests in flight than this are not seen when one looks every second or two. */
const SEEN = 0.05
/** More requests than are ever in flight: where nobody counts them they limit nothing. */
const UNLIMITED = 1e6
/** Looks are put together for so long: single ones are noise, and a balancer's figures are means of seconds, too. */
const BLOCK_MS = 45_000
/** After a gap this long a block is begun again. */
const GAP_MS = 15_000
/** What is usual, against which a block is higher or lower. */
const USUAL_S = 300
/** How blocks moved together counts half after so long: deploys change what requests cost. */
const HALF_LIFE_S = 2400
/** The lowest CPU for each request is believed to have doubled after so long. */
const DOUBLES_S = 2400
/** Of little movement nothing can be learned: so many blocks at the usual rate say that a request costs what it did. */
const PRIOR = 1
/** Requests have to differ by this share from the usual to tell what they cost. */
const MOVED = 0.2
/** A block further off than so many standard deviations pulls no harder: a backup that begins is no new price. */
const OUTLIER = 3
/** CPU that comes and goes with nobody asking. */
const OWN_NOISE = 0.02
const ROUGH = 0.2

/** Adds a look to the fit; `at` epoch ms. What is shown has to be of members that are warm and have room. */
export function learnCost(memory: CostMemory, shown: Shown, at: number): CostMemory {
  const { block } = memory
  const begun = { startAt: at, cpu: 0, rps: 0, flight: 0 }
  const passed = at - memory.at
  if (passed > GAP_MS || block.startAt === 0) return { ...memory, at, block: begun }
  const grown = {
    startAt: block.startAt,
    cpu: block.cpu + shown.cpu * passed,
    rps: block.rps + shown.rps * passed,
    flight: block.flight + (shown.flight ?? UNLIMITED) * passed,
  }
  const lasted = at - block.startAt
  if (lasted < BLOCK_MS) return { ...memory, at, block: grown }
  const flight = grown.flight / lasted
  const follow = memory.flight === 0 ? 1 : 1 - Math.exp(-lasted / 1000 / USUAL_S)
  const next = { ...memory, at, block: begun, flight: memory.flight + follow * (flight - memory.flight) }
  const x = grown.rps / lasted
  // No more CPU than there are requests in flight is theirs.
  const y = Math.min(grown.cpu / lasted, SLACK * Math.max(flight, next.flight, SEEN))
  return x <= 0 || y >= FULL ? next : fit(next, x, y, shown.members, lasted / 1000)
}

function fit(memory: CostMemory, x: number, y: number, members: number, lastedS: number): CostMemory {
  const seen = x * members * lastedS
  if (memory.x === 0) return { ...memory, x, y, lowest: y / x, requests: seen }
  const slope = slopeOf(memory)
  const [dx, dy] = [x - memory.x, y - memory.y]
  const limit = OUTLIER * Math.sqrt((2 * slope * y) / (lastedS * members) + OWN_NOISE ** 2)
  const near = slope * dx + Math.max(-limit, Math.min(limit, dy - slope * dx))
  const fade = 0.5 ** (lastedS / HALF_LIFE_S)
  // What differs by chance tells nothing, and would seem to say that requests cost nothing.
  const moved = Math.abs(dx) > MOVED * memory.x + OUTLIER * Math.sqrt(memory.x / (lastedS * members)) ? dx : 0
  const follow = 1 - Math.exp(-lastedS / USUAL_S)
  return {
    ...memory,
    x: memory.x + follow * dx,
    y: memory.y + follow * dy,
    xx: memory.xx * fade + moved * moved,
    xy: memory.xy * fade + moved * near,
    lowest: Math.min(memory.lowest * 2 ** (lastedS / DOUBLES_S), y / x),
    requests: memory.requests * (1 - follow) + seen,
  }
}

/** What a request costs; null until there is enough to tell. */
export function costOf(memory: CostMemory): Cost | null {
  if (memory.x <= 0) return null
  const perRequest = slopeOf(memory)
  return { perRequest, doubt: perRequest * Math.min(1, ROUGH + 2 * Math.sqrt(2 / Math.max(1, memory.requests))) }
}

/** No request is free: it costs this share at least of the lowest CPU for each that was seen. */
const LEAST = 0.03

/** How CPU moves with requests; where they hardly move, the lowest CPU for each that was seen. */
function slopeOf({ x, xx, xy, lowest }: CostMemory): number {
  const prior = PRIOR * x * x
  // No request costs more than all CPU there was for it.
  return Math.max(LEAST * lowest, Math.min(2 * lowest, (xy + prior * lowest) / (xx + prior)))
}
