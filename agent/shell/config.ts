import { readFile, rename, writeFile } from 'node:fs/promises'
import type { AgentIdentity, EnrolBody } from '../../src/core/model/report.ts'
import { backoffMs } from '../core/delivery.ts'
import type { AgentLog } from './log.ts'
import { createPoster, objectOf } from './post.ts'

/**
 * The config file: who this agent is, or a one-time key to find out. `droplet` is the id of the droplet that the file
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
    }

/** Reads the config file; throws in words when it is missing or says neither. */
export async function readConfig(file: string): Promise<Config> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`cannot read the config file ${file} (${error.code ?? error.message}); run the install line again`)
  })
  const object = objectOf(text)
  const droplet = field(object, 'droplet') || null
  const identity = identityOf(object)
  if (identity !== null) return { kind: 'identity', identity, droplet }
  const [url, enrol] = [field(object, 'url'), field(object, 'enrol')]
  if (URL.canParse(url) && enrol !== '') return { kind: 'enrol', url, enrol, host: field(object, 'host'), droplet }
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

/** Exchanges the one-time key and keeps the answer in the config file (mode 0600); tries until the bot answers. */
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
  const poster = createPoster(config.url)
  const body: EnrolBody = { key: config.enrol, host: config.host }
  try {
    for (let failures = 1; !options.stopped(); failures += 1) {
      let waitMs = backoffMs(failures, options.random)
      let problem: string
      try {
        const answer = await poster.post('v1/enroll', null, body, ENROL_DEADLINE_MS)
        const { pool, member, key, message } = answer.body
        if (typeof pool === 'string' && typeof member === 'string' && typeof key === 'string') {
          // The url that has just worked is kept, whatever the bot thinks its own address is.
          const identity: AgentIdentity = { url: config.url, pool, member, key }
          await writeIdentity(file, identity, config.droplet)
          options.log.info({ pool, member }, 'enrolled')
          return identity
        }
        problem =
          typeof message === 'string' ? message : `what answers at the url is not a Spinup bot (${answer.status})`
        if (answer.status >= 400 && answer.status < 500) waitMs = Math.max(SLOW_MS, answer.retryAfterMs ?? 0)
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error)
      }
      if (failures < 4 || failures % 10 === 0) options.log.warn({ failures }, `not enrolled yet: ${problem}`)
      await options.pause(waitMs)
    }
    return null
  } finally {
    poster.close()
  }
}

/** Replaces the file in one step, so that a crash leaves either the enrolment or the identity. */
export async function writeIdentity(file: string, identity: AgentIdentity, droplet: string | null): Promise<void> {
  const draft = `${file}.new`
  await writeFile(draft, `${JSON.stringify(droplet === null ? identity : { ...identity, droplet }, null, 2)}\n`, {
    mode: 0o600,
  })
  await rename(draft, file)
}
