import { setTimeout as pause } from 'node:timers/promises'
import { seeded } from '../store/example-state.ts'
import { until } from '../wait.ts'
import { percentile, startAsking } from './asking.ts'
import { watchMachine } from './machine.ts'
import { stormNotices } from './notices.ts'
import { isStorm, openStormStage, type StormStage } from './stage.ts'
import { startTrouble } from './trouble.ts'
import { argumentsOf } from '../../src/cli/run-command.ts'

const HELP = `A thousand notices through a real bot to Slack and Discord, which stand in at the pace of
the real ones, ask for patience, lose answers and are down now and then; commands are typed meanwhile, and the bot is
killed once when most has been told. The last line has the figures; exit status 1 when one of them is not as promised.

  npm run test:storm [-- NOTICES]`

const NOTICES = Number(argumentsOf({ help: HELP, words: true }).positionals[0] ?? 1000)
const CHANNELS_EACH = 24
const SPAN_MS = 30_000
/** From the last thing told until everything has to be there. */
const DRAIN_MS = 240_000
const ACK_MS = 500
/** So much slower the storm itself makes everybody, on a small machine. */
const OWN_SLOWDOWN = 2

const startedAt = performance.now()
const say = (line: string): void => {
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`)
}
const stage = await openStormStage(CHANNELS_EACH)
try {
  await storm(stage)
} finally {
  await stage.stop()
}

async function storm({ channels, notices, outbox, slack, discord }: StormStage): Promise<void> {
  const random = seeded(5)
  const told = stormNotices(NOTICES, SPAN_MS, Date.now(), random)
  const homeOf = (index: number) => channels[index % channels.length]!
  say(`${NOTICES} notices for ${channels.length} channels of Slack and Discord`)
  const trouble = startTrouble(stage, random)
  const machine = watchMachine()
  const asking = startAsking(stage)
  const begunAt = performance.now()
  const states = told
    .flatMap(({ cardId, states: all }, index) => all.map((state) => ({ cardId, index, ...state })))
    .toSorted((a, b) => a.atMs - b.atMs)
  for (const { cardId, index, atMs, view } of states) {
    await pause(Math.max(0, begunAt + atMs - performance.now()))
    // Again where Redis is too slow on a busy machine, as the engine would.
    await until(() => notices.tell(homeOf(index).poolId, cardId, view, Date.now()).then(() => true), {
      what: `${cardId} to be told`,
    })
  }
  say(`all ${states.length} states are told; ${await waitingFor()} channels are behind`)
  const acked = await asking.stop()
  // In the thick of it: what is being sent, and what waits.
  await stage.bot.kill()
  await stage.start()
  say('the bot was killed, and is back')
  const more = startAsking(stage)
  await pause(SPAN_MS / 6)
  trouble.stop()
  await until(async () => (await waitingFor()) === 0, { timeoutMs: DRAIN_MS, what: 'every channel to catch up' })
  say('every channel has caught up')
  const acks = [...acked, ...(await more.stop())]

  const shown = channels.map((channel) => stage.messages(channel))
  const count = (index: number, mark: string): number =>
    shown[index % channels.length]!.filter((text) => text.includes(mark)).length
  const lost = told.filter(({ lastMark }, index) => count(index, lastMark) === 0)
  const counts = told.map(({ mark }, index) => count(index, mark))
  const most = counts.reduce((left, right) => Math.max(left, right), 0)
  const limited = [...slack.calls].filter(({ ok, method }) => !ok && method.startsWith('chat.')).length
  say(`trouble made: ${trouble.count}; Slack refused ${limited} calls, Discord ${discord.refused()}`)
  for (const { cardId } of lost.slice(0, 10)) say(`lost: ${cardId}`)
  for (const [index, found] of counts.entries()) if (found > 1) say(`${found} messages: ${told[index]?.cardId}`)
  for (const violation of [...slack.violations, ...discord.violations()].slice(0, 10))
    say(`refused by its rules: ${violation}`)
  const p99 = percentile(acks, 0.99)
  say(
    `${acks.length} commands acknowledged: p50 ${percentile(acks, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, most ${percentile(acks, 1).toFixed(0)} ms`,
  )
  const slowdown = await machine.slowdown()
  say(`another process that wants little of a CPU went ${slowdown.toFixed(1)} times slower than alone (p90)`)
  // What else the machine does is not the bot's.
  const slow = p99 > ACK_MS * Math.max(1, slowdown / OWN_SLOWDOWN)
  const broken = slack.violations.length + discord.violations().length
  if (lost.length > 0 || most > 1 || slow || broken > 0) process.exitCode = 1
  console.log(
    `storm: ${NOTICES} notices, final states lost: ${lost.length}, most messages per episode: ${most}, ack p99: ${p99.toFixed(0)} ms`,
  )

  async function waitingFor(): Promise<number> {
    return (await outbox.waiting()).filter((destination) => isStorm(stage, destination)).length
  }
}
