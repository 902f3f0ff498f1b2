import { SpinupError } from '../core/model/error.ts'
import type { Bound, Permit, Still } from './provider.ts'

/** A droplet as the bound counts it. */
interface Counted {
  readonly id: string
  readonly tags: readonly string[]
}

/**
 * Throws `limited` where `bound` leaves no place for one more beside `others`: every droplet of the account that carries
 * its tag, without the one that is wanted. `tagOf`: a tag as the provider writes it.
 */
export function checkBound(bound: Bound, others: readonly Counted[], tagOf = (tag: string): string => tag): void {
  const there = new Set([...others.map(({ id }) => id), ...bound.known])
  const made = new Set(others.flatMap(({ tags }) => tags.map((tag) => tag.toLowerCase())))
  const coming = bound.coming.filter((tag) => !made.has(tagOf(tag).toLowerCase())).length
  if (there.size + coming < bound.most) return
  const onTheWay = coming === 0 ? '' : ` and ${coming} more on the way`
  throw new SpinupError(
    'limited',
    `No droplet was made: ${there.size} with the tag ${tagOf(bound.tag)} are there${onTheWay}, and there may be ${Math.max(0, bound.most)}. Those that are leaving or unknown count as well. To allow more: /spinup policy max.`,
    { retryable: false },
  )
}

/** The bound at this moment; throws `conflict` when somebody else has gone on with `what`. */
export async function permitted(permit: Permit, what: string): Promise<Bound> {
  const bound = await permit()
  if (bound === null) throw overtaken(what)
  return bound
}

/** Throws `conflict` when somebody else has gone on with `what`. */
export async function holdOn(still: Still | undefined, what: string): Promise<void> {
  if (still !== undefined && !(await still())) throw overtaken(what)
}

function overtaken(what: string): SpinupError {
  return new SpinupError('conflict', `Another Spinup has gone on with ${what} meanwhile; nothing was done.`)
}
