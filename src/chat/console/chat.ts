import type { Logger } from 'pino'
import { lineOf } from '../../core/model/card-words.ts'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import type { ConsoleMessage, ConsolePage } from '../../core/model/message.ts'
import type { Asker } from '../../core/model/platforms.ts'
import { hideTokens } from '../../core/model/tokens.ts'
import type { Actor } from '../../core/model/pool.ts'
import type { Card, View } from '../../core/model/view.ts'
import type { Chat, ChatHandlers, Completion, Form } from '../chat.ts'

/** The one channel of the web console. */
export const CONSOLE_CHANNEL = 'console'

/** Longest accepted line, characters. */
const MAX_LINE = 2000

/** The built-in chat: a channel in Redis that any page, script or bot on the same Redis reads and writes. */
export interface ConsoleChat extends Chat {
  /** Types a line for a person: it and the answers appear in the channel; resolves to the answers. */
  post(text: string, actor: Actor): Promise<readonly View[]>
  /** Presses a button, `values` being its form's; `run:` buttons type their line. Resolves to the answers. */
  press(action: string, actor: Actor, values?: Readonly<Record<string, string>>): Promise<readonly View[]>
  /** The form that an `ask:` button opens, or why there is none. */
  form(action: string, actor: Actor): Promise<Form | readonly View[]>
  complete(text: string): Promise<readonly Completion[]>
  /** What the channel shows after change `cursor` (0: everything kept) of `epoch` (null: of any). */
  after(cursor: number, epoch?: string | null): Promise<ConsolePage>
  subscribe(listener: (news: ConsolePage) => void): Promise<() => Promise<void>>
}

/**
 * The console on its log. Bad lines throw `badInput`; a failing command is answered by an error card, never thrown.
 * `protected`: everybody who gets here gave the console's password.
 */
export function createConsoleChat(options: {
  readonly log: ConsoleLog
  readonly logger?: Logger
  readonly protected?: boolean
}): ConsoleChat {
  const { log, logger } = options
  const askerOf = (actor: Actor): Asker => ({
    actor,
    place: { platform: 'console', channel: CONSOLE_CHANNEL, tenant: null },
    roles: options.protected === true ? ['console'] : [],
  })
  let handlers: ChatHandlers | null = null

  function ready(): ChatHandlers {
    if (handlers === null) throw new SpinupError('unavailable', 'Spinup is still starting; try again in a moment.')
    return handlers
  }

  async function answer(replyTo: string, work: () => Promise<readonly View[]>): Promise<readonly View[]> {
    const views = await work().catch((error: unknown): readonly View[] => {
      logger?.error({ err: error }, 'console command failed')
      return [errorView(error)]
    })
    const at = Date.now()
    for (const [index, view] of views.entries()) {
      await unkept(log.upsertCard(CONSOLE_CHANNEL, { id: `reply:${replyTo}:${index}`, revision: 1, at, view }))
    }
    return views
  }

  /** Who asks is answered also while Redis takes nothing, and the channel cannot show it. */
  async function unkept<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await work
    } catch (error) {
      if (!(error instanceof SpinupError) || error.code !== 'storeFailed') throw error
      logger?.warn({ reason: error.message }, 'the console’s channel could not be written')
      return null
    }
  }

  /** Shows a line as typed; the id of its message. */
  async function say(text: string, actor: Actor): Promise<string> {
    const line = text.trim()
    if (line === '') throw new SpinupError('badInput', 'Type a command first, for example /spinup status.')
    if (line.length > MAX_LINE) {
      throw new SpinupError('badInput', `That line has ${line.length} characters; the longest accepted is ${MAX_LINE}.`)
    }
    return (await unkept(log.say(CONSOLE_CHANNEL, actor, hideTokens(line))))?.id ?? crypto.randomUUID()
  }

  async function post(text: string, actor: Actor): Promise<readonly View[]> {
    const { command } = ready()
    const id = await say(text, actor)
    return answer(id, () => command({ text: text.trim(), asker: askerOf(actor) }))
  }

  return {
    platform: 'console',
    async start(given) {
      handlers = given
    },
    async show(channel, card) {
      await log.upsertCard(channel, card)
    },
    async stop() {
      handlers = null
    },
    post,
    async press(action, actor, values) {
      const { action: press } = ready()
      const id = action.startsWith('run:') ? await say(lineOf(action), actor) : crypto.randomUUID()
      return answer(id, () => press({ action, asker: askerOf(actor), ...(values === undefined ? {} : { values }) }))
    },
    form: (action, actor) => ready().form({ action, asker: askerOf(actor) }),
    complete: async (text) => ready().complete(text, askerOf(NOBODY)),
    after: (cursor, epoch) => log.after(CONSOLE_CHANNEL, cursor, epoch),
    subscribe: (listener) => log.subscribe(CONSOLE_CHANNEL, listener),
  }
}

const NOBODY: Actor = { id: 'console:', name: '', platform: 'console' }

function errorView(error: unknown): View {
  return {
    kind: 'error',
    code: error instanceof SpinupError ? error.code : 'unavailable',
    message: messageOf(error),
    suggestion: null,
    example: null,
  }
}

/** What the console keeps its channels in; the store has one on Redis. */
export interface ConsoleLog {
  /** null: a same or newer revision of that card is shown already. */
  upsertCard(channel: string, card: Card): Promise<ConsoleMessage | null>
  say(channel: string, actor: Actor, text: string): Promise<ConsoleMessage>
  after(channel: string, cursor: number, epoch?: string | null): Promise<ConsolePage>
  subscribe(channel: string, listener: (news: ConsolePage) => void): Promise<() => Promise<void>>
}
