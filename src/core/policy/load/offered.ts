import type { ObservedMember } from '../../model/decision.ts'
import type { LoadMemory, Usual, Witness } from '../../model/load.ts'
import { middle, total } from './over-members.ts'
import { costOf, SLACK, type Cost } from './cost.ts'
import { growth, inFlight, LATELY_MS, latencyOf, predicted, rpsOf } from './traffic.ts'
import { believed, FULL, isPressed, meanOf, witnesses } from './witnesses.ts'

/** The work that visitors ask of a pool, in CPUs of a member: beyond what the members could do, where that can be made out. */
export interface Offered {
  /** Requests in flight at those that report, with their share of what the balancer holds back; null where nobody reports it. */
  readonly flight: number | null
  /** CPU of all members, no matter who uses it. */
  readonly busy: number
  /** What visitors ask for. */
  readonly offered: number
  /** CPU of a member that visitors do not account for, and that clones would bring along. */
  readonly floor: number
  /** CPUs that single members spend on something else, more than the others do, while their visitors wait for it. */
  readonly taken: number
  /** The members have no room left, and a second witness agrees. */
  readonly saturated: boolean
  /** CPU-seconds waiting at all of them; null where nobody reports it. */
  readonly waiting: number | null
  readonly cost: number | null
  /** `offered` is a guess at what full members cannot show. */
  readonly guessed: boolean
  /** `offered` follows rates, which are means of the last seconds. */
  readonly means: boolean
  /** No member came in so lately that the others still show what they carried without it. */
  readonly settled: boolean
  readonly witnesses: readonly Witness[]
}

/** A full CPU without a word of how much is wanted: with the room below the target, about twice the members. */
const GUESS = 1.75
/** A member's first minute and a half is expensive: caches are cold. */
const COLD_MS = 90_000
/** New members change what the old ones show for so long … */
const SETTLE_S = 5
/** … and, where requests waited, until those are through. */
const AFTERMATH_S = 20
/** Visitors who wait this long leave: what is in flight no longer tells how many came, seconds. */
const PATIENT_S = 1
/** Before it is known what requests cost, what is in flight has to stand still for so long, ms. */
const STILL_MS = 8000
/** More than this beyond what the members do is news, and no guess is needed. */
const NEWS = 1.05

/**
 * `share`: how many members each of those that report speaks for; `sinceS`: how long the newest of all members has been in,
 * seconds; `target`: the CPU each is kept at; `queued`: requests that the balancer holds back for want of a member.
 */
export function offered(
  reporting: readonly ObservedMember[],
  share: number,
  sinceS: number,
  load: LoadMemory,
  target: number,
  now: number,
  queued: number | null = null,
): Offered {
  const cost = costOf(load.cost)
  const cpus = reporting.map((member) => predicted(member, load, cost))
  const used = total(cpus)
  const full = reporting.filter((_, index) => cpus[index]! >= FULL)
  const crowded = full.length > reporting.length / 2
  const atMembers = inFlight(reporting)
  const flight = atMembers === null ? null : atMembers + (queued ?? 0) / share
  const rps = rpsOf(reporting)
  const latency = latencyOf(reporting)
  // Where nothing is learned yet, requests cost what they do right now, at most.
  const price = cost?.perRequest ?? (rps === null || rps === 0 ? 0 : used / rps)
  const more = flight === null ? null : Math.max(0, flight - (load.usual.calm ?? 0))
  const queue = more === null || cost === null ? null : more * price
  const rush = isRush(reporting.length, rps, load.usual)
  // What was learned from a few requests says little of far more of them: they may cost all the CPU that there is.
  const most = rush && rps !== null ? Math.max(price, used / rps) : price
  const said =
    full.length === 0
      ? []
      : witnesses({
          psi: meanOf(full, 'psi'),
          load1: meanOf(full, 'load1'),
          latency,
          usualLatency: load.usual.latency,
          queued: more === null || (cost === null && !rush) ? null : (more * most) / reporting.length,
          offered: rps === null || (cost === null && !rush) ? null : (rps * most) / reporting.length,
        })
  const aftermathS = latency !== null && latency < PATIENT_S ? SETTLE_S : AFTERMATH_S
  const settled = sinceS >= aftermathS
  const slower = Math.min(DEARER, Math.max(1, (latency ?? 0) / (load.usual.latency ?? Infinity)))
  const parts = visitorsOf(reporting, cpus, cost, slower)
  const theirs = total(parts)
  const served = (rush && theirs < used / 2 ? used : theirs) * share
  const base = { flight, busy: used * share, settled, cost: cost?.perRequest ?? null, witnesses: said }
  if (crowded && believed(said)) {
    const asked = rps === null || cost === null ? 0 : rps * cost.perRequest * share
    const grows = growth(load.usual, flight, now)
    const rising = (grows ?? 0) * price * share
    const steady = (grows ?? 0) > -SHRINKS * (flight ?? 0)
    const telling = settled || (steady && asBusy(reporting, cpus, aftermathS))
    const seen = telling ? Math.max(served, asked, served + rising) : served
    // It is time to guess once what is in flight has stood still for a while: those who would wait longer leave.
    const still = flight === null ? 0 : growth(load.usual, flight, now, cost === null ? STILL_MS : LATELY_MS)
    const stands =
      still !== null && (grows ?? 0) >= -DRAINS * (flight ?? 0) && still * price * share < (NEWS - 1) * served
    const guessed = telling && stands && seen < NEWS * served && (queue === null || (latency ?? 0) >= PATIENT_S)
    const all = guessed ? Math.max(seen, GUESS * served) : seen
    return {
      ...base,
      offered: all,
      floor: 0,
      taken: 0,
      saturated: true,
      waiting: queue === null ? null : queue * share,
      guessed,
      means: asked >= seen,
    }
  }
  // A full CPU that the others contradict says that it is in use; only what requests cost tells that visitors use it.
  const ceiling = crowded && (rps === null || cost === null) ? (load.usual.cpu ?? target) : 1
  const capped = ceiling === 1 ? parts : parts.map((part) => Math.min(part, ceiling))
  const sum = total(capped)
  const { flying } = load.usual
  const visitors = flying === null || flight === null ? sum : Math.min(sum, SLACK * Math.max(flying, flight))
  const rest = { saturated: false, waiting: null, guessed: false, means: true }
  if (visitors === used) return { ...base, ...rest, offered: visitors * share, floor: 0, taken: 0 }
  const part = sum > 0 ? visitors / sum : 1
  const own = cpus.map((cpu, index) => Math.max(0, cpu - capped[index]! * part))
  const typical = middle(own)
  const taken = reporting.map(({ stats, ageMs }, index) => {
    const more = own[index]! - typical
    return more >= MUCH && ageMs >= COLD_MS && isPressed(stats?.['psi']) ? more : 0
  })
  return { ...base, ...rest, offered: visitors * share, floor: crowded ? 0 : typical, taken: total(taken) }
}

