import type { Metered, PoolView, ViewMember } from '../scaler.ts'

/** How many members the pool has or is about to have: what a rival calls its replicas. */
export function sizeOf(view: PoolView): number {
  return view.members.filter((member) => member.phase !== 'draining').length
}

/** Those that serve. */
export function servingOf(view: PoolView): readonly ViewMember[] {
  return view.members.filter((member) => member.phase === 'inService')
}

/** The mean of what is metered, over the members of which something is known; null where nothing is of any. */
export function meanOf(members: readonly ViewMember[], figure: keyof Metered): number | null {
  let sum = 0
  let count = 0
  for (const member of members) {
    const value = member.metered?.[figure]
    if (value === undefined) continue
    sum += value
    count++
  }
  return count === 0 ? null : sum / count
}

/** The mean of what was seen in the last so many seconds. */
export interface Window {
  add(t: number, value: number): void
  /** Null where nothing was seen within the window. */
  mean(t: number): number | null
}

export function createWindow(seconds: number): Window {
  const seen: { t: number; value: number }[] = []
  let sum = 0
  function forget(t: number): void {
    while (seen.length > 0 && seen[0]!.t <= t - seconds) sum -= seen.shift()!.value
  }
  return {
    add: (t, value) => {
      seen.push({ t, value })
      sum += value
      forget(t)
    },
    mean: (t) => {
      forget(t)
      return seen.length === 0 ? null : sum / seen.length
    },
  }
}

/** Says when the next of something that happens every so many seconds is due. */
export function createBeat(everyS: number): (t: number) => boolean {
  let next = -Infinity
  return (t) => {
    if (t < next) return false
    next = t + everyS
    return true
  }
}
