import { Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import type { Chat, ChatHandlers, Form, Shown, ShownCard } from '../../../src/chat/chat.ts'
import { createHandlers } from '../../../src/commands/dispatch/handlers.ts'
import { mannersOf } from '../../../src/commands/dispatch/line.ts'
import { createDiscordChat } from '../../../src/chat/discord/chat.ts'
import type { Asker } from '../../../src/core/model/platforms.ts'
import { COMMANDS, type Request } from '../../../src/commands/registry.ts'
import type { Card, View } from '../../../src/core/model/view.ts'
import {
  createHome,
  createLongActions,
  createPromises,
  createSeenEvents,
  createShown,
} from '../../../src/store/chat-places.ts'
import { exampleViews } from '../../example-views.ts'
import { startDiscord, type DiscordOptions, type FakeDiscord } from '../../fakes/discord/discord.ts'
import { startTestRedis, type TestRedis } from '../../redis.ts'

/** A picture that is one: 1 × 1 and white. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAG7buVgAAAABJRU5ErkJggg==',
  'base64',
)

export interface Rig {
  readonly discord: FakeDiscord
  readonly redis: TestRedis
  /** What reached the engine's side, in order. */
  readonly asked: { readonly request: Request; readonly asker: Asker }[]
  readonly forms: { readonly asker: Asker }[]
  /** What the engine's side answers; replaced at will. */
  answers: (request: Request, asker: Asker) => Promise<readonly View[]> | readonly View[]
  form: () => Promise<Form> | Form
  readonly shown: Shown
  chat(): Chat
  /** Everything that was logged. */
  logged(): string
  /** A bot that has not started yet, beside the one that runs; it learns so much later that another acts. */
  another(options?: { readonly token?: string; readonly slowMs?: number }): Promise<Chat>
  readonly handlers: ChatHandlers
  /** Ends the bot and starts a new one on the same Redis. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export const FORM: Form = {
  title: 'Keep 2, not 3?',
  submit: 'Deny',
  fields: [{ name: 'reason', label: 'Why?', hint: 'The team sees it.', value: '', optional: false, most: 200 }],
}

/** The real adapter, the real SDK, a real Redis and the real grammar; Discord stands in, and so does the engine. */
export async function startRig(options: DiscordOptions & { readonly start?: boolean } = {}): Promise<Rig> {
  const redis = await startTestRedis()
  // A machine that is busy is late; that answers do not wait for the work is shown by work that waits for them.
  const discord = await startDiscord({ callbackMs: 20_000, ...options })
  const client = await redis.connect()
  const lines: string[] = []
  const log = pino(
    { level: 'debug' },
    new Writable({ write: (chunk: Buffer, _encoding, done) => (lines.push(chunk.toString()), done()) }),
  )
  const shown = createShown<ShownCard>(client, 'discord')
  const seenEvents = createSeenEvents(client, 'discord')
  const open = ({ token = discord.token, slowMs = 0 } = {}): Chat =>
    createDiscordChat({
      commands: COMMANDS,
      token,
      apiUrl: discord.url,
      charts: { png: async () => PNG },
      shown,
      home: createHome(client, 'discord'),
      longActions: createLongActions(client, 'discord'),
      manners: mannersOf,
      moved: async () => undefined,
      promises: createPromises(client, 'discord'),
      seenEvents: {
        async first(id, changes) {
          const first = await seenEvents.first(id, changes)
          if (slowMs > 0) await pause(slowMs)
          return first
        },
      },
      now: Date.now,
      log,
    })
  const chats: Chat[] = []
  let chat = open()
  chats.push(chat)
  const rig: Rig = {
    discord,
    redis,
    asked: [],
    forms: [],
    answers: (request) => exampleAnswers(request),
    form: () => FORM,
    shown,
    chat: () => chat,
    logged: () => lines.join(''),
    async another(how) {
      const made = open(how)
      chats.push(made)
      return made
    },
    handlers: createHandlers({
      perform: async (request, asker) => {
        rig.asked.push({ request, asker })
        return rig.answers(request, asker)
      },
      form: async (_kind, asker) => {
        rig.forms.push({ asker })
        return rig.form()
      },
      home: async () => [],
      facts: async () => ({ pools: [], members: ['web-1', 'web-2'], stats: ['cpu', 'queue_depth'] }),
      now: Date.now,
      failed: () => undefined,
    }),
    async restart() {
      await chat.stop()
      chat = open()
      chats.push(chat)
      await chat.start(rig.handlers)
    },
    async stop() {
      await Promise.all(chats.map((one) => one.stop()))
      await discord.stop()
      await redis.stop()
    },
  }
  if (options.start !== false) await chat.start(rig.handlers)
  return rig
}

function exampleAnswers({ kind }: Request): readonly View[] {
  const views = exampleViews(Date.now())
  return [kind in views ? views[kind as keyof typeof views] : views.answer]
}

export function cardOf(view: View, revision = 1, id = 'episode-1'): Card {
  return { id, revision, at: Date.now(), view }
}
