import type { HelpMemory } from '../../model/load.ts'
import type { Finding } from '../../model/finding.ts'
import type { Reading } from '../load/reading.ts'
import { rpsOf } from '../load/traffic.ts'
import { FULL, meanOf } from '../load/witnesses.ts'
import { follow } from './follow.ts'

/** Averages of so long, s, and how long after the pool has grown they tell, ms. */
const OVER_S = 6
const SETTLE_MS = 20_000
/** A pool has to grow by this share before less CPU at each member is more than chance. */
const GROWN = 1.18
/** CPU that falls by less than this share of what it should, did not fall. */
const FELL = 0.25
/** Nothing shows in so long, ms: what was before says nothing any more. */
const LONG_MS = 600_000
/** CPU this much below or above what did not fall is another load, and so is a CPU with some room that was full. */
const LOWER = 0.85
const RISEN = 0.04
const SOME_ROOM = FULL - 0.02
/** Full CPUs look alike at twice and at ten times the load: so many times in a row, and so many times as many members, tell. */
const ROUNDS = 3
const TIMES = 12
/** After so long another try is worth it, ms: of CPUs that are not full more is known. */
const AGAIN_MS = 1_800_000
const AGAIN_FULL_MS = 600_000

export const NO_HELP_KNOWN: HelpMemory = { size: 0, joinedAt: 0, cpu: null, queue: null, before: null, vain: null }

/** What the members showed before and after clones joined. Where requests are reported, these show more: nothing is noted. */
export function followHelp(known: HelpMemory, reading: Reading, passedS: number, now: number): HelpMemory {
  const { reporting, serving } = reading
  if (rpsOf(reporting) !== null || reporting.length === 0) return reporting.length === 0 ? known : NO_HELP_KNOWN
  const size = serving.length
  // Those that were there before tell: a new one is busy with its start.
  const joinedAt = size > known.size ? now : known.joinedAt
  const old = reporting.filter(({ ageMs }) => now - ageMs < joinedAt)
  const measured = old.length === 0 ? reporting : old
  const cpu = follow(known.cpu, meanOf(measured, 'cpu'), passedS, OVER_S)
  const queue = follow(known.queue, meanOf(measured, 'load1'), passedS, OVER_S)
  const vain = known.vain === null || cpu === null || cpu >= lowest(known.vain) ? known.vain : null
  const next = { ...known, size, joinedAt, cpu, queue, vain }
  if (size < known.size || cpu === null) return { ...next, before: null }
  const joined = size > known.size && known.size > 0 && known.cpu !== null
  const before =
    known.before ?? (joined ? { at: now, size: known.size, cpu: known.cpu, queue: known.queue, grownAt: null } : null)
  if (before === null) return next
  const grownAt = before.grownAt ?? (size >= GROWN * before.size ? now : null)
  if (grownAt === null) return { ...next, before: now - before.at > LONG_MS ? null : before }
  if (now - grownAt < SETTLE_MS) return { ...next, before: { ...before, grownAt } }
  // More load came meanwhile: nothing is known of the clones.
  if (cpu > before.cpu + RISEN) return { ...next, before: null }
  return { ...next, before: null, vain: helped(before, cpu, queue, size) ? null : inVain(vain, before, cpu, size, now) }
}

function lowest({ cpu }: NonNullable<HelpMemory['vain']>): number {
  return cpu >= FULL ? SOME_ROOM : LOWER * cpu
}

/** Whether members show less than before, by a part of what an even share would take off each. */
function helped(before: NonNullable<HelpMemory['before']>, cpu: number, queue: number | null, size: number): boolean {
  const left = 1 - FELL * (1 - before.size / size)
  if (cpu <= left * before.cpu) return true
  // CPUs that are still full may have fewer waiting for them.
  return cpu >= FULL && queue !== null && before.queue !== null && queue <= left * before.queue
}

function inVain(
  vain: HelpMemory['vain'],
  before: NonNullable<HelpMemory['before']>,
  cpu: number,
  size: number,
  now: number,
): HelpMemory['vain'] {
  return { at: now, from: vain?.from ?? before.size, to: size, cpu, rounds: (vain?.rounds ?? 0) + 1 }
}

/** Whether it is time for another try. */
export function worthAgain({ vain }: HelpMemory, now: number): boolean {
  return vain === null || now - vain.at > (vain.cpu >= FULL ? AGAIN_FULL_MS : AGAIN_MS)
}

/** Clones that joined and changed nothing, where another would not either; null: none, or it is not known. */
export function noHelp({ vain, cpu }: HelpMemory): Finding | null {
  if (vain === null || cpu === null) return null
  const full = cpu >= FULL
  const sure = full ? vain.rounds >= ROUNDS && vain.to >= TIMES * vain.from : cpu < vain.cpu + RISEN
  return sure ? { kind: 'noHelp', cpu: vain.cpu, from: vain.from, to: vain.to } : null
}
