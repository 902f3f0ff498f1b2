import { request } from 'node:http'
import type { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import { LIMITED, refusalSchema } from './protocol.ts'

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly deadlineMs?: number
}

interface Reply {
  readonly status: number
  readonly text: string
}

const DEADLINE_MS = 10_000

/**
 * One call to the hypervisor behind the socket `path`; null for 404. Throws `providerFailed` when it refuses, is not
 * there, or does not answer in time. It is never repeated here: after a lost answer only the caller knows what is safe.
 */
export async function call<T>(path: string, request: Call, schema: z.ZodType<T>): Promise<T | null> {
  const reply = await exchange(path, request)
  if (reply.status === 404) return null
  const body = parsed(reply.text)
  if (reply.status < 300) {
    const answer = schema.safeParse(body)
    if (answer.success) return answer.data
    const message = 'The local cloud answers in a way unknown here, as one of another version does; stop and start it.'
    throw new SpinupError('providerFailed', message, { cause: answer.error })
  }
  const refusal = refusalSchema.safeParse(body)
  throw new SpinupError(
    reply.status === LIMITED ? 'limited' : 'providerFailed',
    refusal.success ? refusal.data.message : `The local cloud answered ${reply.status}; see its hypervisor.log.`,
    { retryable: refusal.success && refusal.data.retryable },
  )
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return undefined
  }
}

async function exchange(path: string, wanted: Call): Promise<Reply> {
  const deadlineMs = wanted.deadlineMs ?? DEADLINE_MS
  const signal = AbortSignal.timeout(deadlineMs)
  try {
    return await new Promise<Reply>((resolve, reject) => {
      const outgoing = request({
        socketPath: path,
        path: wanted.path,
        method: wanted.method,
        signal,
        agent: false,
        headers: { 'content-type': 'application/json' },
      })
      outgoing.on('error', reject)
      outgoing.on('response', (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 500, text: Buffer.concat(parts).toString('utf8') }),
        )
      })
      outgoing.end(wanted.body === undefined ? undefined : JSON.stringify(wanted.body))
    })
  } catch (cause) {
    const what = signal.aborted ? `did not answer within ${deadlineMs} ms` : `cannot be reached at ${path}`
    const message = `The local cloud ${what}. Start it again with the demo; its droplets are kept.`
    throw new SpinupError('providerFailed', message, { cause, retryable: true })
  }
}
