import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { SpinupError } from '../core/model/error.ts'

/** A stand-in for somebody's service, in a process of its own. */
export interface StandIn<T> {
  /** What it said when it was up. */
  readonly ready: T
  /** Has it do something; gives its answer. Throws `providerFailed` in its words. */
  ask(order: object): Promise<unknown>
  stop(): Promise<void>
}

const answerSchema = z.object({ id: z.number(), answer: z.unknown(), error: z.string().optional() })
const ANSWER_MS = 60_000

/**
 * Starts the script, which serves orders (`orders.ts`), with `order` as its argument. Throws `configuration` where it is
 * absent, `unavailable` with its last words when it does not come up.
 */
export async function startStandIn<T>(options: {
  /** Its path. */
  readonly script: string
  /** For messages: `DigitalOcean`. */
  readonly what: string
  readonly order: object
  readonly ready: z.ZodType<T>
  readonly logFile: string
}): Promise<StandIn<T>> {
  const { what, script, logFile } = options
  if (!existsSync(script)) {
    throw new SpinupError(
      'configuration',
      `The stand-in for ${what} is not here (${script}): it comes with a checkout of the repository. Run the demo there, or leave the option out.`,
    )
  }
  const output = openSync(logFile, 'w', 0o600)
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', script, JSON.stringify(options.order)],
    { env: { PATH: process.env['PATH'] }, detached: true, stdio: ['ignore', output, output, 'ipc'] },
  )
  closeSync(output)
  const ready = await Promise.race([
    once(child, 'message').then(([message]) => options.ready.parse(message)),
    once(child, 'exit').then(() => null),
  ])
  if (ready === null) {
    const last = readFileSync(logFile, 'utf8').trim().split('\n').at(-1)
    throw new SpinupError('unavailable', `The stand-in for ${what} did not start: ${last}`)
  }
  return {
    ready,
    ask: asker(child, what),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** Sends orders, and gives each its own answer. */
function asker(child: ChildProcess, what: string): (order: object) => Promise<unknown> {
  const waiting = new Map<number, (answer: z.infer<typeof answerSchema>) => void>()
  let lastId = 0
  child.on('message', (message) => {
    const answer = answerSchema.safeParse(message)
    if (answer.success) waiting.get(answer.data.id)?.(answer.data)
  })
  child.on('exit', () => {
    for (const [id, answered] of waiting) answered({ id, answer: null, error: 'it has ended' })
  })
  return async (order) => {
    const id = ++lastId
    const answered = new Promise<z.infer<typeof answerSchema>>((resolve) => waiting.set(id, resolve))
    const timer = setTimeout(() => waiting.get(id)?.({ id, answer: null, error: 'it does not answer' }), ANSWER_MS)
    try {
      child.send({ id, order }, (error) => {
        if (error !== null) waiting.get(id)?.({ id, answer: null, error: 'it is not there any more' })
      })
      const { error, answer } = await answered
      if (error !== undefined) throw new SpinupError('providerFailed', `The stand-in for ${what}: ${error}`)
      return answer
    } finally {
      clearTimeout(timer)
      waiting.delete(id)
    }
  }
}
