import { extendTrails, type Live, type Trails } from '../../core/model/message.ts'
import { openStream, type News, type Place, type Stream } from './stream.ts'

/**
 * Runs once for all of a browser's tabs and holds their one event stream: over HTTP/1.1 a browser has six connections for
 * a host, and a stream for each tab would leave the seventh request waiting.
 */

/** What a tab says: where it is when it comes, and that it goes. */
export type Said = { readonly kind: 'come'; readonly place: Place; readonly samples: boolean } | { readonly kind: 'go' }
/** What it hears: news, and when it comes how far the others are. */
export type Received = News | { readonly kind: 'place'; readonly place: Place }

const tabs = new Set<MessagePort>()
let stream: Stream | null = null
let live: readonly Live[] | null = null
let trails: Trails = {}
let up = true
let samples = false

addEventListener('connect', (event) => {
  const [port] = event instanceof MessageEvent ? event.ports : []
  if (port === undefined) return
  const say = (received: Received): void => port.postMessage(received)
  port.addEventListener('message', ({ data }: MessageEvent<Said>) => {
    if (data.kind === 'go') return void leave(port)
    tabs.add(port)
    if (stream === null) {
      ;({ samples } = data)
      return void (stream = openStream(data.place, tellAll, samples))
    }
    if (data.samples && !samples) {
      // From here on for as long as there are tabs: the others take no notice of samples.
      samples = true
      const place = stream.place()
      stream.close()
      stream = openStream(place, tellAll, samples)
    }
    say({ kind: 'connection', up })
    say({ kind: 'place', place: stream.place() })
    say({ kind: 'trails', trails })
    if (live !== null) say({ kind: 'live', live })
  })
  port.start()
})

function leave(port: MessagePort): void {
  tabs.delete(port)
  port.close()
  // A tab in the browser's back-and-forward cache may come again; meanwhile nobody listens.
  if (tabs.size > 0) return
  stream?.close()
  stream = null
}

function tellAll(news: News): void {
  if (news.kind === 'connection') {
    if (news.up === up) return
    ;({ up } = news)
  }
  if (news.kind === 'trails') ({ trails } = news)
  if (news.kind === 'live') {
    ;({ live } = news)
    trails = extendTrails(trails, live)
  }
  for (const tab of tabs) tab.postMessage(news, [])
}
