import { z } from 'zod'
import { SpinupError } from '../core/model/error.ts'
import type { ConsolePage, Live } from '../core/model/message.ts'
import type { View } from '../core/model/view.ts'

/** Talks to a bot's console over HTTP, as the web page does. */
export interface ConsoleClient {
  /** Types a line; answers what is shown at once, as data and as plain text. Throws `unavailable` when no bot answers. */
  say(text: string): Promise<ConsoleAnswer>
  press(action: string): Promise<ConsoleAnswer>
  /** What the channel shows after change `cursor` (0: everything kept). */
  after(cursor: number): Promise<ConsolePage>
  /** PNG bytes of a chart a card refers to; null when it is gone. */
  chart(id: string, theme: 'dark' | 'light'): Promise<Uint8Array | null>
  /** Who may sign in beside the one who has the password; for that one alone. */
  readonly people: {
    invite(name: string): Promise<{ readonly url: string }>
    list(): Promise<readonly string[]>
    remove(name: string): Promise<void>
  }
  /** Follows the live strip until `signal` aborts. */
  live(signal: AbortSignal, each: (live: Live) => void): Promise<void>
}

export interface ConsoleAnswer {
  readonly views: readonly View[]
  readonly text: string
}

const DEADLINE_MS = 15_000
const FAILURE = z.object({ message: z.string() })

/** `base`: the bot's URL without a trailing slash; `name`: who is typing; `password`: the console's, where it has one. */
export function createConsoleClient(base: string, name: string, password: string | null = null): ConsoleClient {
  const proof: Readonly<Record<string, string>> = password === null ? {} : { authorization: `Bearer ${password}` }
  const request = async (path: string, body?: object): Promise<Response> => {
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const init: RequestInit =
      body === undefined
        ? { signal, headers: proof }
        : {
            method: 'POST',
            headers: { 'content-type': 'application/json', ...proof },
            body: JSON.stringify({ name, ...body }),
            signal,
          }
    try {
      return await fetch(base + path, init)
    } catch (cause) {
      throw new SpinupError('unavailable', `No Spinup answers at ${base}; start it first, or set SPINUP_PUBLIC_URL.`, {
        cause,
      })
    }
  }
  const json = async (response: Response): Promise<unknown> => {
    const body: unknown = await response.json().catch(() => null)
    if (response.ok) return body
    const failure = FAILURE.safeParse(body)
    const message = failure.success ? failure.data.message : `It answered ${response.status}.`
    throw new SpinupError(response.status === 401 ? 'unauthorised' : 'badInput', message)
  }
  return {
    // The bot of the same version answers these shapes.
    say: async (text) => (await json(await request('/api/console/messages', { text }))) as ConsoleAnswer,
    press: async (action) => (await json(await request('/api/console/actions', { action }))) as ConsoleAnswer,
    after: async (cursor) => (await json(await request(`/api/console/messages?after=${cursor}`))) as ConsolePage,
    chart: async (id, theme) => {
      const response = await request(`/charts/${encodeURIComponent(id)}.png?theme=${theme}`)
      if (response.status === 404) return null
      if (!response.ok) await json(response)
      return response.bytes()
    },
    people: {
      invite: async (whom) => (await json(await request('/api/console/people', { name: whom }))) as { url: string },
      list: async () => ((await json(await request('/api/console/people'))) as { names: readonly string[] }).names,
      remove: async (whom) => void (await json(await request('/api/console/people/remove', { name: whom }))),
    },
    live: (signal, each) => followLive(`${base}/api/console/events`, proof, signal, each),
  }
}

/** Reads the event stream's `live` events; comes again when it is cut, until aborted. */
async function followLive(
  url: string,
  proof: Readonly<Record<string, string>>,
  signal: AbortSignal,
  each: (live: Live) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const response = await fetch(url, { signal, headers: { accept: 'text/event-stream', ...proof } })
      let rest = ''
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        const events = (rest + chunk).split('\n\n')
        rest = events.pop() ?? ''
        for (const event of events) {
          const data = /^event: live\ndata: (.*)$/m.exec(event)?.[1]
          const live = data === undefined ? [] : (JSON.parse(data) as readonly Live[])
          for (const pool of live) each(pool)
        }
      }
    } catch {
      if (signal.aborted) return
    }
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
