import { copyText } from '../console/copy.ts'
import type { Toasts } from '../console/messages.ts'
import { get } from './data.ts'
import { between, searchOf, type Range, type Span, type View } from './view.ts'

/** Posts the view into the pool's channels, as pictures with their numbers in words. */
export async function postView(view: View, span: Span, name: string, toasts: Toasts): Promise<void> {
  const { pool, stats, byMember, solo: member } = view
  const [fromAt, toAt] = [Math.round(span.fromAt), Math.round(span.toAt)]
  try {
    const wish = { pool, stats, fromAt, toAt, byMember, member, name }
    const { cards } = await get<{ readonly cards: number }>('/api/stats/post', undefined, wish)
    toasts.show(`Posted to the pool’s channels${cards === 1 ? '' : `, as ${cards} cards`}.`, 'good')
  } catch (error) {
    toasts.show(error instanceof Error ? error.message : String(error), 'bad')
  }
}

/** Of a range that moves on, the link is to what is newest then. */
export async function copyLink(view: View, toasts: Toasts): Promise<void> {
  const done = await copyText(location.origin + location.pathname + searchOf(view))
  if (done) toasts.show('Copied', 'good')
  else toasts.show('The browser did not allow copying; the address above says it all.', 'bad')
}

/** The range that was typed. Rejects with words that say what would be one. */
export async function rangeTyped(pool: string, text: string): Promise<Range> {
  const query = new URLSearchParams({ pool, text })
  const found = await get<Span & { readonly live: boolean }>(`/api/stats/range?${query.toString()}`)
  if (!found.live) return between(found.fromAt, found.toAt)
  return { kind: 'last', ms: Math.max(60_000, Math.round((found.toAt - found.fromAt) / 1000) * 1000) }
}
