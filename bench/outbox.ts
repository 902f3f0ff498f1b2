import type { Redis } from 'ioredis'
import type { ShownCard } from '../src/chat/chat.ts'
import type { View } from '../src/core/model/view.ts'
import { startDelivery } from '../src/notify/delivery/start.ts'
import { createOutbox, type Outbox } from '../src/store/outbox.ts'
import { createShown } from '../src/store/chat-places.ts'
import { exampleViews } from '../test/example-views.ts'
import { quiet, startTestRedis } from '../test/redis.ts'
import { until } from '../test/wait.ts'
import { line } from './measure.ts'

// How many cards a second go into the outbox and out of it, to one channel and to fifty side by side, without a platform's
// pace; beside a bare list in Redis that is pushed to and popped from, which keeps no order of urgency, coalesces nothing
// and loses what is being sent when a bot dies. `node bench/run.ts outbox [CARDS]` (5,000 unless given).
const CARDS = Number(process.argv[2] ?? 5000)
const CHANNELS = 50

const view = (index: number): View => ({ ...exampleViews(1_790_000_000_000).episode, reason: `card ${index}` })
const rate = (ms: number): readonly [string, string] => [
  `${Math.round(CARDS / (ms / 1000)).toLocaleString('en-US')} /s`,
  `${((ms / CARDS) * 1000).toFixed(0)} µs each`,
]

async function timed(label: string, work: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now()
  await work()
  line(label, ...rate(performance.now() - startedAt))
}

async function fill(outbox: Outbox, channels: number, revision: number): Promise<void> {
  for (let from = 0; from < CARDS; from += 100) {
    const some = Array.from({ length: Math.min(100, CARDS - from) }, (_, index) => from + index)
    await Promise.all(
      some.map((index) => outbox.put(`bench:${index % channels}`, `card-${index}`, view(index * 10 + revision), index)),
    )
  }
}

async function bare(redis: Redis): Promise<void> {
  const texts = Array.from({ length: CARDS }, (_, index) => JSON.stringify(view(index)))
  await timed('a bare list: in', async () => {
    for (const text of texts) await redis.rpush('bench:list', text)
  })
  await timed('a bare list: out', async () => {
    while ((await redis.lpop('bench:list')) !== null);
  })
}

const server = await startTestRedis()
try {
  const redis = await server.connect({ name: 'bench' })
  const outbox = createOutbox(redis)
  line(`${CARDS} cards`, 'cards', 'time')
  await bare(redis)
  await timed('the outbox: in', () => fill(outbox, 1, 1))
  await timed('the same cards changed, none sent yet', () => fill(outbox, 1, 2))
  await timed('the same cards, unchanged', () => fill(outbox, 1, 2))
  await timed('out to one channel, each in its last state', () => outbox.deliver('bench:0', async () => undefined))
  await server.flush()
  await fill(outbox, CHANNELS, 1)
  const shown = createShown<ShownCard>(redis, 'bench')
  await timed(`out to ${CHANNELS} channels by lanes, kept as shown`, async () => {
    const delivery = startDelivery({
      outbox,
      chats: [
        {
          platform: 'bench',
          start: async () => undefined,
          stop: async () => undefined,
          show: (channel, card) =>
            shown.set(channel, card.id, {
              state: 'shown',
              message: card.id,
              revision: card.revision,
              at: card.at,
              extra: {},
            }),
        },
      ],
      complaints: {
        cardRefused: async () => undefined,
        destinationRefused: async () => undefined,
        arrived: async () => undefined,
      },
      log: quiet,
    })
    await until(async () => (await outbox.waiting()).length === 0, { timeoutMs: 120_000 })
    await delivery.stop()
  })
} finally {
  await server.stop()
}
