import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { givenEnvironment } from '../config/env-file.ts'
import { readConfig } from '../config/read-config.ts'
import { addressHere } from '../core/model/address.ts'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { plural } from '../core/model/words.ts'
import type { Saved, VisualKept, VisualsListed } from '../core/visual/answers.ts'
import { newName } from '../core/visual/library.ts'
import { runCommand } from './run-command.ts'

const HELP = `A team's visualisations as files, for those who keep them in git.

  spinup visual push DIR     every DIR/NAME.js becomes the newest version of NAME, once it loads
  spinup visual pull DIR     writes those that a running Spinup has into DIR
  spinup visual list         which there are

  --url URL      where Spinup is; SPINUP_PUBLIC_URL, or SPINUP_HOST and SPINUP_PORT unless given
  --name NAME    who did it, for the record

It proves itself with SPINUP_TOKEN, or with the console's password in SPINUP_CONSOLE_PASSWORD. What has not changed stays
as it is. Exit status 1: one was refused; the others are kept.`

const options = { url: { type: 'string' }, name: { type: 'string', default: 'cli' } } as const
const DEADLINE_MS = 30_000

await runCommand({ help: HELP, options, words: 'needed' }, async ({ values, positionals }) => {
  const [what, dir, ...rest] = positionals
  const takesFolder = what === 'push' || what === 'pull'
  if ((!takesFolder && what !== 'list') || rest.length > 0 || takesFolder !== (dir !== undefined)) {
    throw new SpinupError('configuration', 'it takes push DIR, pull DIR or list. --help says more.')
  }
  const config = readConfig(givenEnvironment(process.env).env)
  const base = values.url ?? config.publicUrl ?? addressHere(config.host, config.port)
  const ask = createAsk(base.replace(/\/$/, ''), config.apiToken ?? config.consolePassword, values.name)
  if (what === 'push') await push(ask, dir ?? '')
  else if (what === 'pull') await pull(ask, dir ?? '')
  else await list(ask)
})

type Ask = <T>(path: string, body?: object) => Promise<T>

/** Throws `SpinupError` with what the bot says. */
function createAsk(base: string, proof: string | null, name: string): Ask {
  return async <T>(path: string, body?: object): Promise<T> => {
    const headers = {
      'x-spinup-name': encodeURIComponent(name),
      ...(proof === null || proof === '' ? {} : { authorization: `Bearer ${proof}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const sent = { method: body === undefined ? 'GET' : 'POST', headers, signal: AbortSignal.timeout(DEADLINE_MS) }
    const response = await fetch(`${base}/api/visuals${path}`, {
      ...sent,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new SpinupError('unavailable', `no Spinup answers at ${base}; start it first, or give --url.`, { cause })
    })
    const answer: unknown = await response.json().catch(() => null)
    // The bot of the same version answers these shapes.
    if (response.ok) return answer as T
    const message = answer !== null && typeof answer === 'object' && 'message' in answer ? String(answer.message) : ''
    const hint = response.status === 401 ? ' Set SPINUP_TOKEN to a token with the scope visuals.' : ''
    throw new SpinupError('badInput', `${message || `it answered ${response.status}.`}${hint}`)
  }
}

async function push(ask: Ask, dir: string): Promise<void> {
  const files = (await readable(dir)).filter((file) => file.endsWith('.js')).toSorted()
  if (files.length === 0) throw new SpinupError('badInput', `there is no .js file in ${dir}.`)
  let refused = 0
  for (const file of files) {
    const name = basename(file, '.js')
    try {
      const source = await readFile(join(dir, file), 'utf8').catch((cause: unknown) => {
        throw new SpinupError('badInput', `it cannot be read: ${messageOf(cause)}`, { cause })
      })
      const { version, changed } = await ask<Saved>('', { name, source })
      console.log(`${name}: ${changed ? `version ${version}` : `unchanged, version ${version}`}`)
    } catch (error) {
      if (!(error instanceof SpinupError) || error.code === 'unavailable') throw error
      refused++
      console.error(`${join(dir, file)}: ${error.message}`)
    }
  }
  if (refused > 0) throw new SpinupError('badInput', `${plural(refused, 'visualisation')} of ${files.length} refused.`)
}

async function readable(dir: string): Promise<readonly string[]> {
  return readdir(dir).catch((cause: unknown) => {
    throw new SpinupError('badInput', `${dir} cannot be read: ${messageOf(cause)}`, { cause })
  })
}

async function own(ask: Ask): Promise<VisualsListed['visuals']> {
  return (await ask<VisualsListed>('')).visuals.filter(({ version }) => version !== null)
}

async function pull(ask: Ask, dir: string): Promise<void> {
  const all = await own(ask)
  await mkdir(dir, { recursive: true })
  for (const { name: given } of all) {
    // A server has no say in where else on this machine something is written.
    const name = newName(given, [])
    const { source, versions } = await ask<VisualKept>(`/${name}`)
    await writeFile(join(dir, `${name}.js`), source)
    console.log(`${join(dir, `${name}.js`)}: version ${versions[0].number}`)
  }
  if (all.length === 0) console.log('There is none yet.')
}

async function list(ask: Ask): Promise<void> {
  const all = await own(ask)
  for (const { name, about, version } of all)
    console.log(`${name.padEnd(20)} version ${version ?? 0}  ${about.summary || about.title}`)
  if (all.length === 0) console.log('There is none yet.')
}
