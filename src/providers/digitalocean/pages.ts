import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import type { Client } from './client.ts'
import type { Edge } from './edge.ts'
import { unknownAnswer } from './refusal.ts'

/** The most that DigitalOcean gives at once. */
const PER_PAGE = 200

/** An account with more than this of one thing is not one of Spinup's; it ends a listing that never does. */
const MOST_PAGES = 100

/** A list that things are taken off while it is read is read again, so often at most. */
const READINGS = 3

const linksSchema = z.object({ pages: z.object({ next: z.string().nullish() }).nullish() }).nullish()

const metaSchema = z.object({ total: z.number().nullish() }).nullish().catch(null)

interface Page<T> {
  readonly items: readonly T[]
  /** Where each entry that cannot be read is wrong. */
  readonly odd: readonly string[]
  readonly more: boolean
  /** Of all pages; null: it does not say. */
  readonly total: number | null
}

export interface Listing<T> {
  readonly what: string
  readonly scope: string
  /** The field that holds the list, e.g. `droplets`. */
  readonly field: string
  readonly item: z.ZodType<T>
  /** Acting without knowing of every entry does harm, so one that cannot be read fails the list. */
  readonly whole?: true
  /** Tells items apart: what is made meanwhile moves others onto the next page. */
  readonly idOf: (item: T) => string
  send(client: Client, page: { readonly page: number; readonly per_page: number }): Promise<{ readonly data: unknown }>
}

/**
 * Every item of every page, once, in DigitalOcean's order; null when what is listed does not exist (404). Entries that
 * cannot be read are left out, counted in the log, unless the list must be `whole` or nothing of it can be read.
 */
export async function everyPage<T>(edge: Edge, listing: Listing<T>): Promise<readonly T[] | null> {
  const found = new Map<string, T>()
  let missing = 0
  for (let reading = 1; reading <= READINGS; reading++) {
    const read = await readThrough(edge, listing)
    if (read === null || read.steady) return read?.items ?? null
    missing = read.missing
    // What is deleted meanwhile moves others onto the page that was read already: unseen, they would seem to be gone.
    for (const item of read.items) found.set(listing.idOf(item), item)
  }
  if (missing > 0) {
    throw new SpinupError(
      'providerFailed',
      `Asked to ${listing.what}, DigitalOcean shows ${missing} fewer than it counts; looking again.`,
      { retryable: true },
    )
  }
  return [...found.values()]
}

/** `steady`: it did not change from its first page to its last. `missing`: so many of a `whole` list were counted and not shown. */
async function readThrough<T>(
  edge: Edge,
  listing: Listing<T>,
): Promise<{ readonly items: readonly T[]; readonly steady: boolean; readonly missing: number } | null> {
  const found = new Map<string, T>()
  const odd: string[] = []
  const answer = pageSchema(listing)
  let total: number | null = null
  let steady = true
  for (let page = 1; page <= MOST_PAGES; page++) {
    const got: Page<T> | null = await edge.find({
      what: listing.what,
      scope: listing.scope,
      repeatable: true,
      answer,
      send: (client) => listing.send(client, { page, per_page: PER_PAGE }),
    })
    if (got === null) return page === 1 ? null : { items: [...found.values()], steady: false, missing: 0 }
    if (page > 1 && got.total !== total) steady = false
    total = got.total
    for (const item of got.items) found.set(listing.idOf(item), item)
    edge.leftOut(listing.what, got.odd)
    odd.push(...got.odd)
    if (got.items.length + got.odd.length > 0 && got.more) continue
    if (found.size === 0 && odd.length > 0) throw unknownAnswer(listing.what, [`${listing.field}.${odd[0]!}`])
    const missing = listing.whole === true ? Math.max(0, (total ?? 0) - found.size) : 0
    return { items: [...found.values()], steady: steady && missing === 0, missing }
  }
  throw new SpinupError(
    'providerFailed',
    `DigitalOcean did not ${listing.what}: more than ${MOST_PAGES * PER_PAGE} came. Delete some, or use an account of its own.`,
  )
}

function pageSchema<T>({ field, item, whole }: Listing<T>): z.ZodType<Page<T>> {
  return z.looseObject({ links: linksSchema, meta: metaSchema }).transform((page, context): Page<T> => {
    const entries = z.array(z.unknown()).safeParse(page[field] ?? (whole === true ? undefined : []))
    const read = entries.data?.map((entry) => item.safeParse(entry)) ?? []
    const items = read.flatMap((one) => (one.success ? [one.data] : []))
    const odd = read.flatMap(({ error }) => (error ? [(error.issues[0]?.path ?? []).join('.') || 'the whole'] : []))
    const total = page.meta?.total ?? null
    // Nothing, though it says that there are some: harm would be done by believing it.
    const hidden = whole === true && items.length === 0 && (total ?? 0) > 0
    const readable = entries.success && !hidden && (odd.length === 0 || whole !== true)
    if (readable) return { items, odd, more: (page.links?.pages?.next ?? null) !== null, total }
    context.addIssue({ code: 'custom', message: 'not as expected', path: [field, ...odd.slice(0, 1)] })
    return z.NEVER
  })
}
