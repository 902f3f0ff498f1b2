import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConsoleClient } from '../cli/console-client.ts'
import { SpinupError } from '../core/model/error.ts'
import type { Card, EpisodeView, View } from '../core/model/view.ts'
import type { DemoBot } from './bot.ts'
import type { DemoChats } from './chats.ts'
import { connect, type } from './connect.ts'
import { stretchOf, type Figures } from './figures.ts'
import { createTraffic } from './traffic/traffic.ts'
import type { Second } from './traffic/tally.ts'
import { watch, type Watch } from './watch.ts'

const QUIET_MS = 12_000
const CALM_LOAD = 0.5
const PATIENCE_MS = 20_000
const SHAPE = { quietRps: 6, peak: 8, riseMs: 1000, holdMs: 45_000, decayMs: 6000 }
/** The team's policy for the demo: the defaults are for days, this story is for two minutes. */
export const POLICY =
  'policy target=70% max=6 window=2s scale-in-window=10s scale-in-cooldown=2s slow-minute=0.1 step-in=2 stale-after=15s'

export interface Story {
  readonly bot: DemoBot
  readonly client: ConsoleClient
  /** Called with what happens, a line each. */
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/** Plays it from a fresh bot to the last clone gone, typing what a person would; gives the figures. */
export async function playStory({ bot, client, say, signal }: Story): Promise<Figures> {
  const seen = watch(client)
  const seconds: Second[] = []
  const traffic: { run: ReturnType<typeof createTraffic> | null } = { run: null }
  try {
    await connect(bot, client, seen, say)
    await inChats(bot, 'notify all', say)
    await type(client, 'pause warming up', say)
    await type(client, POLICY, say)

    say('A quiet day: a few readers a second.')
    const { quietRps, peak, riseMs, holdMs, decayMs } = SHAPE
    const run = createTraffic({
      url: bot.balancerUrl,
      shape: { kind: 'hackerNews', quietRps, peak, quietForMs: null, riseMs, holdMs, decayMs, afterMs: null },
      onSecond: (second) => seconds.push(second),
    })
    traffic.run = run
    // A site that has just started is slow, and would be taken for a busy one.
    await seen.untilPool('the site to have warmed up', (pool) => pool.load !== null && pool.load < CALM_LOAD, 120_000)
    await type(client, 'resume', say)
    const calmFrom = Date.now()
    await until(() => Date.now() - calmFrom >= QUIET_MS, 60_000, 'the quiet seconds', signal)
    const quiet = stretchOf(between(seconds, calmFrom, Infinity))

    say('Somebody posts the link: the front page of Hacker News.')
    const jumpAt = Date.now()
    run.surge()
    const first = await seen.until('the decision to scale out', isOut(jumpAt), 30_000)
    say(`${since(jumpAt, first.startedAt)} s later: ${first.reason} ${first.from} → ${first.to}.`)
    const served = await seen.until('the first clone in service', servedBy(first.startedAt), 60_000)
    const inServiceAt = firstServedAt(served)
    say(`${since(first.startedAt, inServiceAt)} s later the first clone serves.`)
    const overload = stretchOf(between(seconds, jumpAt + 1000, inServiceAt))

    const recoveredAt = await recovered(seen, seconds, quiet.p95Ms, signal)
    say('Recovered: everybody is served quickly again.')
    await type(client, 'status', say)
    await type(client, 'stats cpu last 5m', say)
    await type(client, 'why', say)
    for (const line of ['status', 'stats cpu last 5m', 'why']) await inChats(bot, line, say)
    await until(() => between(seconds, recoveredAt, Date.now()).length >= 8, 60_000, 'a calm stretch', signal)
    const calm = stretchOf(between(seconds, recoveredAt, Date.now()))

    say('Readers move on; the clones are drained and deleted.')
    await seen.untilPool('the last clone gone', (pool) => pool.clones === 0, 300_000)
    const clonesEnd = seen.pool().clones
    await until(() => seconds.at(-1)!.at > Date.now() - 1500, 5000, 'the last second', signal)
    const failedRequests = between(seconds, recoveredAt, Infinity).reduce((sum, second) => sum + second.failed, 0)
    await type(client, 'history', say)
    await seen.until('the history', (view): view is View => view.kind === 'history', 10_000)
    return {
      quiet,
      overload,
      recovered: calm,
      failedRequests,
      decisionMs: first.startedAt - jumpAt,
      inServiceMs: inServiceAt - first.startedAt,
      clonesPeak: seen.clonesPeak(),
      clonesEnd,
      views: seen.kinds(),
      charts: await saveCharts(client, seen.cards(), join(bot.dataDir, 'charts')),
      api: await bot.cloud.tally(),
      ...(bot.chats === null ? {} : { chats: await settled(bot.chats) }),
    }
  } finally {
    seen.stop()
    await traffic.run?.stop().catch(() => null)
  }
}

/** Types a line in every chat that is attached. */
async function inChats({ chats }: DemoBot, line: string, say: (line: string) => void): Promise<void> {
  for (const chat of chats?.names ?? []) {
    say(`> /spinup ${line} (in ${chat})`)
    await chats?.type(chat, line)
  }
}

/** What the chats received, once each shows how the last scale event ended. */
async function settled(chats: DemoChats): Promise<NonNullable<Figures['chats']>> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const received = await chats.received()
    const allShown = Object.values(received).every(({ lastEpisode }) => /scaled|failed/i.test(lastEpisode ?? ''))
    if (allShown || Date.now() > deadline) return received
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

function isOut(after: number): (view: View) => view is EpisodeView {
  return (view): view is EpisodeView => view.kind === 'episode' && view.direction === 'out' && view.startedAt >= after
}

function servedBy(startedAt: number): (view: View) => view is EpisodeView {
  return (view): view is EpisodeView =>
    view.kind === 'episode' && view.startedAt === startedAt && view.members.some((member) => member.state === 'done')
}

function firstServedAt(view: EpisodeView): number {
  const took = view.members.map((member) => member.tookMs).filter((ms) => ms !== null)
  return view.startedAt + Math.min(...took)
}

/** The end of the first three seconds in a row that are near the quiet days' speed, with no clone on its way. */
async function recovered(
  seen: Watch,
  seconds: readonly Second[],
  quietP95: number,
  signal: AbortSignal,
): Promise<number> {
  const well = (second: Second): boolean =>
    second.p95Ms !== null && second.p95Ms <= quietP95 * 2.5 && second.failed === 0
  // As many as the crowd needs: two of them, or more.
  await seen.untilPool('two clones in service', (pool) => pool.clonesInService >= 2, 60_000)
  // On a machine too busy to get there the figures say so; that is no reason to end the story.
  const deadline = Date.now() + PATIENCE_MS
  const done = (): boolean => Date.now() > deadline || (seconds.length > 3 && seconds.slice(-3).every(well))
  await until(done, PATIENCE_MS * 2, 'the pool to recover', signal)
  return seconds.at(-1)!.at
}

function between(seconds: readonly Second[], from: number, to: number): readonly Second[] {
  return seconds.filter((second) => second.at > from && second.at <= to)
}

async function until(condition: () => boolean, timeoutMs: number, what: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!condition()) {
    signal.throwIfAborted()
    if (Date.now() > deadline) throw new SpinupError('timeout', `The demo waited ${timeoutMs / 1000} s for ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function since(from: number, to: number): string {
  return ((to - from) / 1000).toFixed(1)
}

/** Every chart the channel shows, dark and light, as PNG files; gives their paths. */
async function saveCharts(client: ConsoleClient, cards: readonly Card[], folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true })
  const ids = new Set(
    cards.map(({ view }) => ('chart' in view ? (view.chart?.id ?? null) : null)).filter((id) => id !== null),
  )
  const files: string[] = []
  for (const id of ids) {
    for (const theme of ['dark', 'light'] as const) {
      const png = await client.chart(id, theme)
      if (png === null) continue
      const file = join(folder, `${id}.${theme}.png`)
      await writeFile(file, png)
      files.push(file)
    }
  }
  return files
}
