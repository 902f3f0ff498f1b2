import { randomBytes } from 'node:crypto'
import { access, constants, copyFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ENV_FILE, readEnvFile } from '../config/env-file.ts'
import { readConfig } from '../config/read-config.ts'
import { variables } from '../config/variables.ts'
import { messageOf, SpinupError } from '../core/model/error.ts'
import type { CheckLine } from '../core/model/view.ts'
import { PUBLIC_ADDRESS } from '../engine/doctor/checks/address.ts'
import { examineAlone } from './doctor-alone.ts'
import { openQuestions, type Questions } from './questions.ts'
import { inItsWords, runCommand } from './run-command.ts'

const HELP = `Asks what Spinup needs to know, tries each answer, and writes it to .env in this folder, readable by you alone.

  npm run init

It asks where Spinup runs, which chat it talks to, for the tokens of that chat and of DigitalOcean, the address and the
console's password. Enter takes what is in brackets. A .env that is there already is kept as .env.old, and its values
are the ones in brackets. Nothing is written before the last answer; then: npm start`

type Answers = Record<string, string>

/** One question: the variables it fills, and what is wrong with an answer that cannot be tried. */
interface Question {
  readonly name: string
  readonly ask: string
  readonly secret?: boolean
  /** Taken on Enter where nothing was there before. */
  readonly usual?: () => string
}

const CHATS: Readonly<Record<string, readonly Question[]>> = {
  slack: [
    { name: 'SLACK_BOT_TOKEN', ask: 'Slack bot token, xoxb-… (docs/slack.md says where it is)', secret: true },
    { name: 'SLACK_APP_TOKEN', ask: 'Slack app token, xapp-…', secret: true },
  ],
  discord: [{ name: 'DISCORD_TOKEN', ask: 'Discord bot token (docs/discord.md says where it is)', secret: true }],
}
const ACCOUNT: Question = {
  name: 'DIGITALOCEAN_TOKEN',
  ask: 'DigitalOcean token, dop_v1_… (Enter: link the account later, with /spinup connect)',
  secret: true,
}
const ADDRESS: Question = {
  name: 'SPINUP_PUBLIC_URL',
  ask: 'Address at which droplets and browsers reach it, https://…',
}
const madePassword = (): string => randomBytes(12).toString('base64url')

await runCommand({ help: HELP }, async () => {
  const path = join(process.cwd(), ENV_FILE)
  const before = existing(path)
  await access(process.cwd(), constants.W_OK).catch((cause: unknown) => {
    throw new SpinupError('configuration', `${path} could not be written (${messageOf(cause)}); nothing was asked.`)
  })
  const questions = openQuestions()
  try {
    const answers = await interview(questions, before ?? {})
    if (before !== null) await copyFile(path, `${path}.old`)
    await writeFile(`${path}.new`, fileOf(answers), { mode: 0o600 })
    await rename(`${path}.new`, path)
    questions.say(inItsWords(`\nWrote ${path}, readable by you alone. Next: npm start`))
  } finally {
    questions.close()
  }
})

async function interview(questions: Questions, before: Readonly<Answers>): Promise<Answers> {
  const answers: Answers = { ...before }
  // What was kept although it is wrong: it was said once, and must not hide what the answers after it are worth.
  const unfit = new Set<string>()
  const asked = async (group: readonly Question[]): Promise<void> => {
    for (;;) {
      for (const question of group) await fill(questions, question, answers)
      const tried = Object.fromEntries(Object.entries(answers).filter(([name]) => !unfit.has(name)))
      const faults = await faultsOf(tried, group)
      if (faults.length === 0) return
      for (const fault of faults) questions.say(`  ✗ ${fault}`)
      if (await yes(questions, 'Answer again? Otherwise it is kept as it is', true)) continue
      for (const { name } of group) unfit.add(name)
      return
    }
  }

  const server = await choose(questions, 'Where does Spinup run?', [
    ['here', 'on this machine, to try it: only this machine reaches it'],
    ['server', 'on a server: droplets and browsers reach it at its own address'],
  ])
  const chat = await choose(questions, 'Which chat does it talk to?', [
    ['none', 'the web console alone'],
    ['slack', 'Slack'],
    ['discord', 'Discord'],
    ['both', 'Slack and Discord'],
  ])
  for (const [name, group] of Object.entries(CHATS)) {
    if (chat === name || chat === 'both') await asked(group)
    else for (const question of group) delete answers[question.name]
  }
  await asked([ACCOUNT])
  const password: Question = {
    name: 'SPINUP_CONSOLE_PASSWORD',
    ask: 'Password of the console, 8 characters or more',
    secret: true,
    usual: server === 'server' ? madePassword : () => '',
  }
  if (server === 'server') await asked([password, ADDRESS])
  else {
    delete answers[ADDRESS.name]
    await asked([password])
  }
  return answers
}

