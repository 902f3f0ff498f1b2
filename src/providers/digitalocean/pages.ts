import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import type { Client } from './client.ts'
import type { Edge } from './edge.ts'

/** The most that DigitalOcean gives at once. */
const PER_PAGE = 200

/** An account with more than this of one thing is not one of Spinup's; it ends a listing that never does. */
const MOST_PAGES = 100

const linksSchema = z.object({ pages: z.object({ next: z.string().nullish() }).nullish() }).nullish()

interface Page<T> {
  readonly items: readonly T[]
  readonly more: boolean
}

export interface Listing<T> {
  readonly what: string
  readonly scope: string
  /** The field that holds the list, e.g. `droplets`. */
  readonly field: string
  readonly item: z.ZodType<T>
  /** Tells items apart: what is made or deleted meanwhile moves others onto the next page. */
  readonly idOf: (item: T) => string
  send(client: Client, page: { readonly page: number; readonly per_page: number }): Promise<{ readonly data: unknown }>
}

/** Every item of every page, once, in DigitalOcean's order; null when what is listed does not exist (404). */
export async function everyPage<T>(edge: Edge, listing: Listing<T>): Promise<readonly T[] | null> {
  const found = new Map<string, T>()
  const answer = pageSchema(listing.field, listing.item)
  for (let page = 1; page <= MOST_PAGES; page++) {
    const got = await edge.find({
      what: listing.what,
      scope: listing.scope,
      repeatable: true,
      answer,
      send: (client) => listing.send(client, { page, per_page: PER_PAGE }),
    })
    if (got === null) return page === 1 ? null : [...found.values()]
    for (const item of got.items) found.set(listing.idOf(item), item)
    if (got.items.length === 0 || !got.more) return [...found.values()]
  }
  throw new SpinupError(
    'providerFailed',
    `DigitalOcean did not ${listing.what}: more than ${MOST_PAGES * PER_PAGE} came. Delete some, or use an account of its own.`,
  )
}

function pageSchema<T>(field: string, item: z.ZodType<T>): z.ZodType<Page<T>> {
  return z.looseObject({ links: linksSchema }).transform((page, context): Page<T> => {
    const items = z.array(item).safeParse(page[field] ?? [])
    if (items.success) return { items: items.data, more: (page.links?.pages?.next ?? null) !== null }
    const path = items.error.issues[0]?.path ?? []
    context.addIssue({ code: 'custom', message: 'not as expected', path: [field, ...path] })
    return z.NEVER
  })
}