/** Whether far more requests come than usual. */
function isRush(members: number, rps: number | null, usual: Usual): boolean {
  return rps !== null && usual.rps !== null && rps / members >= RUSH * usual.rps && rps > 0
}

/** So many times the usual requests are a rush. */
const RUSH = 2

/** Of each member's CPU the part that its visitors account for. */
function visitorsOf(
  reporting: readonly ObservedMember[],
  cpus: readonly number[],
  cost: Cost | null,
  slower: number,
): readonly number[] {
  const warm = warmCpu(reporting)
  return reporting.map(({ ageMs, traffic }, index) => {
    const cold = ageMs < COLD_MS && warm !== null
    if (cost === null || typeof traffic?.rps !== 'number') return Math.min(cpus[index]!, cold ? warm : 1)
    // Requests that take longer than usual may also cost more; those of a cold member do, and will not for long.
    return Math.min(cpus[index]!, (cost.perRequest + cost.doubt) * traffic.rps * (cold ? 1 : slower))
  })
}

/** Mean CPU of the members whose caches are warm; null where none is. */
function warmCpu(reporting: readonly ObservedMember[]): number | null {
  let [sum, count] = [0, 0]
  for (const { ageMs, stats } of reporting) {
    if (ageMs < COLD_MS) continue
    sum += stats?.['cpu'] ?? 0
    count++
  }
  return count === 0 ? null : sum / count
}

/** Whether those that came in lately are full as well, and not because they are slower: then it is no aftermath. */
function asBusy(reporting: readonly ObservedMember[], cpus: readonly number[], aftermathS: number): boolean {
  const young = reporting.filter(({ ageMs }) => ageMs < aftermathS * 1000)
  const old = rpsOf(reporting.filter(({ ageMs }) => ageMs >= aftermathS * 1000))
  if (young.length === 0 || old === null) return false
  const usual = old / (reporting.length - young.length)
  return reporting.every(
    ({ ageMs, traffic }, index) =>
      ageMs >= aftermathS * 1000 ||
      (ageMs >= SETTLE_S * 1000 && cpus[index]! >= FULL && (traffic?.rps ?? 0) >= ALIKE * usual),
  )
}

/** So much of a member's CPU on something else is no chance. */
const MUCH = 0.4

/** A queue that loses this share of itself each second is being worked off. */
const SHRINKS = 0.02
/** One that loses this share of itself each second is gone within ten. */
const DRAINS = 0.1
/** A member serves as many requests as another from this share on. */
const ALIKE = 0.7

/** Requests that take longer are believed to cost so many times more at most. */
const DEARER = 3