/** What is wrong now, with what the group asked for; the rest was tried before. */
async function faultsOf(answers: Answers, group: readonly Question[]): Promise<readonly string[]> {
  if (group.every(({ name }) => answers[name] === undefined)) return []
  try {
    const lines = await examineAlone(readConfig(answers))
    // To try it, this machine is enough; what its address has to be is asked of a server.
    const tried = lines.filter(({ name }) => name !== PUBLIC_ADDRESS || group.includes(ADDRESS))
    return tried.flatMap((line) => (line.state === 'failed' ? [faultOf(line)] : []))
  } catch (error) {
    if (error instanceof SpinupError && error.code === 'configuration') return [messageOf(error)]
    throw error
  }
}

function faultOf({ name, detail, fix }: CheckLine): string {
  return [`${name}: ${detail}`, fix ?? ''].filter((text) => text !== '').join(' ')
}

async function fill(questions: Questions, question: Question, answers: Answers): Promise<void> {
  const { name, ask, secret = false } = question
  const had = answers[name]
  const usual = had ?? question.usual?.() ?? ''
  const shown = usual === '' ? '' : had === undefined || !secret ? ` [${usual}]` : ' [as before]'
  const answer = (await questions.ask(`${ask}${shown}: `, secret)) || usual
  if (answer === '') delete answers[name]
  else answers[name] = answer
}

async function choose(
  questions: Questions,
  title: string,
  choices: readonly (readonly [name: string, words: string])[],
): Promise<string> {
  questions.say(`\n${title}`)
  for (const [index, [name, words]] of choices.entries()) questions.say(`  ${index + 1}  ${name.padEnd(8)} ${words}`)
  const [first] = choices
  for (;;) {
    const answer = (await questions.ask(`Number or name [${first?.[0]}]: `)).toLowerCase()
    const found = answer === '' ? first : (choices[Number(answer) - 1] ?? choices.find(([name]) => name === answer))
    if (found !== undefined) return found[0]
    questions.say(`  ✗ It takes one of ${choices.map(([name]) => name).join(', ')}.`)
  }
}

async function yes(questions: Questions, ask: string, usual: boolean): Promise<boolean> {
  const answer = await questions.ask(`${ask} [${usual ? 'Y/n' : 'y/N'}]: `)
  return answer === '' ? usual : /^y/i.test(answer)
}

/** null: there is none. */
function existing(path: string): Answers | null {
  const file = readEnvFile(path)
  return file === null ? null : Object.fromEntries(Object.entries(file.said).filter(([, value]) => value !== ''))
}

function fileOf(answers: Readonly<Answers>): string {
  const known = variables().flatMap((group) => group.variables)
  const about = (name: string): string => known.find((one) => one.name === name)?.about ?? 'Was there before.'
  const order = (name: string): number => known.findIndex((one) => one.name === name) + 1 || known.length + 1
  const lines = Object.entries(answers)
    .toSorted(([one], [other]) => order(one) - order(other))
    .map(([name, value]) => `# ${about(name)}\n${name}=${quoted(value)}\n`)
  return `${inItsWords('# Written by `npm run init`; every variable there is: manifests/example.env')}\n\n${lines.join('\n')}`
}

/** What a .env file would read otherwise: a # begins a comment, and spaces at the ends are cut. */
function quoted(value: string): string {
  if (!/[#\s'"`\\]/.test(value)) return value
  const quote = ["'", '`', '"'].find((one) => !value.includes(one))
  if (quote === undefined) {
    throw new SpinupError('configuration', 'A value with all three quotes in it cannot be kept in a file: ’ " `')
  }
  return `${quote}${value}${quote}`
}
