import { createHmac, randomUUID } from 'node:crypto'
import { Agent, fetch, type Response } from 'undici'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import { ANYWHERE, type Reach } from '../outside.ts'
import { clip } from '../../core/model/letters.ts'

const TRIES = 4
/** An endpoint may ask for patience, but not for more than an operation's own retry would wait. */
const LONGEST_WAIT_MS = 5000
const LONGEST_ANSWER = 1024 * 1024

export interface PostOptions {
  readonly url: string
  readonly secret: string
  /** `form`: the encoding of Spinup's first version, `type=add-server&url=…`. */
  readonly format: 'json' | 'form'
  readonly timeoutMs: number
  /** Anywhere unless given. */
  readonly reach?: Reach
  /** Epoch ms. */
  readonly now: () => number
}

export interface Answer {
  readonly status: number
  readonly text: string
}

/**
 * Posts fields, signed. No answer, 429 and 5xx (501 apart, which says never) are tried again, four tries in all, with
 * one `idempotency-key`; then it throws `balancerFailed`. Every other status is an answer. The URL's path and query may
 * be secret and are in no message.
 */
export function createPost(options: PostOptions): (fields: Readonly<Record<string, string>>) => Promise<Answer> {
  const { host } = new URL(options.url)
  const { lookup, quotes } = options.reach ?? ANYWHERE
  const dispatcher = lookup === undefined ? null : new Agent({ connect: { lookup } })
  const send = async (body: string, key: string): Promise<Answer & { readonly retryAfter: string | null }> => {
    const response = await fetch(options.url, {
      method: 'POST',
      headers: {
        'content-type': options.format === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
        'idempotency-key': key,
        ...signatureHeaders(options.secret, options.now(), body),
      },
      body,
      // A redirect would carry the signed request to who knows where.
      redirect: 'manual',
      signal: AbortSignal.timeout(options.timeoutMs),
      ...(dispatcher === null ? {} : { dispatcher }),
    })
    return { status: response.status, text: await readText(response), retryAfter: response.headers.get('retry-after') }
  }

  return async (fields) => {
    const body = options.format === 'json' ? JSON.stringify(fields) : new URLSearchParams(fields).toString()
    const key = randomUUID()
    for (let attempt = 1; ; attempt += 1) {
      let wait = 100 * 2 ** attempt
      let failure: SpinupError
      try {
        const answer = await send(body, key)
        const passing = answer.status === 429 || (answer.status >= 500 && answer.status !== 501)
        if (!passing) return answer
        failure = refusal(host, answer, { retryable: true, quotes })
        const asked = Number(answer.retryAfter ?? Number.NaN) * 1000
        if (asked > 0) wait = Math.min(asked, LONGEST_WAIT_MS)
      } catch (error) {
        const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
        failure = new SpinupError(
          'balancerFailed',
          `The balancer's webhook at ${host} cannot be reached (${messageOf(cause)}). Check that it runs and that this machine may reach it.`,
          { cause, retryable: true },
        )
      }
      if (attempt === TRIES) throw failure
      await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())))
    }
  }
}

/** What it said when it said no; `quotes`: in its own words. */
export function refusal(
  host: string,
  answer: Answer,
  { retryable, quotes }: { readonly retryable: boolean; readonly quotes: boolean },
): SpinupError {
  const said = quotes ? clip(answer.text.replace(/\s+/g, ' ').trim(), 200) : ''
  const hint = answer.status === 401 || answer.status === 403 ? ' Check that both sides have the same secret.' : ''
  return new SpinupError(
    'balancerFailed',
    `The balancer's webhook at ${host} answered ${answer.status}${said === '' ? '' : ` (${said})`}.${hint}`,
    { retryable },
  )
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > LONGEST_ANSWER) throw new Error('an answer of more than 1 MB')
  }
  return text
}

/**
 * The headers that prove a request to be Spinup's: `spinup-timestamp`, epoch seconds, and `spinup-signature`, `v1=` and
 * the HMAC-SHA256 in hex of the timestamp, a dot and the body as sent, keyed with the shared secret.
 */
function signatureHeaders(secret: string, atMs: number, body: string): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(atMs / 1000))
  const hmac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return { 'spinup-timestamp': timestamp, 'spinup-signature': `v1=${hmac}` }
}
