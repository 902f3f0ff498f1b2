import type { PoolState } from '../core/pool/state.ts'
import { capital, duration } from '../core/model/words.ts'
import { refusalLeft } from '../core/operation/refused.ts'
import type { Judgement } from '../core/policy/decide.ts'
import type { Room } from '../core/pool/capacity.ts'

/**
 * A judgement as far as it can be ordered now. It is made from the members that serve; what is ordered has to fit beside
 * everything that is paid for, and waits while the provider makes no droplets.
 */
export function fit(judgement: Judgement, state: PoolState, room: Room, now: number): Judgement {
  if (judgement.kind !== 'scaleOut') return judgement
  const { from, to } = judgement
  const { refused } = state.upkeep
  const left = refusalLeft(refused, now)
  if (refused !== null && left > 0) {
    const reason = `Holding at ${from}: would go to ${to}, but no droplet can be made just now; next try in ${duration(left)}. ${refused.said}`
    return { ...judgement, kind: 'hold', to: from, rule: 'refused', reason }
  }
  // Whether one can be had shows with one.
  const more = refused === null ? room.more : Math.min(1, room.more)
  if (to - from <= more) return judgement
  const why = capital(judgement.reason.replace(/^Holding at \d+: /, ''))
  if (room.more > more) return { ...judgement, to: from + more, reason: `Trying ${from + more} first. ${why}` }
  const limited = `${room.limit} allows no more; wanted ${to}. ${why}`
  if (more > 0) return { ...judgement, to: from + more, reason: `Limited to ${from + more}: ${limited}` }
  return { ...judgement, kind: 'hold', to: from, rule: room.rule, reason: `Holding at ${from}: ${limited}` }
}
