import type { Refused } from '../model/upkeep.ts'

const FIRST_WAIT_MS = 15_000
const LONGEST_WAIT_MS = 2 * 60_000

/**
 * How long the next try still waits after the provider made no droplet, ms; at most 0: not at all. Asking costs nothing,
 * so it is asked again often; `tries` 0: at once, as a person wants it.
 */
export function refusalLeft(refused: Refused | null, now: number): number {
  if (refused === null || refused.tries === 0) return 0
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (refused.tries - 1), LONGEST_WAIT_MS)
  return Math.min(waitMs, refused.at + waitMs - now)
}

/** The record after one more no; droplets ordered together are refused together. */
export function refusedAgain(
  before: Refused | null,
  no: Pick<Refused, 'said' | 'forGood' | 'cardId'> & { readonly orderedAt: number },
  now: number,
): Refused {
  const { orderedAt, ...said } = no
  if (before === null) return { ...said, since: now, at: now, tries: 1 }
  const latest = { ...before, said: no.said, forGood: no.forGood }
  return orderedAt <= before.at ? latest : { ...latest, at: now, tries: before.tries + 1 }
}
