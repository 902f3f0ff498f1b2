import { SpinupError } from './error.ts'

/** How many droplets there may be. Everything that exists and is paid for counts, no matter who made it and whatever became of it. */
export interface Bound {
  /** So many may carry `tag`, the new one included. */
  readonly most: number
  /** Carried by every droplet of the pool, the new one included. */
  readonly tag: string
  /** Ids of droplets that are known to be there; they count whether or not the account lists them yet. */
  readonly known: readonly string[]
  /** Operation tags of droplets that may come to be before this one; they count whether or not they are there yet. */
  readonly coming: readonly string[]
}

/** Asked right before a droplet is ordered; null: somebody else has gone on meanwhile, and nothing is ordered. */
export type Permit = () => Promise<Bound | null>

/** Asked right before what cannot be taken back; no: somebody else has gone on meanwhile, nothing is done and `conflict` is thrown. */
export type Still = () => Promise<boolean>

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
  const onTheWay = coming === 0 ? '' : `, ${coming} more may be on the way`
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
  return new SpinupError('conflict', `Another Spinup has continued with ${what} meanwhile; nothing was done.`)
}
