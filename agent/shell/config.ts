import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import type { AgentIdentity, EnrolBody } from '../../src/core/model/report.ts'
import { backoffMs } from '../core/delivery.ts'
import type { AgentLog } from './log.ts'
import { createPoster, objectOf } from './post.ts'

/**
 * The config file: who this agent is, or a key to be exchanged for one of its own. `droplet` is the id of the droplet that the file
 * was written on, so that a copy of its disk notices; null where there is no such id.
 */
export type Config =
  | { readonly kind: 'identity'; readonly identity: AgentIdentity; readonly droplet: string | null }
  | {
      readonly kind: 'enrol'
      readonly url: string
      readonly enrol: string
      readonly host: string
      readonly droplet: string | null
      /** The secret characters of the own key, once they are chosen: kept, so that the exchange can be made again. */
      readonly random: string | null
      /** What a clone was given; an older bot has it report with that. */
      readonly given: AgentIdentity | null
    }

/** Reads the config file; throws in words when it is missing or says neither. */
export async function readConfig(file: string): Promise<Config> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`cannot read the config file ${file} (${error.code ?? error.message}); run the install line again`)
  })
  const object = objectOf(text)
  const droplet = field(object, 'droplet') || null
  const identity = identityOf(object)
  const [url, enrol] = [field(object, 'url'), field(object, 'enrol')]
  if (URL.canParse(url) && enrol !== '') {
    const random = field(object, 'random') || null
    return { kind: 'enrol', url, enrol, host: field(object, 'host'), droplet, random, given: identity }
  }
  if (identity !== null) return { kind: 'identity', identity, droplet }
  throw new Error(
    `${file} must hold {"url", "pool", "member", "key"} or {"url", "enrol", "host"}; run the install line again`,
  )
}

/** The identity in a JSON object; null when it holds none. */
export function identityOf(object: Readonly<Record<string, unknown>>): AgentIdentity | null {
  const [url, pool, member, key] = ['url', 'pool', 'member', 'key'].map((name) => field(object, name))
  if (!url || !pool || !member || !key || !URL.canParse(url)) return null
  return { url, pool, member, key }
}

function field(object: Readonly<Record<string, unknown>>, name: string): string {
  const value = object[name]
  return typeof value === 'string' ? value : ''
}

const ENROL_DEADLINE_MS = 5_000
const SLOW_MS = 30_000

/**
 * Exchanges the key for one of its own and keeps that in the config file (mode 0600); tries until the bot answers. Its
 * own key is chosen here and kept before it is asked for, so that neither a lost answer nor a crash costs it.
 */
export async function enrol(
  file: string,
  config: Extract<Config, { kind: 'enrol' }>,
  options: {
    readonly log: AgentLog
    readonly random: () => number
    readonly pause: (ms: number) => Promise<void>
    readonly stopped: () => boolean
  },
): Promise<AgentIdentity | null> {
  const { log } = options
  const { url, enrol: key, host, given, droplet } = config
  const random = config.random ?? randomBytes(24).toString('base64url')
  const body: EnrolBody = { key, host, random }
  const poster = createPoster(url)
  let kept = config.random !== null
  try {
    for (let failures = 1; !options.stopped(); failures += 1) {
      let waitMs = backoffMs(failures, options.random)
      let problem: string
      try {
        if (!kept) await write(file, { ...given, url, enrol: key, host, random }, droplet)
        kept = true
        const answer = await poster.post('v1/enroll', null, body, ENROL_DEADLINE_MS)
        const { pool, member, key: own, message } = answer.body
        if (typeof pool === 'string' && typeof member === 'string' && typeof own === 'string') {
          // The url that has just worked is kept, whatever the bot thinks its own address is.
          const identity: AgentIdentity = { url, pool, member, key: own }
          log.info({ pool, member }, 'enrolled')
          await write(file, identity, droplet).catch((error: unknown) => {
            log.warn({}, `the key could not be saved; a new one is requested at the next start: ${wordsOf(error)}`)
          })
          return identity
        }
        if (given !== null && REFUSED.has(answer.status)) return given
        problem =
          typeof message === 'string' ? message : `what answers at the url is not a Spinup bot (${answer.status})`
        if (answer.status === 429) waitMs = Math.max(waitMs, answer.retryAfterMs ?? 0)
        else if (answer.status >= 400 && answer.status < 500) waitMs = SLOW_MS
      } catch (error) {
        // Nothing was exchanged yet, so what it was given is still good.
        if (!kept && given !== null) return given
        problem = wordsOf(error)
      }
      if (failures < 4 || failures % 10 === 0) log.warn({ failures }, `not enrolled yet: ${problem}`)
      await options.pause(waitMs)
    }
    return null
  } finally {
    poster.close()
  }
}

/** What a bot answers that exchanges one-time keys only. */
const REFUSED: ReadonlySet<number> = new Set([400, 401, 403, 404])

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Replaces the file in one step, so that a crash leaves either the old one or the new one. */
async function write(file: string, fields: object, droplet: string | null): Promise<void> {
  const draft = `${file}.new`
  const text = JSON.stringify(droplet === null ? fields : { ...fields, droplet }, null, 2)
  await writeFile(draft, `${text}\n`, { mode: 0o600 })
  await rename(draft, file)
}
