import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../wait.ts'
import { CHANNEL, keepSeeing, type ClickStage, type Question } from './stage.ts'

/** Somebody who pressed yes, and what they were told. */
export interface Clicker {
  readonly name: string
  /** What they may be called: Slack is asked for people's full names, and may be slow to answer. */
  readonly names: readonly string[]
  readonly platform: 'slack' | 'discord'
  /** Presses until one was acknowledged. */
  readonly presses: () => number
  /** What this person alone was told so far. */
  readonly heard: () => readonly string[]
}

/** A bot that was killed is there again by then, and a hundred were heard, also on a slow machine. */
const LONGEST_MS = 240_000

/**
 * `each` people on Slack and as many on Discord press yes at once, as they saw it. Who is not acknowledged presses
 * again; every fifth presses twice anyway. Resolves when all were acknowledged, with `during` beside them.
 */
export async function pressTogether(
  { slack, discord }: ClickStage,
  question: Question,
  each: number,
  during: () => Promise<void> = async () => undefined,
): Promise<readonly Clicker[]> {
  const release = keepSeeing(question.slack)
  const clickers: Clicker[] = []
  const working: Promise<void>[] = []
  for (let index = 0; index < each; index++) {
    let presses = 0
    const person = slack.workspace().person(`slack${index}`)
    const onSlack = async (): Promise<void> =>
      retried(async () => {
        presses++
        return (
          await slack.people.press(question.slack, `Scale to ${question.view.to}`, {
            user: person.name,
            channel: CHANNEL,
          })
        ).acked
      })
    clickers.push({
      name: person.realName,
      names: [person.realName, person.name],
      platform: 'slack',
      presses: () => presses,
      heard: () => slack.channel(CHANNEL).ephemerals.flatMap(({ to, text }) => (to === person.id ? [text] : [])),
    })
    working.push(onSlack())
    if (index % 5 === 0) working.push(onSlack())

    const answers: string[] = []
    let tries = 0
    const name = `Discord ${index}`
    const onDiscord = async (): Promise<void> =>
      retried(async () => {
        tries++
        const asked = await discord.pressId(question.discord, question.customId, name)
        answers.push(...asked.replies.map(({ text }) => text))
        // A bot that died meanwhile says so after its restart, and asks for another try.
        return !asked.failed && !asked.replies.some(({ text }) => /restarted.*try again/i.test(text))
      })
    clickers.push({ name, names: [name], platform: 'discord', presses: () => tries, heard: () => answers })
    working.push(onDiscord())
    if (index % 5 === 0) working.push(onDiscord())
  }
  try {
    await Promise.all([...working, during()])
  } finally {
    release()
  }
  return clickers
}

async function retried(press: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LONGEST_MS
  while (performance.now() < deadline) {
    if (await press().catch(() => false)) return
    await pause(250)
  }
  throw new Error('a click was never acknowledged')
}

/**
 * What people are told who press and deny on what they still see of a question that is over, one list for each press.
 * `said`: what is waited for.
 */
export async function pressTooLate(
  { slack, discord }: ClickStage,
  question: Question,
  said: RegExp,
): Promise<readonly (readonly string[])[]> {
  const person = slack.workspace().person('slack1')
  const told: (readonly string[])[] = []
  for (const label of [`Scale to ${question.view.to}`, `Keep ${question.view.from}`]) {
    const before = slack.channel(CHANNEL).ephemerals.length
    const release = keepSeeing(question.slack, question.blocks)
    // A bot that has just come up may still be busy, and whoever sees that it was not heard presses again.
    await retried(
      async () => (await slack.people.press(question.slack, label, { user: person.name, channel: CHANNEL })).acked,
    )
    release()
    // A form that was opened before the bot knew better says so in itself.
    const heard = (): readonly string[] => [
      ...slack
        .channel(CHANNEL)
        .ephemerals.slice(before)
        .flatMap(({ to, text }) => (to === person.id ? [text] : [])),
      ...slack.modals().flatMap(({ user, view }) => (user === person.id ? [JSON.stringify(view)] : [])),
    ]
    await until(() => heard().some((text) => said.test(text)), { what: 'Slack to tell', timeoutMs: 30_000 }).catch(
      () => undefined,
    )
    told.push(heard())
  }
  for (const customId of [question.customId, question.customId.replace('approve:', 'ask:deny:')]) {
    await retried(async () => {
      const asked = await discord.pressId(question.discord, customId, 'Somebody late')
      if (!asked.failed) told.push(asked.replies.map(({ text }) => text))
      return !asked.failed
    })
  }
  return told
}

/** Those who were told who won, once all who can be were; Slack tells after it has acknowledged. */
export async function toldOf(
  clickers: readonly Clicker[],
  winner: RegExp,
  wanted: number,
): Promise<readonly Clicker[]> {
  const told = (): readonly Clicker[] => clickers.filter((one) => one.heard().some((text) => winner.test(text)))
  await until(() => told().length >= wanted, { what: `${wanted} to be told`, timeoutMs: 60_000 }).catch(() => undefined)
  return told()
}
