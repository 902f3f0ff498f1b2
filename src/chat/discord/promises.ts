import type { Logger } from 'pino'
import { messageOf } from '../../core/model/error.ts'
import type { ErrorView, View } from '../../core/model/view.ts'
import type { ChatSurroundings } from '../entry.ts'
import { NotBegun } from './answer.ts'
import type { Outgoing } from './outgoing.ts'
import type { createResponder } from './responder.ts'

/** Where an interaction is answered; its token is good for 15 minutes and for nothing else. */
export interface Question {
  readonly id: string
  readonly token: string
  readonly applicationId: string
}

/** So long a bot that lives takes for an answer at most, as a rule; one that takes longer answers over this. */
const UNANSWERED_MS = 10_000
const TOKEN_MS = 15 * 60_000
const EVERY_MS = 5000

/** “Thinking …” that nobody would ever end, since the bot that promised an answer has died. */
export interface Promised {
  /** Runs the work between promise and answer. */
  during<T>(question: Question, work: () => Promise<T>): Promise<T>
  stop(): void
}

export function createPromised(options: {
  readonly promises: ChatSurroundings['promises']
  readonly outgoing: (view: View) => Promise<Outgoing>
  readonly responder: (question: Question) => Pick<ReturnType<typeof createResponder>, 'keep'>
  readonly now: () => number
  readonly log: Logger
}): Promised {
  const { promises, outgoing, responder, now, log } = options
  const ours = new Set<string>()

  async function sweep(): Promise<void> {
    for (const [id, text] of await promises.all()) {
      // Written below alone.
      const { at, ...question } = JSON.parse(text) as Question & { readonly at: number }
      const ageMs = now() - at
      if (ours.has(id) || ageMs < UNANSWERED_MS || !(await promises.settle(id)) || ageMs > TOKEN_MS) continue
      await responder(question).keep(await outgoing(INTERRUPTED))
    }
  }
  const timer = setInterval(() => {
    sweep().catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'an old promise could not be kept'))
  }, EVERY_MS)

  return {
    async during(question, work) {
      const { id, token, applicationId } = question
      ours.add(id)
      try {
        await promises.keep(id, JSON.stringify({ id, token, applicationId, at: now() })).catch((error: unknown) => {
          throw new NotBegun(messageOf(error))
        })
        return await work()
      } finally {
        await promises.settle(id).catch(() => false)
        ours.delete(id)
      }
    },
    stop: () => clearInterval(timer),
  }
}

const INTERRUPTED: ErrorView = {
  kind: 'error',
  code: 'unavailable',
  message:
    'I was restarted while I worked on that. It may be done or not: /spinup history shows what was done. If it was not, try again.',
  suggestion: '/spinup history',
  example: null,
}
