import { randomBytes } from 'node:crypto'
import { access, chmod, constants, copyFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ENV_FILE, readEnvFile } from '../config/env-file.ts'
import { faultsIn, readConfig } from '../config/read-config.ts'
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
are the ones in brackets, unless they are wrong. Nothing is written before the last answer; then: npm start`

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
const PASSWORD: Question = {
  name: 'SPINUP_CONSOLE_PASSWORD',
  ask: 'Password of the console, 8 characters or more',
  secret: true,
}
const ASKED = [...Object.values(CHATS).flat(), ACCOUNT, PASSWORD, ADDRESS].map(({ name }) => name)
/** What is looked at and no answer's fault. */
const OF_THE_MACHINE: ReadonlySet<string> = new Set(['Redis', 'Clock'])
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
    if (before !== null) {
      await copyFile(path, `${path}.old`)
      await chmod(`${path}.old`, 0o600)
    }
    await writeFile(`${path}.new`, fileOf(answers), { mode: 0o600 })
    await rename(`${path}.new`, path)
    questions.say(inItsWords(`\nWrote ${path}, readable by you alone. Next: npm start`))
  } finally {
    questions.close()
  }
})

async function interview(questions: Questions, before: Readonly<Answers>): Promise<Answers> {
  const answers: Answers = { ...before }
  // Not tried: what is asked further down, and what was kept although it is wrong. That was said once, and must not hide what
  // the other answers are worth.
  const untried = new Set(ASKED)
  const tried = (): Answers => Object.fromEntries(Object.entries(answers).filter(([name]) => !untried.has(name)))
  const wrongBefore = new Map<string, string>()
  for (const { variable, words } of faultsIn(before)) {
    if (variable === null) continue
    if (ASKED.includes(variable)) wrongBefore.set(variable, words)
    else questions.say(`  ✗ ${words}. It is left out; ${ENV_FILE}.old keeps it.`)
    delete answers[variable]
  }
  for (const { variable, words } of faultsIn(answers)) {
    const named = words.split(/[^A-Z_]+/)
    // What is asked for may still come.
    if (variable !== null || ASKED.some((name) => named.includes(name))) continue
    questions.say(`  ✗ ${words}. That is kept as it is.`)
    for (const name of named) untried.add(name)
  }
  if (answers['REDIS_URL'] !== undefined) {
    const { REDIS_URL, SPINUP_DATA_DIR } = answers
    const lines = await examineAlone(readConfig({ REDIS_URL, SPINUP_DATA_DIR }))
    const failed = lines.filter(({ name, state }) => name === 'Redis' && state === 'failed')
    for (const line of failed) questions.say(`  ✗ ${faultOf(line)} REDIS_URL is kept as it is.`)
    if (failed.length > 0) untried.add('REDIS_URL')
  }
  const known = new Set<string>()
  const asked = async (group: readonly Question[]): Promise<void> => {
    for (const { name } of group) untried.delete(name)
    for (;;) {
      for (const question of group) {
        const wrong = wrongBefore.get(question.name)
        if (wrong !== undefined) questions.say(`  ✗ ${wrong}. What ${ENV_FILE} has is not offered.`)
        wrongBefore.delete(question.name)
        await fill(questions, question, answers)
      }
      const faults = (await faultsOf(tried(), group)).filter(({ of }) => !known.has(of))
      if (faults.length === 0) return
      for (const { words } of faults) questions.say(`  ✗ ${words}`)
      if (await yes(questions, 'Answer again? Otherwise it is kept as it is', true)) {
        // What was refused is offered no more.
        for (const { of } of faults) delete answers[of]
        continue
      }
      for (const { of } of faults) known.add(of)
      for (const { name } of group) untried.add(name)
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
    else {
      // Without its tokens, the rest of what it reads is nothing but a fault.
      const others = Object.keys(answers).filter((one) => one.startsWith(`${name.toUpperCase()}_`))
      for (const other of others) delete answers[other]
    }
  }
  await asked([ACCOUNT])
  if (server === 'server') await asked([{ ...PASSWORD, usual: madePassword }, ADDRESS])
  else {
    delete answers[ADDRESS.name]
    await asked([PASSWORD])
  }
  return answers
}

/** What is wrong now, with what the group asked for; the rest was tried before. `of`: the variable, or what was looked at. */
async function faultsOf(
  answers: Answers,
  group: readonly Question[],
): Promise<readonly { readonly of: string; readonly words: string }[]> {
  if (group.every(({ name }) => answers[name] === undefined)) return []
  const wrong = faultsIn(answers)
  if (wrong.length > 0) return wrong.map(({ variable, words }) => ({ of: variable ?? words, words: `${words}.` }))
  const lines = await examineAlone(readConfig(answers))
  // To try it, this machine is enough; what its address has to be is asked of a server.
  const tried = lines.filter(({ name }) => name !== PUBLIC_ADDRESS || group.includes(ADDRESS))
  const variableOf = (name: string): string => {
    if (name === PUBLIC_ADDRESS) return ADDRESS.name
    return group.length === 1 && !OF_THE_MACHINE.has(name) ? (group[0]?.name ?? name) : name
  }
  return tried.flatMap((line) => (line.state === 'failed' ? [{ of: variableOf(line.name), words: faultOf(line) }] : []))
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
