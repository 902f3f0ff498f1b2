import { connect, type Socket } from 'node:net'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import { ANYWHERE, type Reach } from '../outside.ts'
import { clip } from '../../core/model/letters.ts'

const TRIES = 4
const LONGEST_ANSWER = 16 * 1024 * 1024

/** HAProxy's runtime API. */
export interface Runtime {
  /** What HAProxy answers to one command, trimmed. Throws `balancerFailed` when it cannot be reached. */
  ask(command: string): Promise<string>
  /** Does commands that say nothing of note when they succeed; throws `balancerFailed` with what HAProxy said otherwise. */
  tell(...commands: readonly string[]): Promise<void>
  /** As `tell`, of servers that may be gone by now, which is fine. */
  tellIfThere(...commands: readonly string[]): Promise<void>
  /** As `tell`, but `lost` when no answer came, or a server is gone: what was done is for the caller to find out. */
  tellOnce(...commands: readonly string[]): Promise<'done' | 'lost'>
  /** HAProxy got the command and said no. */
  refusal(command: string, answer: string): SpinupError
}

/** What adding says, the second time too. */
const ADDED = /registered|already exists/i
const GONE = /^No such server/m
/** Said by a process that a reload has replaced; the one that replaces it answers a moment later. */
const LEAVING = /^Proxy is disabled/m

/**
 * Speaks to `unix:/path/to/socket` or `tcp://host:port`, one connection a line. `timeoutMs` bounds each try, of which
 * there are at most four: a HAProxy that reloads is back in under a second, and what is tried again is idempotent.
 */
export function createRuntime(address: string, timeoutMs: number, reach: Reach = ANYWHERE): Runtime {
  const open = opener(address, reach)
  const refusal = (command: string, answer: string): SpinupError => refused(command, answer, reach.quotes)
  const exchanged = async (commands: readonly string[]): Promise<string> => {
    const answer = await exchange(open(), commands.join(';'), timeoutMs)
    // A HAProxy that ends closes without a word, which must not be taken for the silence of success.
    if (!isWhole(commands, answer)) throw new Error('closed before it had answered')
    if (LEAVING.test(answer)) throw new Error('it is being reloaded')
    return answer.trim()
  }
  const call = async (...commands: readonly string[]): Promise<string> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await exchanged(commands)
      } catch (cause) {
        if (attempt === TRIES) {
          throw new SpinupError(
            'balancerFailed',
            `HAProxy's runtime API at ${address} cannot be reached (${messageOf(cause)}). Check that HAProxy runs and has "stats socket … level admin" there.`,
            { cause, retryable: true },
          )
        }
        await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt * (0.5 + Math.random())))
      }
    }
  }
  const accept = (commands: readonly string[], answer: string, fine = ADDED) => {
    const said = answer.split('\n').find((line) => line !== '' && !fine.test(line))
    if (said !== undefined) throw refusal(`${commands[0]}${commands.length > 1 ? '; …' : ''}`, said)
  }
  return {
    ask: call,
    refusal,
    async tell(...commands) {
      accept(commands, await call(...commands))
    },
    async tellIfThere(...commands) {
      accept(commands, await call(...commands), GONE)
    },
    async tellOnce(...commands) {
      const answer = await exchanged(commands).catch(() => null)
      if (answer === null || GONE.test(answer)) return 'lost'
      accept(commands, answer)
      return 'done'
    },
  }
}

/** Each command's answer ends a line, be it an empty one; a table ends with an empty one. */
function isWhole(commands: readonly string[], answer: string): boolean {
  if (commands[0]?.startsWith('show ') === true) return answer.endsWith('\n\n')
  return answer.endsWith('\n') && answer.split('\n').length > commands.length
}

function refused(command: string, answer: string, quotes: boolean): SpinupError {
  const hint = /permission denied/i.test(answer) ? ' Give its stats socket "level admin".' : ''
  const said = quotes ? `: ${clip(answer, 300)}` : '.'
  return new SpinupError('balancerFailed', `HAProxy refused "${command}"${said}${hint}`, {
    // It was there a moment ago: HAProxy was restarted, or another bot took it off, in between.
    retryable: GONE.test(answer),
  })
}

function opener(address: string, { lookup }: Reach): () => Socket {
  if (address.startsWith('unix:/')) {
    const path = address.slice('unix:'.length)
    return () => connect({ path })
  }
  const url = address.startsWith('tcp://') && URL.canParse(address) ? new URL(address) : null
  if (url === null || url.port === '') {
    throw new SpinupError(
      'configuration',
      `"${address}" is not the address of a runtime API; give unix:/run/haproxy/admin.sock or tcp://10.0.0.2:9999.`,
    )
  }
  const [host, port] = [url.hostname.replace(/^\[|\]$/g, ''), Number(url.port)]
  return () => connect({ host, port, ...(lookup === undefined ? {} : { lookup }) })
}

/** The host of HAProxy's machine; null: this one. */
export function controlHost(address: string): string | null {
  return address.startsWith('tcp://') && URL.canParse(address) ? new URL(address).hostname : null
}

/** HAProxy answers a line and closes. The line goes out whole, so that nothing gets between its commands. */
function exchange(socket: Socket, line: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const deadline = setTimeout(() => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      answer += chunk
      if (answer.length > LONGEST_ANSWER) socket.destroy(new Error('an answer without end'))
    })
    socket.on('error', reject)
    socket.on('end', () => resolve(answer))
    socket.on('close', () => {
      clearTimeout(deadline)
      reject(new Error('closed before it answered'))
    })
    socket.write(`${line}\n`)
  })
}
