import type { Member } from './member.ts'
import type { Window } from './window.ts'
import type { FrontState } from '../front-state.ts'

/** Requests that wait for a member to become available. */
export interface Queue {
  /** Calls `resume` at the next `wake`, or `expire` at `deadline` (as `now`); null: full. Answers a way to leave. */
  wait(deadline: number, resume: () => void, expire: () => void): (() => void) | null
  /** Lets everyone try again, first come first. */
  wake(): void
  size(): number
}

interface Waiter {
  readonly deadline: number
  readonly resume: () => void
  readonly expire: () => void
}

/** A bounded queue of at most `limit`; `now` in ms, monotonic. */
export function createQueue(options: { readonly now: () => number; readonly limit: number }): Queue {
  const waiters = new Set<Waiter>()
  let timer: NodeJS.Timeout | null = null

  // Deadlines are not in order (a request that waits again keeps its first one), so each is looked at.
  const sweep = () => {
    const at = options.now()
    for (const waiter of waiters) {
      if (waiter.deadline > at) continue
      waiters.delete(waiter)
      waiter.expire()
    }
    rest()
  }
  const rest = () => {
    if (waiters.size > 0 && timer === null) timer = setInterval(sweep, 100)
    if (waiters.size === 0 && timer !== null) {
      clearInterval(timer)
      timer = null
    }
  }

  return {
    wait(deadline, resume, expire) {
      if (waiters.size >= options.limit) return null
      const waiter = { deadline, resume, expire }
      waiters.add(waiter)
      rest()
      return () => {
        waiters.delete(waiter)
        rest()
      }
    },
    wake() {
      const all = [...waiters]
      waiters.clear()
      for (const waiter of all) waiter.resume()
      rest()
    },
    size: () => waiters.size,
  }
}

/** Loads older than this say nothing about now, ms. */
export const LOAD_FRESH_MS = 30_000

/** Picks members; remembers whose turn it is. */
export interface Chooser {
  /** The member to send the next request to, none of `tried`; null: nobody can take it. */
  choose(members: Iterable<Member>, tried: ReadonlySet<Member> | null): Member | null
}

/**
 * Least load first: (in flight + 1) × a factor from the reported load. Members the best would not undercut by taking one
 * more take turns in proportion to their factors, so equal members alternate and a lighter load draws more, but never
 * all, of a quiet site's traffic. With no healthy member every proven one is tried: a wrong health check must not take
 * the site down.
 */
export function createChooser(now: () => number): Chooser {
  let turn = 0

  return {
    choose(members, tried) {
      const healthy: Member[] = []
      const last: Member[] = []
      for (const member of members) {
        if (member.draining || tried?.has(member)) continue
        if (member.healthy) healthy.push(member)
        else if (member.proven) last.push(member)
      }
      const able = healthy.length > 0 ? healthy : last
      if (able.length === 0) return null
      const factors = factorsOf(able, now())
      let bound = Infinity
      for (const [index, member] of able.entries()) bound = Math.min(bound, (member.inFlight + 1) * factors[index]!)
      let chosen = -1
      for (const [index, member] of able.entries()) {
        if (member.inFlight * factors[index]! >= bound) continue
        if (chosen < 0 || member.turn < able[chosen]!.turn) chosen = index
      }
      const member = able[chosen]!
      // One that sat out has a turn long past; it gets one request for that, not a burst.
      turn = Math.max(turn, member.turn)
      member.turn = Math.max(member.turn, turn) + factors[chosen]!
      return member
    },
  }
}

/** 0.5 (idle) to 1.5 (saturated) each; a member of unknown load counts as the mean of the others. */
function factorsOf(members: readonly Member[], now: number): readonly number[] {
  let sum = 0
  let known = 0
  for (const { load } of members) {
    if (load === null || now - load.at > LOAD_FRESH_MS) continue
    sum += load.value
    known += 1
  }
  if (known === 0) return members.map(() => 1)
  const mean = sum / known
  return members.map(({ load }) => 0.5 + (load === null || now - load.at > LOAD_FRESH_MS ? mean : load.value))
}

/** What the whole front did; `failed` since the process started. */
export interface Totals {
  readonly window: Window
  failed: number
}

/** Totals as they are shown. */
export function frontState(totals: Totals, members: Iterable<Member>, queue: Queue): FrontState {
  let inFlight = 0
  for (const member of members) inFlight += member.inFlight
  return {
    rps: totals.window.rps(),
    firstByteP95Ms: totals.window.p95Ms(),
    failed: totals.failed,
    inFlight,
    queued: queue.size(),
  }
}
