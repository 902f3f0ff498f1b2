import { serveOrders } from '../../../src/demo/orders.ts'
import { startDiscord, type FakeDiscord } from '../discord/discord.ts'
import { startSlack, type FakeSlack } from '../slack/slack.ts'

/**
 * Slack and Discord as a process, for the demo: `node main.ts '{"names": ["slack-fake"]}'` with an IPC channel. It tells
 * what the bot is to be started with, then types what it is told to, and ends when whoever started it is gone.
 */
type Order = { readonly type: string; readonly chat: string } | { readonly received: true }

/** What a channel of a chat received from the bot. */
interface Received {
  readonly messages: number
  readonly edits: number
  readonly inThreads: number
  readonly ephemerals: number
  readonly pictures: number
  readonly episodes: number
  readonly lastEpisode: string | null
  readonly violations: readonly string[]
}

interface Chat {
  readonly env: Readonly<Record<string, string>>
  type(line: string): Promise<unknown>
  received(): Received
  stop(): Promise<void>
}

const CHANNEL = 'ops'

async function slack(): Promise<Chat> {
  const team = 'T0ACME0001'
  const fake: FakeSlack = await startSlack({ workspaces: [{ team, name: 'Acme', channels: [CHANNEL] }] })
  return {
    env: { SLACK_API_URL: fake.apiUrl, SLACK_APP_TOKEN: fake.appToken, SLACK_BOT_TOKEN: fake.install(team).text },
    type: (line) => fake.people.type(line, { channel: CHANNEL }),
    received: () => {
      const cards = fake.cards(CHANNEL)
      const replies = cards.flatMap((card) => card.replies)
      return {
        ...counted(cards),
        inThreads: replies.length,
        ephemerals: fake.channel(CHANNEL).ephemerals.length,
        pictures: fake.files.size,
        violations: fake.violations,
      }
    },
    stop: () => fake.close().catch(() => undefined),
  }
}

async function discord(): Promise<Chat> {
  const fake: FakeDiscord = await startDiscord({ guilds: [{ name: 'acme', channels: [CHANNEL] }] })
  return {
    env: { DISCORD_API_URL: fake.url, DISCORD_TOKEN: fake.token },
    type: (line) => {
      const [command, options] = optionsOf(line)
      return fake.type('acme', CHANNEL, 'ada', command, options)
    },
    received: () => {
      const { messages, ephemerals, threads } = fake.channel('acme', CHANNEL)
      const inThreads = threads.flatMap((thread) => thread.messages)
      return {
        ...counted(messages),
        inThreads: inThreads.length,
        ephemerals: ephemerals.length,
        pictures: [...messages, ...inThreads].reduce((sum, { attachments }) => sum + attachments.length, 0),
        violations: fake.violations(),
      }
    },
    stop: () => fake.stop(),
  }
}

/** The demo's few lines as Discord's commands take them. */
function optionsOf(line: string): readonly [string, Readonly<Record<string, string>>] {
  const [command = '', first, last, range] = line.split(' ')
  if (command === 'stats' && first !== undefined)
    return [command, { stat: first, ...(last === 'last' && range !== undefined ? { last: range } : {}) }]
  if (command === 'notify' && first !== undefined) return [command, { choice: first }]
  return [command, {}]
}

const EPISODE = /scal(?:ed|ing) (?:out|in)/i

function counted(
  messages: readonly { readonly text: string; readonly edits: number }[],
): Pick<Received, 'messages' | 'edits' | 'episodes' | 'lastEpisode'> {
  const first = (text: string): string => text.split('\n')[0] ?? ''
  const episodes = messages.filter(({ text }) => EPISODE.test(first(text)))
  const last = episodes.at(-1)
  return {
    messages: messages.length,
    edits: messages.reduce((sum, { edits }) => sum + edits, 0),
    episodes: episodes.length,
    lastEpisode: last === undefined ? null : first(last.text),
  }
}

const START: Readonly<Record<string, () => Promise<Chat>>> = { 'slack-fake': slack, 'discord-fake': discord }

const { names } = JSON.parse(process.argv[2] ?? '{"names":[]}') as { readonly names: readonly string[] }
const chats = new Map<string, Chat>()
for (const name of names) {
  const start = START[name]
  if (start === undefined) {
    process.stderr.write(`there is no chat called ${name}\n`)
    process.exit(1)
  }
  chats.set(name, await start())
}

await serveOrders<Order>({
  ready: { env: Object.assign({}, ...[...chats.values()].map((chat) => chat.env)) },
  stop: () => Promise.all([...chats.values()].map((chat) => chat.stop())),
  perform: async (order) => {
    if ('received' in order) return Object.fromEntries([...chats].map(([name, chat]) => [name, chat.received()]))
    const chat = chats.get(order.chat)
    if (chat === undefined) throw new Error(`there is no chat called ${order.chat}`)
    await chat.type(order.type)
    return null
  },
})
