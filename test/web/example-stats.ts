import { setTimeout } from 'node:timers/promises'
import type { View } from '../../src/core/model/view.ts'
import type { Stats } from '../../src/core/model/sample.ts'
import { CONSOLE_CHANNEL, createConsoleChat, type ConsoleChat } from '../../src/chat/console/chat.ts'
import { createHandlers } from '../../src/commands/dispatch/handlers.ts'
import { createCommandService } from '../../src/command-service.ts'
import { createConsoleLog } from '../../src/store/console-log.ts'
import { createConsolePeople } from '../../src/store/console-people.ts'
import { createSeriesStore } from '../../src/store/series/series-store.ts'
import { episodePage } from '../../src/engine/reports/episode-page.ts'
import { exampleEpisode } from '../store/example-state.ts'
import { quiet } from '../redis.ts'
import { startRig, type Rig } from '../engine/rig.ts'
import { apiOver } from './api/options.ts'
import { serve, type Served } from './serve.ts'
import type { PageOptions } from '../../src/web/server.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

/** The stats page on the engine of a test, whose clock stands still, with a day or more that was reported. */
export interface ExampleStats {
  readonly rig: Rig
  readonly web: Served
  readonly chat: ConsoleChat
  /** What was posted into the pool's channels, oldest first. */
  readonly posted: readonly View[]
  /** Every member reports once more, `ms` later. */
  report(ms: number): Promise<void>
  stop(): Promise<void>
}

export interface ExampleWish {
  readonly hours: number
  readonly members: number
  readonly stats: number
  readonly everyMs: number
}

const NAMES = ['cpu', 'memory', 'queue', 'checkout.ms', 'orders', 'psi', 'sessions', 'cache.hits'] as const
/** A crowd comes so long before the end, and stays for half an hour. */
export const EPISODE_BEFORE_MS = 3 * HOUR

export async function startExampleStats(wish: ExampleWish, options: Partial<PageOptions> = {}): Promise<ExampleStats> {
  const rig = await startRig()
  await rig.reset({ timeZone: 'Europe/Berlin', max: 10 })
  await rig.grow(wish.members - 1)
  const now = rig.now()
  await rig.change({
    pool: { ...(await rig.state()).pool, createdAt: now - 30 * 24 * HOUR },
    episodes: { put: episodesUntil(now) },
  })
  await rig.ask({ kind: 'pin', count: wish.members, forMs: HOUR, reason: 'sale' })
  const ids = (await rig.state()).members.map(({ id }) => id)
  const series = createSeriesStore(rig.redis, { now: rig.now })
  const samplesAt = (at: number): Parameters<typeof series.append>[0] =>
    ids.map((memberId, index) => ({
      poolId: 'web',
      periodMs: wish.everyMs,
      sample: { memberId, at, stats: statsAt(at - now, index, wish.stats) },
    }))
  for (let from = now - wish.hours * HOUR; from < now; from += 20 * MINUTE) {
    const batch = []
    for (let at = from + wish.everyMs; at <= Math.min(now, from + 20 * MINUTE); at += wish.everyMs)
      batch.push(...samplesAt(at))
    await series.append(batch)
  }
  const chat = createConsoleChat({ log: createConsoleLog(rig.redis, { pollMs: 200 }) })
  await chat.start(createHandlers(createCommandService(rig.services, { asked: async () => undefined })))
  const web = await serve({
    host: '127.0.0.1',
    port: 0,
    console: chat,
    live: async () => [],
    liveMs: 200,
    charts: { png: async () => null },
    episode: (id) => episodePage(rig.services, null, id),
    api: apiOver(rig),
    log: quiet,
    people: createConsolePeople(rig.redis),
    secret: 'a secret of the test',
    ...options,
  })
  const posted: View[] = []
  const ended = new AbortController()
  const deliver = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const sent = await rig.services.outbox.deliver('console:main', async (card) => {
        posted.push(card.view)
        await chat.show(CONSOLE_CHANNEL, card)
      })
      if (sent === 0) await setTimeout(50)
    }
  }
  const delivery = deliver()
  return {
    rig,
    web,
    chat,
    posted,
    report: async (ms) => {
      rig.pass(ms)
      await series.append(samplesAt(rig.now()))
    },
    stop: async () => {
      ended.abort()
      await delivery
      await web.close()
      await chat.stop()
      await rig.stop()
    },
  }
}

function episodesUntil(now: number): ReturnType<typeof exampleEpisode>[] {
  const at = now - EPISODE_BEFORE_MS
  return [
    exampleEpisode('e1', { startedAt: at + 3 * MINUTE, endedAt: at + 4 * MINUTE, from: 2, to: 4 }),
    exampleEpisode('e2', { startedAt: at + 50 * MINUTE, endedAt: at + 51 * MINUTE, direction: 'in', from: 4, to: 2 }),
  ]
}

/** A day's swing with a crowd in it; `ms` is before (less than 0) or after the end. */
function statsAt(ms: number, member: number, count: number): Stats {
  const minutes = ms / MINUTE
  const since = (ms + EPISODE_BEFORE_MS) / MINUTE
  const crowd = since < 0 || since > 45 ? 0 : Math.min(1, since / 4) * Math.min(1, (45 - since) / 10)
  const noise = (phase: number): number =>
    Math.sin(minutes * 1.7 + member * 2 + phase) * 0.5 + Math.sin(minutes * 0.37 + member + phase) * 0.5
  const day = 0.5 + 0.5 * Math.sin(((minutes / 1440) * 2 - 0.5) * Math.PI)
  const cpu = Math.min(0.99, 0.12 + 0.22 * day + 0.5 * crowd + 0.02 * member + 0.035 * noise(0))
  const all: Readonly<Record<(typeof NAMES)[number], number>> = {
    cpu,
    memory: 0.42 + 0.12 * crowd + 0.01 * member + 0.01 * noise(1),
    queue: Math.max(0, Math.round(2 + 3 * noise(2) + 60 * crowd)),
    'checkout.ms': 80 + 30 * day + 420 * crowd + 12 * noise(3),
    orders: Math.max(0, 40 * day + 90 * crowd + 8 * noise(4)),
    psi: Math.max(0, 0.02 + 0.4 * crowd + 0.02 * noise(5)),
    sessions: 1200 * day + 2600 * crowd + 60 * noise(6),
    'cache.hits': 12_000 + 9000 * day - 4000 * crowd + 500 * noise(7),
  }
  return Object.fromEntries(NAMES.slice(0, count).map((name) => [name, all[name]]))
}
