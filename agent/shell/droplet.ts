import http from 'node:http'
import type { AgentIdentity } from '../../src/core/model/report.ts'
import { identityOf } from './config.ts'
import type { AgentLog } from './log.ts'
import { objectOf } from './post.ts'

/** Which droplet this is, and what it was given when it was made, as its metadata service tells. */
export interface Metadata {
  /** The droplet's id; throws while the service does not answer. */
  id(): Promise<string>
  /** Who a clone is to be; null: it was given nothing that says so. */
  identity(): Promise<AgentIdentity | null>
}

const DEADLINE_MS = 2_000
const LONGEST_ANSWER = 64 * 1024

/** The service at `base`, which is `http://169.254.169.254` on every droplet. */
export function createMetadata(base: string): Metadata {
  return {
    async id() {
      const { status, text } = await get(`${base}/metadata/v1/id`)
      if (status === 200 && /^\d{1,20}$/.test(text.trim())) return text.trim()
      throw new Error(`the metadata service answered ${status}`)
    },
    async identity() {
      const { status, text } = await get(`${base}/metadata/v1/user-data`)
      if (status === 404) return null
      if (status !== 200) throw new Error(`the metadata service answered ${status}`)
      return identityOf(objectOf(text))
    },
  }
}

/**
 * Who this agent is, on a host whose config file came from droplet `installedOn`. A copy of that droplet (a clone made
 * from its snapshot) takes the identity it was given, and one that was given none gets null: it must not report in the
 * original's name. Waits until the metadata service answers, for without it nobody can tell; null also when stopped.
 */
export async function settleIdentity(
  metadata: Metadata,
  installedOn: string,
  options: {
    readonly log: AgentLog
    readonly pause: (ms: number) => Promise<void>
    readonly stopped: () => boolean
  },
): Promise<
  | { readonly kind: 'original' }
  | { readonly kind: 'clone'; readonly identity: AgentIdentity; readonly droplet: string }
  | null
> {
  let lastProblem = ''
  while (!options.stopped()) {
    let problem: string
    try {
      const droplet = await metadata.id()
      if (droplet === installedOn) return { kind: 'original' }
      const identity = await metadata.identity()
      if (identity !== null) return { kind: 'clone', identity, droplet }
      problem = `this droplet is a copy of ${installedOn} and has no key of its own; run a new install line on it, or remove the agent`
    } catch (error) {
      problem = `cannot find out which droplet this is: ${error instanceof Error ? error.message : String(error)}`
    }
    if (problem !== lastProblem) options.log.warn({}, problem)
    lastProblem = problem
    await options.pause(RETRY_MS)
  }
  return null
}

/** A clone waits for this before its first word, so it is short. */
const RETRY_MS = 1_000

function get(url: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const call = http.get(url, { signal, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length > LONGEST_ANSWER) response.destroy(new Error('the metadata service’s answer is too long'))
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    call.on('error', (error) => reject(signal.aborted ? new Error('the metadata service does not answer') : error))
  })
}
