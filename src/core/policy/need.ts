import type { LoadMemory, Need } from '../model/load.ts'
import type { Policy } from '../model/policy.ts'
import { spreadMs } from './load/boots.ts'
import type { Level } from './load/level.ts'
import { chosen, peakOf, peaks, type Stakes } from './load/outlook.ts'
import type { Reading } from './load/reading.ts'

/** A CPU this full makes visitors wait. */
const CPU_BRIM = 0.97
/** What is only expected never asks for more than so many times what is there. */
const MOST = 2.5
const ROUGH = 0.1
/** Fewer requests a second than this come too rarely for chance to be planned for. */
const TELLING_RPS = 1
/** Other stats are past bearing this far over their target. */
const BRIM = 1.2
/** Waiting work is to be gone so many seconds after the new members are in; a site that stays slow is not rescued. */
const CLEAR_S = 20
/** Chance keeps waits under half a second in all but three seconds of a thousand: −ln(0.003). */
const RARE = 5.8
const HALF_SECOND = 0.5
/** Before a pool has been looked at for so long, and what requests cost is known, nothing is usual, ms. */
const IMPRESSION_MS = 15_000

/** How many members the load asks for: now, where it is heading, what the outlook says, and what chance needs. */
export function need(
  load: Pick<LoadMemory, 'recent' | 'minutes' | 'season' | 'outlook' | 'boots'>,
  reading: Reading & { readonly demand: number },
  level: Level,
  policy: Policy,
  horizonMs: number,
  now: number,
): Need {
  const ceiling = 1 + policy.tolerance
  const cpu = reading.goal.stat === 'cpu'
  const outlook = chosen(load.outlook)
  const base = Math.max(level.now, level.forecast)
  const peak = peaks(load, base, now, horizonMs)[outlook.base]!
  const room = peak * outlook.spare

  // What full members cannot show is made out roughly: a tenth of a member is no member.
  const rough = reading.saturated ? ROUGH : 0
  const asked = { limit: 'demand' as Need['limit'], members: up(level.now / ceiling - rough) }
  const raise = (limit: Need['limit'], members: number): void => {
    if (members > asked.members) Object.assign(asked, { limit, members })
  }
  raise('trend', up(Math.min(level.forecast, MOST * level.now) / ceiling))
  raise('outlook', up(room / ceiling - rough))
  const chance =
    cpu && reading.cost !== null && level.now * reading.goal.target > TELLING_RPS * reading.cost
      ? queueing(base * reading.goal.target, reading.cost)
      : 0
  raise('noise', up(chance))
  if (reading.saturated && cpu) {
    const waits = (reading.waiting ?? 0) / reading.goal.target
    raise('backlog', up((level.now + waits / CLEAR_S) / ceiling - rough))
    const missing = asked.members - reading.serving.length
    // Nothing is added to a first impression: who comes may be gone again in seconds.
    const first = reading.cost === null && now - (load.recent[0]?.at ?? now) < IMPRESSION_MS
    const spare = first ? 0 : hedge(missing, spreadMs(load.boots, horizonMs), horizonMs, policy.slowMinute)
    // A clone more than twice what is there to be served helps nobody; a rise may still need some.
    const most = Math.max(2 * up(level.now / ceiling), asked.members + Math.ceil(spare / 2))
    raise('boots', Math.min(asked.members + spare, most))
  }
  // Scale in to what would sit well below the upper edge, and fit all of the quiet window.
  // What may be rising asks for more by itself; a look that only might be keeps nobody.
  const held = peaks(load, level.now, now, horizonMs)[outlook.base]! * outlook.spare
  const calm = Math.max(lately(load, policy.scaleInWindowMs), level.now + reading.unseen)
  return {
    members: asked.members,
    keep: Math.max(asked.members, up(held / ceiling), up(calm / (1 + policy.tolerance / 2))),
    demand: level.now,
    forecast: level.forecast,
    peak,
    spare: outlook.spare,
    base: outlook.words,
    horizonMs,
    stat: reading.goal.stat,
    target: reading.goal.target,
    value: reading.value ?? 0,
    saturated: reading.saturated,
    hidden: reading.hidden,
    limit: asked.limit,
  }
}

/**
 * How long idle members stay, ms: their time together times their number. A share of what it would cost to be without
 * them once, which is a slow site for one boot time: many idle ones go soon, a single one late, and a pool does not flap.
 */
export function idleMs(policy: Policy, horizonMs: number): number {
  return IDLE_SHARE * policy.slowMinute * (horizonMs / 60_000) * 3_600_000
}

const IDLE_SHARE = 0.047

/** A clone too many is there for its boot, and so long until it leaves, ms. */
const STAY_MS = 300_000

/**
 * Clones to order in addition to the `missing` ones while visitors wait: boots vary, and the first `missing` of more are there
 * sooner. Of n boots spread evenly over `spread`, the k-th is over after k / (n + 1) of it. Never more than are missing.
 */
function hedge(missing: number, spread: number, bootMs: number, slowMinute: number): number {
  let best = 0
  let most = 0
  for (let extra = 1; extra <= missing; extra++) {
    const sooner = spread * missing * (1 / (missing + 1) - 1 / (missing + 1 + extra))
    const gain = (sooner / 60_000) * slowMinute - (extra * (bootMs + STAY_MS)) / 3_600_000
    if (gain <= most) continue
    most = gain
    best = extra
  }
  return best
}

/** What replays of outlooks need to know. */
export function stakes(policy: Policy, stat: string, target: number, horizonMs: number): Stakes {
  return {
    brim: stat === 'cpu' ? CPU_BRIM / target : BRIM,
    ceiling: 1 + policy.tolerance,
    min: policy.min,
    max: policy.max,
    slowMinute: policy.slowMinute,
    idleMs: idleMs(policy, horizonMs),
  }
}

/**
 * Members so that requests coming by chance seldom wait: the queue of a fluid with Gaussian arrivals passes x with
 * probability exp(−2·x·(C−d)/(d·cost)); solved for C at x = half a second of C. In CPUs.
 */
function queueing(cpus: number, cost: number): number {
  return (cpus + Math.sqrt(cpus * cpus + (4 * RARE * cpus * cost) / (2 * HALF_SECOND))) / 2
}

function up(members: number): number {
  return Math.max(1, Math.ceil(members - 1e-6))
}

const MINUTE_MS = 60_000
/** Seconds within which a peak is one. */
const SPELL_MS = 10_000

/** The highest demand of the quiet window: by the minute, or, within the last one, by spells of ten seconds. */
function lately(load: Pick<LoadMemory, 'recent' | 'minutes'>, windowMs: number): number {
  if (windowMs >= MINUTE_MS) return peakOf(load.minutes, Math.ceil(windowMs / MINUTE_MS))
  const end = load.recent.at(-1)?.at ?? 0
  let highest = 0
  for (let from = end - windowMs; from < end; from += SPELL_MS) {
    const spell = load.recent.filter((seen) => seen.at > from && seen.at <= from + SPELL_MS)
    const sum = spell.reduce((total, seen) => total + seen.demand, 0)
    if (spell.length > 0) highest = Math.max(highest, sum / spell.length)
  }
  return highest
}
