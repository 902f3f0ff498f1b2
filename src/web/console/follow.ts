import type { Received, Said } from './shared.ts'
import { openStream, type News, type Place, type Stream } from './stream.ts'

/** How a page keeps up, for as long as it is open. */
export interface Following {
  readonly place: () => Place
  hear(news: News): void
  /** Others know more than `place()`: it is to be asked for. */
  behind(): void
  /** It wants every sample, too. */
  readonly samples?: boolean
}

/** The shared stream pings as the bot does; this long without a word and it is gone. */
const SILENCE_MS = 20_000

/**
 * Follows the bot's events by the stream that all tabs share, `script` being its worker. Where a browser has no such
 * worker, or refuses it, each tab that is seen has a stream of its own.
 */
export function follow(script: string, page: Following): void {
  const shared = join(script, page)
  if (!shared) alone(page)
}

function join(script: string, page: Following): boolean {
  let port: MessagePort | null = null
  let receivedAt = Date.now()
  let given = false

  function come(): boolean {
    receivedAt = Date.now()
    try {
      const worker = new SharedWorker(script, { type: 'module' })
      worker.addEventListener('error', giveUp)
      port = worker.port
    } catch {
      // There is none, or storage is refused and with it this.
      return false
    }
    port.addEventListener('message', ({ data }: MessageEvent<Received>) => {
      receivedAt = Date.now()
      if (data.kind !== 'place') return page.hear(data)
      const mine = page.place()
      if (data.place.epoch !== mine.epoch || data.place.cursor > mine.cursor) page.behind()
    })
    port.start()
    say({ kind: 'come', place: page.place(), samples: page.samples ?? false })
    return true
  }

  function say(said: Said): void {
    port?.postMessage(said)
  }

  function giveUp(): void {
    if (given) return
    given = true
    clearInterval(watch)
    say({ kind: 'go' })
    alone(page)
  }

  const watch = setInterval(() => {
    if (Date.now() - receivedAt < SILENCE_MS) return
    say({ kind: 'go' })
    if (!come()) giveUp()
  }, 5000)
  addEventListener('pagehide', () => say({ kind: 'go' }))
  addEventListener('pageshow', (event) => event.persisted && !given && come())
  if (come()) return true
  clearInterval(watch)
  given = true
  return false
}

function alone(page: Following): void {
  let stream: Stream | null = null
  const follow = (): void => {
    if (document.hidden) {
      stream?.close()
      stream = null
    } else stream ??= openStream(page.place(), page.hear, page.samples)
  }
  document.addEventListener('visibilitychange', follow)
  follow()
}
