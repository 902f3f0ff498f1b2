import type { Logger } from 'pino'
import { SpinupError } from '../../core/model/error.ts'
import type { CardPlatform } from './platform.ts'

/** Sends the first version that the platform takes. Throws the platform's error for the plainest, or for anything but a refusal. */
export async function firstTaken<M, T>(
  versions: readonly M[],
  send: (message: M) => Promise<T>,
  explain: CardPlatform<M>['explain'],
  log: Logger,
): Promise<T> {
  const plainest = versions.at(-1)
  for (const message of versions) {
    try {
      return await send(message)
    } catch (error) {
      const { means, error: failure } = explain(error, message)
      if (means !== 'refused' || message === plainest) throw error
      log.warn({ reason: failure.message }, 'a message was refused; trying a simpler one')
    }
  }
  throw new SpinupError('chatFailed', 'There was nothing to show.', { retryable: false })
}
