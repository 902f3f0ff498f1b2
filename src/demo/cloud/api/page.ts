import type { Call, Reply } from './route.ts'
import type { World } from './world.ts'

const LARGEST_PAGE = 200
const USUAL_PAGE = 20

function whole(text: string | null, otherwise: number): number {
  const value = Number(text ?? otherwise)
  return Number.isInteger(value) && value > 0 ? value : otherwise
}

/** One page of `items` under `key`, with `links.pages` and `meta.total` as the API tells them. */
export function page<T>(call: Call, key: string, items: readonly T[], present: (item: T) => unknown): Reply {
  const entries = bent(call.world, key, items.map(present))
  const reply = paged(call, key, entries ?? [])
  // It counts what it has, whatever it shows of it.
  Object.assign(Object(reply.body), { meta: { total: items.length } }, entries === null ? { [key]: null } : {})
  return reply
}

/** As a test wants them answered; null: with nothing in the place of the list. */
export function bent(world: World, key: string, entries: readonly unknown[]): readonly unknown[] | null {
  const bend = world.bends.get(key)
  return bend === undefined ? entries : bend(entries)
}

function paged(call: Call, key: string, items: readonly unknown[]): Reply {
  const perPage = Math.min(whole(call.query.get('per_page'), USUAL_PAGE), LARGEST_PAGE)
  const current = whole(call.query.get('page'), 1)
  const last = Math.max(1, Math.ceil(items.length / perPage))
  const link = (number: number): string => {
    const query = new URLSearchParams(call.query)
    query.set('page', String(number))
    return `${call.origin}${call.path}?${query}`
  }
  const pages = {
    ...(current > 1 ? { first: link(1), prev: link(Math.min(current - 1, last)) } : {}),
    ...(current < last ? { next: link(current + 1), last: link(last) } : {}),
  }
  return {
    status: 200,
    body: {
      [key]: items.slice((current - 1) * perPage, current * perPage),
      links: Object.keys(pages).length > 0 ? { pages } : {},
      meta: { total: items.length },
    },
  }
}
