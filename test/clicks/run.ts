import { setTimeout as pause } from 'node:timers/promises'
import { settledAt } from '../scenarios/story.ts'
import { until } from '../wait.ts'
import { pressTogether, pressTooLate, toldOf } from './press.ts'
import { openClickStage, wantMore, type ClickStage, type Question } from './stage.ts'
import { argumentsOf } from '../../src/cli/run-command.ts'

const HELP = `A hundred people say yes at once, half of them on Slack and half on Discord, through the
real SDKs and a real bot; then questions are decided and expire while the bot is killed. The last line has the figures;
exit status 1 when one of them is not as promised.

  npm run test:clicks`

const EACH = 50
/** Every copy shows the outcome so soon after the bot is there to show it. */
const FRESH_MS = 5000
const EXPIRED = /expired/i
const SETTINGS = 'approval=10m on-expiry-out=hold'

argumentsOf({ help: HELP })
const startedAt = performance.now()
const say = (line: string): void => {
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`)
}
const stage = await openClickStage(EACH)
try {
  await clicks(stage)
} finally {
  await stage.stop()
}

async function clicks({ slack, discord, site, bot }: ClickStage): Promise<void> {
  say('a bot with a pool, and a channel of Slack and one of Discord')
  await wantMore(stage, 2, SETTINGS)
  const first = await stage.asked()
  say(`asked: ${first.view.from} → ${first.view.to}; ${2 * EACH} people press “Scale to ${first.view.to}”`)
  const clickers = await pressTogether(stage, first, EACH)
  const pressed = clickers.reduce((sum, one) => sum + one.presses(), 0)
  const decided = (await stage.state()).approvals.find(({ id }) => id === first.id)
  const winner = decided?.by?.name ?? 'nobody'
  say(`${pressed} presses; ${winner} was first`)
  const others = clickers.filter(({ names }) => !names.includes(winner))
  const told = await toldOf(others, new RegExp(`${winner} was first`), 2 * EACH - 1)
  for (const one of others.filter((known) => !told.includes(known)).slice(0, 5)) {
    say(`not told: ${one.name} of ${one.platform}: ${one.heard().join(' | ') || 'nothing'}`)
  }
  await settledAt(bot(), first.view.to)
  const made = site.cloud.state.dropletsTagged('spinup').length
  const events = (await stage.state()).episodes.filter(({ startedAt }) => startedAt >= (decided?.openedAt ?? 0))
  const begun = events.length
  say(`${begun} scale events begun, ${made} droplets made`)
  for (const { from, to, rule, reason } of events) say(`${from} → ${to} by ${rule}: ${reason}`)
  const executions = made === first.view.to - first.view.from ? begun : made
  let stale = await staleSoon(first, 'decided')

  // Decided, and the bot is killed as the yes arrives: before, while or after it is kept.
  for (const [round, afterMs] of [20, 60, 200].entries()) {
    await wantMore(stage, 3 + round, SETTINGS)
    const question = await stage.asked()
    await pressTogether(stage, question, 1, async () => {
      await pause(afterMs)
      await stage.bot().kill()
      const up = await stage.start()
      say(`killed ${afterMs} ms after the first press; up again after ${(up / 1000).toFixed(1)} s`)
    })
    await until(async () => (await stateOf(question)) !== 'open', { what: 'the decision', timeoutMs: 60_000 })
    stale += await staleSoon(question, 'decided, with a kill in between')
    await settledAt(stage.bot(), question.view.to)
  }

  // Nobody answers, it is reminded of, and the bot is away when the time is over.
  await wantMore(stage, 6, 'approval=20s on-expiry-out=hold')
  const forgotten = await stage.asked()
  await until(() => stage.open(forgotten.id).length >= 4, { what: 'the reminder on both', timeoutMs: 60_000 })
  await pause(Math.max(0, forgotten.view.deadlineAt - Date.now() - 500))
  await stage.bot().kill()
  await pause(Math.max(0, forgotten.view.deadlineAt - Date.now() + 1000))
  await stage.start()
  say('expired while the bot was dead')
  stale += await staleSoon(forgotten, 'expired, with a kill in between')
  const late = await pressTooLate(stage, forgotten, EXPIRED)
  const ignored = late.filter((heard) => !heard.some((text) => EXPIRED.test(text)))
  say(`${late.length - ignored.length} of ${late.length} presses on old buttons are told so`)
  for (const heard of ignored) say(`ignored: ${heard.join(' | ') || 'nothing'}`)

  const broken = [...slack.violations, ...discord.violations()]
  for (const violation of broken.slice(0, 10)) say(`refused by its rules: ${violation}`)
  if (executions !== 1 || told.length !== 2 * EACH - 1 || stale > 0 || ignored.length > 0 || broken.length > 0)
    process.exitCode = 1
  console.log(`executions: ${executions}, told: ${told.length}, stale after 5 s: ${stale}`)
}

/** How many messages still ask, five seconds after the bot knows better. */
async function staleSoon(question: Question, how: string): Promise<number> {
  const from = performance.now()
  await until(() => stage.open(question.id).length === 0, { what: 'fresh cards', timeoutMs: FRESH_MS }).catch(
    () => null,
  )
  const left = stage.open(question.id)
  say(`${how}: every copy is fresh after ${((performance.now() - from) / 1000).toFixed(1)} s`)
  for (const copy of left) say(`stale: ${copy}`)
  return left.length
}

async function stateOf({ id }: Question): Promise<string> {
  return (await stage.state()).approvals.find((one) => one.id === id)?.state ?? 'gone'
}
