import type { HelpMemory } from '../../model/load.ts'
import type { Finding } from '../../model/finding.ts'
import type { Reading } from '../load/reading.ts'
import { rpsOf } from '../load/traffic.ts'
import { FULL, meanOf } from '../load/witnesses.ts'
import { follow } from './follow.ts'

/** Averages of so long, s, and how long after the last clone came in they tell, ms. */
const OVER_S = 8
const SETTLE_MS = 30_000
/** A pool has to grow by this share before less CPU at each member is more than chance. */
const GROWN = 1.18
/** CPU that falls by less than this share of what it should, did not fall. */
const FELL = 0.25
/** Nothing shows in so long, ms: what was before says nothing any more. */
const LONG_MS = 600_000
/** CPU this much below or above what did not fall is another load. */
const LOWER = 0.85
const RISEN = 0.08
/** Full CPUs look alike at twice and at ten times the load: so many times in a row, and so many times as many members, tell. */
const ROUNDS = 3
const TIMES = 6
/** After so long another try is worth it, ms. */
const AGAIN_MS = 1_800_000

export const NO_HELP_KNOWN: HelpMemory = { size: 0, joinedAt: 0, cpu: null, queue: null, before: null, vain: null }

/** What the members showed before and after clones joined. Where requests are told, these tell more: nothing is noted. */
export function followHelp(known: HelpMemory, reading: Reading, passedS: number, now: number): HelpMemory {
  const { heard, serving } = reading
  if (rpsOf(heard) !== null || heard.length === 0) return heard.length === 0 ? known : NO_HELP_KNOWN
  const size = serving.length
  const grown = size > known.size && known.size > 0
  // Those that were there before tell: a new one is busy with its start.
  const old = heard.filter(({ ageMs }) => now - ageMs < Math.max(known.joinedAt, grown ? now : 0))
  const told = old.length === 0 ? heard : old
  const cpu = follow(known.cpu, meanOf(told, 'cpu'), passedS, OVER_S)
  const queue = follow(known.queue, meanOf(told, 'load1'), passedS, OVER_S)
  const next = { ...known, size, cpu, queue }
  if (size < known.size) return { ...next, before: null, vain: still(known.vain, cpu, now) }
  if (grown) {
    const before = known.before ?? (known.cpu === null ? null : { at: now, size: known.size, cpu: known.cpu, queue: known.queue })
    return { ...next, joinedAt: now, before }
  }
  const vain = still(known.vain, cpu, now)
  const { before } = known
  if (before === null || cpu === null || now - known.joinedAt < SETTLE_MS) return { ...next, vain }
  if (size < GROWN * before.size) return { ...next, vain, before: now - before.at > LONG_MS ? null : before }
  const share = FELL * (1 - before.size / size)
  const less = (is: number | null, was: number | null): boolean => is !== null && was !== null && is <= was * (1 - share)
  if (less(cpu, before.cpu) || (cpu >= FULL && less(queue, before.queue))) return { ...next, before: null, vain: null }
  const from = vain?.from ?? before.size
  return { ...next, before: null, vain: { at: now, from, to: size, cpu, rounds: (vain?.rounds ?? 0) + 1 } }
}

/** What was in vain is as long as the load is the same. */
function still(vain: HelpMemory['vain'], cpu: number | null, now: number): HelpMemory['vain'] {
  if (vain === null || cpu === null) return vain
  return cpu < LOWER * vain.cpu || now - vain.at > AGAIN_MS ? null : vain
}

/** Clones that joined and changed nothing, where another would not either; null: none, or it cannot be told. */
export function noHelp({ vain, cpu }: HelpMemory): Finding | null {
  if (vain === null || cpu === null) return null
  const full = cpu >= FULL
  const sure = full ? vain.rounds >= ROUNDS && vain.to >= TIMES * vain.from : cpu < vain.cpu + RISEN
  return sure ? { kind: 'noHelp', cpu: vain.cpu, from: vain.from, to: vain.to } : null
}
