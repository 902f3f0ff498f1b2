import { join } from 'node:path'
import { z } from 'zod'
import { SpinupError } from '../core/model/error.ts'
import { startStandIn } from './stand-in.ts'
import { file } from '../places.ts'

/** Stand-ins for chat platforms, attached to the demo's bot beside the web page. */
const DEMO_CHATS = ['slack-fake', 'discord-fake'] as const
export type DemoChat = (typeof DEMO_CHATS)[number]

/** What a chat's channel received from the bot during the story. */
const receivedSchema = z.object({
  /** Messages in the channel itself. */
  messages: z.number(),
  edits: z.number(),
  /** Replies in threads. */
  inThreads: z.number(),
  /** Seen by one person alone. */
  ephemerals: z.number(),
  pictures: z.number(),
  /** Cards of scale events, and messages in the channel that they took. */
  episodes: z.number(),
  /** The newest state of the last scale event's card, its first line. */
  lastEpisode: z.string().nullable(),
  /** What the platform would not have taken; empty when all is well. */
  violations: z.array(z.string()),
})
export type Received = Readonly<z.infer<typeof receivedSchema>>

export interface DemoChats {
  readonly names: readonly DemoChat[]
  readonly env: Readonly<Record<string, string>>
  /** Types `/spinup LINE` in a chat's channel. */
  type(chat: DemoChat, line: string): Promise<void>
  received(): Promise<Readonly<Record<string, Received>>>
  stop(): Promise<void>
}

const readySchema = z.object({ env: z.record(z.string(), z.string()) })

/** Starts the stand-ins, all in one process. */
export async function startDemoChats(dataDir: string, names: readonly DemoChat[]): Promise<DemoChats> {
  const standIn = await startStandIn({
    script: file('test/fakes/chats/main.ts'),
    what: names.join(' and '),
    order: { names },
    ready: readySchema,
    logFile: join(dataDir, 'chats.log'),
  })
  return {
    names,
    env: standIn.ready.env,
    type: async (chat, line) => void (await standIn.ask({ type: line, chat })),
    received: async () => z.record(z.string(), receivedSchema).parse(await standIn.ask({ received: true })),
    stop: standIn.stop,
  }
}

/** Reads `slack-fake,discord-fake`; throws `configuration` for any other. */
export function readChats(text: string | undefined): readonly DemoChat[] {
  const names = text?.split(',').filter((name) => name !== '') ?? []
  return names.map((name) => {
    const known = DEMO_CHATS.find((one) => one === name)
    if (known !== undefined) return known
    throw new SpinupError(
      'configuration',
      `--chat ${text}: it takes ${DEMO_CHATS.join(', ')}, or both with a comma between`,
    )
  })
}

/** Types a line in every chat that is attached. */
export async function typeInChats(chats: DemoChats | null, line: string, say: (line: string) => void): Promise<void> {
  for (const chat of chats?.names ?? []) {
    say(`> /spinup ${line} (in ${chat})`)
    await chats?.type(chat, line)
  }
}

/** What the chats received, once each shows how the last scale event ended. */
export async function settled(chats: DemoChats): Promise<Readonly<Record<string, Received>>> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const received = await chats.received()
    const allShown = Object.values(received).every(({ lastEpisode }) => /scaled|failed/i.test(lastEpisode ?? ''))
    if (allShown || Date.now() > deadline) return received
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
