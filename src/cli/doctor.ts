import { plain } from '../chat/console/plain.ts'
import { givenEnvironment } from '../config/env-file.ts'
import { readConfig, type Config } from '../config/read-config.ts'
import { addressHere } from '../core/model/address.ts'
import { SpinupError } from '../core/model/error.ts'
import type { DoctorView } from '../core/model/view.ts'
import { failed } from '../engine/doctor/check.ts'
import { CHATS } from '../registry/registry.ts'
import { createConsoleClient, type ConsoleClient } from './console-client.ts'
import { examineAlone } from './doctor-alone.ts'
import { inItsWords, runCommand } from './run-command.ts'

const HELP = `Looks at everything Spinup depends on, and says what to do about each fault.

  npm run doctor              has the running bot look, as /spinup doctor does in chat, and presses its button
  npm run doctor -- --json    the same as data

Without a running bot it looks by itself: at the configuration, Redis, the clock, the account and the chats. The bot is
looked for at SPINUP_PUBLIC_URL, then at SPINUP_HOST and SPINUP_PORT (http://127.0.0.1:8080). Exit status 1: something failed.`

/** Longer than the slowest check may take. */
const MOST_MS = 90_000
const UP_MS = 5000

await runCommand({ help: HELP, options: { json: { type: 'boolean' } } }, async ({ values }) => {
  const view = await examine()
  console.log(inItsWords(values.json ? JSON.stringify(view) : plain({ ...view, actions: [] }, Date.now())))
  if (view.checks.some(({ state }) => state === 'failed')) process.exitCode = 1
})

async function examine(): Promise<DoctorView> {
  const config = configOf()
  if (!('dataDir' in config)) return config
  // The public address may be of use from outside alone; a bot that runs here must not be taken for one that does not.
  const local = addressHere(config.host, config.port)
  const urls = [...new Set([config.publicUrl ?? local, local])]
  for (const url of urls) {
    const found = await asked(createConsoleClient(url, 'doctor', config.consolePassword))
    if (found !== null) return found
  }
  const up = await Promise.all(urls.map(async (url) => ((await isUp(url)) ? url : [])))
  const [url = null] = up.flat()
  const bot =
    url === null
      ? failed('Bot', `no Spinup answers at ${urls.join(' or ')}`, 'Start it: npm start')
      : failed('Bot', `one runs at ${url}, but cannot look`, 'What it lacks is probably below; its log says more.')
  return { kind: 'doctor', at: Date.now(), checks: [bot, ...(await examineAlone(config))], actions: [] }
}

/** Whether a bot's process lives there, whatever it lacks. */
async function isUp(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(UP_MS) })
    return response.ok && (await response.text()).includes('"ok":true')
  } catch {
    return false
  }
}

/** A wrong variable is a finding like any other. */
function configOf(): Config | DoctorView {
  try {
    const { env, warnings } = givenEnvironment(process.env)
    return readConfig(env, CHATS, warnings)
  } catch (error) {
    if (!(error instanceof SpinupError) || error.code !== 'configuration') throw error
    const fix = 'Set it in the environment or the .env file that the bot is started with.'
    return { kind: 'doctor', at: Date.now(), checks: [failed('Configuration', error.message, fix)], actions: [] }
  }
}

/** Has the bot look, and presses the button on its card; null: no bot is there, perhaps something else in its place. */
async function asked(client: ConsoleClient): Promise<DoctorView | null> {
  const before = await client.after(0).catch((error: unknown) => {
    if (error instanceof SpinupError && error.code !== 'unauthorised') return null
    throw error
  })
  if (typeof before?.cursor !== 'number') return null
  await client.say('doctor')
  const deadline = performance.now() + MOST_MS
  let pressed = false
  for (;;) {
    const { messages } = await client.after(before.cursor)
    const card = messages.findLast((message) => message.kind === 'card' && message.card.view.kind === 'doctor')
    const view = card?.kind === 'card' && card.card.view.kind === 'doctor' ? card.card.view : null
    const press = view?.actions.find(({ action }) => action.startsWith('doctor:press:'))
    if (view !== null && press !== undefined && !pressed) {
      pressed = true
      await client.press(press.action)
    }
    const over = performance.now() > deadline
    if (view !== null && (over || view.checks.every(isOver))) return view
    if (over) throw new SpinupError('timeout', 'The bot does not answer; its log says why.')
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}

/** The button's line says that it was pressed before it says how long that took. */
function isOver({ state, detail }: DoctorView['checks'][number]): boolean {
  return state !== 'waiting' && !detail.endsWith(' pressed')
}
