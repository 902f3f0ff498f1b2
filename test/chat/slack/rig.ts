import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Redis } from 'ioredis'
import { pino, type Logger } from 'pino'
import { createSlackChat } from '../../../src/chat/slack/chat.ts'
import type { SlackSettings } from '../../../src/chat/slack/options.ts'
import type { ActionInput, Chat, ChatHandlers, CommandInput, Form, ShownCard } from '../../../src/chat/chat.ts'
import { mannersOf } from '../../../src/commands/dispatch/line.ts'
import type { Asker } from '../../../src/core/model/platforms.ts'
import type { AnswerView, Card, View } from '../../../src/core/model/view.ts'
import { createHome, createSeenEvents, createShown } from '../../../src/store/chat-places.ts'
import { createMoves } from '../../../src/store/moved-channel.ts'
import { createVault } from '../../../src/store/vault.ts'
import { HOME_TEAM, type FakeSlack } from '../../fakes/slack/slack.ts'
import { wordsOf, type ShownMessage, type ShownToOne } from '../../fakes/slack/record.ts'

/** Handlers that answer what a test says, and keep what they were asked. */
export interface Script extends ChatHandlers {
  readonly asked: {
    readonly commands: CommandInput[]
    readonly actions: ActionInput[]
    readonly forms: ActionInput[]
    readonly homes: Asker[]
  }
  answers: (text: string) => readonly View[] | Promise<readonly View[]>
  forms: (action: string) => Form | readonly View[] | Promise<Form | readonly View[]>
  pages: () => readonly View[]
}

export function createScript(): Script {
  const asked = {
    commands: [] as CommandInput[],
    actions: [] as ActionInput[],
    forms: [] as ActionInput[],
    homes: [] as Asker[],
  }
  const script: Script = {
    asked,
    answers: (text) => [answer(`done: ${text}`)],
    forms: () => [answer('no form')],
    pages: () => [],
    command: async (input) => {
      asked.commands.push(input)
      return script.answers(input.text)
    },
    action: async (input) => {
      asked.actions.push(input)
      return script.answers(input.action)
    },
    form: async (input) => {
      asked.forms.push(input)
      return script.forms(input.action)
    },
    complete: async () => [],
    home: async (asker) => {
      asked.homes.push(asker)
      return script.pages()
    },
  }
  return script
}

export function answer(title: string, more: Partial<AnswerView> = {}): AnswerView {
  return { kind: 'answer', tone: 'good', title, text: `${title}.`, fields: [], actions: [], ...more }
}

export function refusal(message: string, code = 'badInput'): View {
  return { kind: 'error', code, message, suggestion: null, example: null }
}

export function card(id: string, revision: number, view: View): Card {
  return { id, revision, at: Date.now(), view }
}

/** A chat of ours at a stand-in, with everything it wrote into the log. */
export interface Rig {
  readonly chat: Chat
  readonly script: Script
  /** Every line logged. */
  readonly logged: string[]
  /** Where the doors are, when a server was asked for. */
  readonly url: string
  shownCard(channel: string, id: string): Promise<ShownCard | null>
  stop(): Promise<void>
}

export interface RigWish {
  readonly slack: FakeSlack
  readonly redis: Redis
  readonly settings?: Partial<SlackSettings>
  /** PNGs by chart id; a tiny one for every id unless told. */
  readonly png?: (id: string) => Promise<Uint8Array | null>
  readonly now?: () => number
  readonly start?: boolean
}

export const SECRET = 'a secret of sixteen'

/** Brings a chat up: in the stand-in's first workspace, through the socket, unless settings say otherwise. */
export async function startRig(wish: RigWish): Promise<Rig> {
  const { slack, redis } = wish
  const logged: string[] = []
  const log: Logger = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) })
  let listener: RequestListener = (_request, response) => response.writeHead(404).end()
  const server: Server = createServer((request, response) => listener(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const shown = createShown<ShownCard>(redis, 'slack')
  const script = createScript()
  const chat = await createSlackChat({
    settings: {
      apiUrl: slack.apiUrl,
      botToken: null,
      appToken: slack.appToken,
      signingSecret: null,
      clientId: null,
      clientSecret: null,
      partners: 'none',
      ...(wish.settings?.clientId == null && wish.settings?.botToken === undefined
        ? { botToken: slack.install(HOME_TEAM).text }
        : {}),
      ...wish.settings,
    },
    charts: { png: wish.png ?? (async () => DOT) },
    shown,
    home: createHome(redis, 'slack'),
    seenEvents: createSeenEvents(redis, 'slack'),
    vault: createVault(redis, SECRET),
    chatRoutes: { open: (_name, given) => void (listener = given) },
    manners: mannersOf,
    moved: createMoves(redis, 'slack'),
    publicUrl: url,
    now: wish.now ?? Date.now,
    log,
  })
  const stop = async (): Promise<void> => {
    await chat.stop()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  if (wish.start !== false) {
    await chat.start(script).catch(async (error: unknown) => {
      await stop()
      throw error
    })
  }
  return { chat, script, logged, url, shownCard: (channel, id) => shown.get(channel, id), stop }
}

const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==',
  'base64',
)

/** All words of a message, its fallback among them. */
export function said(message: ShownMessage | ShownToOne | undefined): string {
  return message === undefined ? '' : `${message.text}\n${wordsOf(message.blocks)}`
}
