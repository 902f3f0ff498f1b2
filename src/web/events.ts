import type { ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { ConsoleChat } from '../chat/console/chat.ts'
import { messageOf } from '../core/model/error.ts'
import { extendTrails, type ConsoleMessage, type Live, type Trails } from '../core/model/message.ts'

/**
 * Server-sent events to every open page: `message` (with the change as id, so a page resumes), `live`
 * (every pool), `trails` (what their sparklines show, for a new page), `ping`.
 */
export interface Events {
  /** Sends what came after change `after`, then everything new, until the page goes away. */
  open(response: ServerResponse, after: number): Promise<void>
  close(): Promise<void>
}

/** A page that does not read is cut off; it resumes where it stopped. Bytes. */
const MAX_BACKLOG = 1024 * 1024

interface Page {
  readonly response: ServerResponse
  /** The last change it has; null while its backlog is being read, when news is held back. */
  cursor: number | null
  readonly held: ConsoleMessage[]
}

/** Watches the channel always, and the pools (every `liveMs`) only while a page listens. */
export async function createEvents(options: {
  readonly console: ConsoleChat
  readonly live: () => Promise<readonly Live[]>
  readonly liveMs: number
  readonly pingMs: number
  readonly log: Logger
}): Promise<Events> {
  const { console, live, log } = options
  const pages = new Set<Page>()
  let trails: Trails = {}
  let latest: string | null = null
  let looking = false
  let failing = false

  const stopMessages = await console.subscribe((messages) => {
    for (const page of pages) {
      if (page.cursor === null) page.held.push(...messages)
      else tell(page, messages)
    }
  })

  const liveTimer = setInterval(() => {
    if (pages.size === 0 || looking) return
    looking = true
    look()
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
        return (looking = false)
      })
  }, options.liveMs)

  const pingTimer = setInterval(() => {
    for (const page of pages) send(page, 'event: ping\ndata: {}\n\n')
  }, options.pingMs)

  async function look(): Promise<void> {
    const now = await live()
    latest = `event: live\ndata: ${JSON.stringify(now)}\n\n`
    trails = extendTrails(trails, now)
    for (const page of pages) send(page, latest)
  }

  function tell(page: Page, messages: readonly ConsoleMessage[]): void {
    for (const message of messages) {
      if (page.cursor !== null && message.change <= page.cursor) continue
      page.cursor = message.change
      send(page, `id: ${message.change}\nevent: message\ndata: ${JSON.stringify(message)}\n\n`)
    }
  }

  function send(page: Page, text: string): void {
    const { response } = page
    if (response.writableLength > MAX_BACKLOG) response.destroy()
    else if (!response.destroyed) response.write(text)
  }

  return {
    async open(response, after) {
      const page: Page = { response, cursor: null, held: [] }
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
      if (latest !== null && pages.size > 0) send(page, latest)
      pages.add(page)
      // Added before its backlog is read, so that nothing falls between the two.
      const backlog = await console.after(after)
      page.cursor = 0
      tell(page, backlog.messages)
      page.cursor = backlog.cursor
      tell(page, page.held.splice(0))
    },
    async close() {
      clearInterval(liveTimer)
      clearInterval(pingTimer)
      for (const { response } of pages) response.destroy()
      await stopMessages()
    },
  }
}
