import type { ConsoleMessage, ConsolePage, FirstLook } from '../../core/model/message.ts'
import type { Api } from './api.ts'
import { createMessages } from './messages.ts'
import type { Place } from './stream.ts'

/** The channel as it comes in: what is known of it, what is news, and what somebody here waits to see. */
export interface Inbox {
  list(): readonly ConsoleMessage[]
  place(): Place
  /** What changed after this change is news. */
  newsAfter(): number
  /** So many came before, which are not here. */
  earlier(): number
  /** New ones below what is in view. */
  unseen(): number
  /** The end of the channel is in view. */
  seen(): void
  /** What comes of a line or a press is to be shown; `cardId`: the card with the button. */
  expect(cardId: string | null): void
  expectNothing(): void
  /** What follows is of this log. */
  log(log: Omit<ConsolePage, 'messages'>): void
  receive(message: ConsoleMessage): void
  /** Asks for what came after what is known. */
  catchUp(): Promise<void>
  fetchEarlier(): Promise<void>
}

/** An answer that takes longer than this has been forgotten, ms. */
const ANSWER_MS = 30_000

export function createInbox(
  known: FirstLook,
  page: {
    readonly after: Api['after']
    atEnd(): boolean
    /** A message was added or edited. */
    received(message: ConsoleMessage, news: boolean): void
    /** What was waited for is there, on this card. */
    answered(cardId: string): void
    /** Something else is to be drawn. */
    changed(): void
  },
): Inbox {
  const messages = createMessages()
  let { earlier } = known
  let newsAfter = known.page.cursor
  let unseen = 0
  let awaited: { readonly cardId: string | null; readonly after: number; readonly until: number } | null = null

  messages.begin(known.page)
  for (const message of known.page.messages) messages.put(message)
  messages.reachedTo(known.page.cursor)

  /** All that is known is of another log: Redis was emptied. */
  function restart(log: Omit<ConsolePage, 'messages'>): void {
    messages.begin({ ...log, whole: true })
    newsAfter = log.cursor
    earlier = 0
    unseen = 0
    page.changed()
  }

  function receive(message: ConsoleMessage): void {
    if (!messages.put(message)) return
    const news = message.change > newsAfter
    const added = message.change === Number(message.id)
    if (!page.atEnd() && added && news) {
      unseen++
      page.changed()
    }
    page.received(message, news)
    if (awaited === null || message.kind !== 'card' || message.change <= awaited.after) return
    if (message.card.id !== awaited.cardId && !added) return
    const late = Date.now() > awaited.until
    awaited = null
    if (!late) page.answered(message.card.id)
  }

  return {
    list: messages.list,
    place: messages.place,
    newsAfter: () => newsAfter,
    earlier: () => earlier,
    unseen: () => unseen,
    seen() {
      if (unseen === 0) return
      unseen = 0
      page.changed()
    },
    expect(cardId) {
      awaited = { cardId, after: messages.place().cursor, until: Date.now() + ANSWER_MS }
    },
    expectNothing() {
      awaited = null
    },
    log(log) {
      if (log.whole) restart(log)
    },
    receive,
    async catchUp() {
      const from = messages.place()
      const news = await page.after(from)
      if (news.whole && (from.cursor > 0 || from.epoch !== news.epoch)) restart(news)
      for (const message of news.messages) receive(message)
      messages.reachedTo(news.cursor)
    },
    async fetchEarlier() {
      if (earlier === 0) return
      const all = await page.after(null)
      earlier = 0
      for (const message of all.messages) receive(message)
      page.changed()
    },
  }
}
