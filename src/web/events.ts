import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { ConsoleChat } from '../chat/console/chat.ts'
import { messageOf } from '../core/model/error.ts'
import { extendTrails, type ConsolePage, type FirstLook, type Live, type Trails } from '../core/model/message.ts'
import type { PoolSamples } from '../core/model/stats-page.ts'

/**
 * Server-sent events to every open page: `log` (where it begins, and whether all that the page has is of another log),
 * `message` (with `EPOCH.CHANGE` as id, so a page resumes), `live` (every pool), `trails` (what their sparklines show,
 * for a new page), `samples` (every member's newest, to pages that want them), `ping`.
 */
export interface Events {
  /** Sends what came after `after`, then everything new, until the page goes away. `samples`: those as well. */
  open(response: ServerResponse, after: Place, samples?: boolean): Promise<void>
  /** What a page shows at once, without waiting for anybody. */
  first(): Promise<FirstLook>
  close(): Promise<void>
}

/** How far a page has read: a change, of an epoch (null: of any). */
export interface Place {
  readonly change: number
  readonly epoch: string | null
}

/** So many messages are in the page itself: what a screen shows, and some. */
const FIRST = 16

/** A page that does not read is cut off; it resumes where it stopped. Bytes. */
const MAX_BACKLOG = 1024 * 1024

interface Page {
  readonly response: ServerResponse
  /** The last change it has; null while its backlog is being read, when news is held back. */
  cursor: number | null
  epoch: string | null
  readonly samples: boolean
  readonly held: ConsolePage[]
}

/** What a page begins with waits so long for a look at the pools, and for the channel, ms. */
const LOOK_MS = 300
const READ_MS = 3000
/** An older look is no present one, ms. */
const FRESH_MS = 3000

const NOTHING: ConsolePage = { messages: [], cursor: 0, epoch: '', whole: true }

/** Watches the channel, and the pools: every `liveMs` while a page listens, else every `idleMs`. */
export async function createEvents(options: {
  readonly console: ConsoleChat
  readonly live: () => Promise<readonly Live[]>
  /** The last minutes as they are stored. */
  readonly past: () => Promise<Trails>
  /** The newest sample of every member. */
  readonly samples?: () => Promise<readonly PoolSamples[]>
  readonly liveMs: number
  readonly idleMs: number
  readonly pingMs: number
  readonly log: Logger
}): Promise<Events> {
  const { console, live, log } = options
  const pages = new Set<Page>()
  let trails: Trails = {}
  let latest: readonly Live[] | null = null
  let lookedAt = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | null = null
  let failing = false

  const stopMessages = await console.subscribe((news) => {
    for (const page of pages) {
      if (page.cursor === null) page.held.push(news)
      else tell(page, news)
    }
  })

  const liveTimer = setInterval(() => {
    if (pages.size > 0 || performance.now() - lookedAt >= options.idleMs) void lookOnce()
  }, options.liveMs)

  const pingTimer = setInterval(() => {
    for (const page of pages) send(page, 'event: ping\ndata: {}\n\n')
  }, options.pingMs)

  function lookOnce(): Promise<void> {
    looking ??= look()
      .then(
        () => false,
        (error: unknown) => {
          // Once a second while it lasts: the first is enough.
          if (!failing) log.warn({ reason: messageOf(error) }, 'live view failed')
          return true
        },
      )
      .then((failed) => {
        failing = failed
        looking = null
        lookedAt = performance.now()
        return undefined
      })
    return looking
  }

  async function look(): Promise<void> {
    // Nobody looked before: what the store has of the last minutes.
    if (latest === null) trails = await options.past().catch(() => ({}))
    latest = await live()
    trails = extendTrails(trails, latest)
    const text = `event: live\ndata: ${JSON.stringify(latest)}\n\n`
    for (const page of pages) send(page, text)
    const wanting = [...pages].filter(({ samples }) => samples)
    if (wanting.length === 0) return
    const newest = `event: samples\ndata: ${JSON.stringify((await options.samples?.()) ?? [])}\n\n`
    for (const page of wanting) send(page, newest)
  }

  function tell(page: Page, { messages, cursor, epoch, whole }: ConsolePage): void {
    if (page.epoch !== epoch || (whole && page.cursor !== cursor)) begin(page, { epoch, cursor, whole: true })
    for (const message of messages) {
      if (page.cursor !== null && message.change <= page.cursor) continue
      page.cursor = message.change
      send(page, `id: ${epoch}.${message.change}\nevent: message\ndata: ${JSON.stringify(message)}\n\n`)
    }
  }

  function begin(page: Page, { epoch, cursor, whole }: Omit<ConsolePage, 'messages'>): void {
    page.epoch = epoch
    page.cursor = 0
    send(page, `event: log\ndata: ${JSON.stringify({ epoch, cursor, whole })}\n\n`)
  }

  function send(page: Page, text: string): void {
    const { response } = page
    if (response.writableLength > MAX_BACKLOG) response.destroy()
    else if (!response.destroyed) response.write(text)
  }

  return {
    async open(response, after, samples = false) {
      const page: Page = { response, cursor: null, epoch: null, samples, held: [] }
      response.on('close', () => pages.delete(page))
      response.on('error', () => pages.delete(page))
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        // nginx would hold events back otherwise.
        'x-accel-buffering': 'no',
      })
      // Pages ask again after this long when the connection drops.
      response.write('retry: 1000\n\n')
      send(page, `event: trails\ndata: ${JSON.stringify(trails)}\n\n`)
      if (latest !== null && pages.size > 0) send(page, `event: live\ndata: ${JSON.stringify(latest)}\n\n`)
      pages.add(page)
      // Added before its backlog is read, so that nothing falls between the two.
      const backlog = await console.after(after.change, after.epoch)
      begin(page, backlog)
      tell(page, { ...backlog, whole: false })
      page.cursor = backlog.cursor
      for (const news of page.held.splice(0)) tell(page, news)
    },
    async first() {
      if (performance.now() - lookedAt > FRESH_MS) await within(LOOK_MS, lookOnce(), undefined)
      // Without Redis the page is there all the same, and says that it waits.
      const all = await within(READ_MS, console.after(0), NOTHING)
      const messages = all.messages.toSorted((a, b) => Number(a.id) - Number(b.id))
      const newest = messages.slice(-FIRST)
      return { page: { ...all, messages: newest }, earlier: messages.length - newest.length, live: latest, trails }
    },
    async close() {
      clearInterval(liveTimer)
      clearInterval(pingTimer)
      for (const { response } of pages) response.destroy()
      await stopMessages()
    },
  }
}

/** What the work comes to; `otherwise` where it fails or takes longer. */
async function within<T>(ms: number, work: Promise<T>, otherwise: T): Promise<T> {
  const ended = new AbortController()
  const late = setTimeout(ms, otherwise, { signal: ended.signal }).catch(() => otherwise)
  const first = await Promise.race([work.catch(() => otherwise), late])
  ended.abort()
  return first
}
