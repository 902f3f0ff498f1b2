import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { SpinupError } from '../../core/model/error.ts'
import type { Card } from '../../core/model/view.ts'

/** Which of a card's messages one is, and where it belongs. */
export interface Spot {
  /** As the platform names it. */
  readonly channel: string
  /** The thread of the details; null: the message is the card itself. */
  readonly thread: string | null
  readonly card: string
  readonly part: 'card' | 'details'
}

/** A card as messages of a platform, `M` being one. */
export interface Drawing<M> {
  /** As it should be, and then ever simpler: a platform refuses some. */
  readonly versions: readonly M[]
  /** What belongs in a thread below it, the same way; null: nothing. */
  readonly details: { readonly title: string; readonly versions: readonly M[] } | null
  /** false: a better one follows, so the card does not count as shown yet. */
  readonly whole: boolean
  /** What the next drawing of this card is given, such as the picture it shows. */
  readonly keep: Readonly<Record<string, string>>
}

/** What went wrong at a platform. */
export interface Failure {
  /** For the outbox: whether and when to try again, or that nothing may be sent there. */
  readonly error: SpinupError
  /**
   * `gone`: the message was deleted, or can no longer be edited. `refused`: it is not taken as it is; a simpler one may be.
   * `unclear`: the platform said no in a word we do not know: worth a few tries, then a simpler one.
   */
  readonly means: 'gone' | 'refused' | 'unclear' | 'other'
  /** The answer was lost: it may have been done all the same. */
  readonly inDoubt: boolean
}

/** The calls that a channel of a platform takes. All throw the platform's own errors. */
export interface CardChannel<M> {
  /** As the platform names it. */
  readonly name: string
  /** One drawing after the other, each better; the next is asked for when the one before is shown. `kept`: see `Drawing.keep`. */
  draw(card: Card, kept: Readonly<Record<string, string>>): AsyncIterable<Drawing<M>>
  /** `key` is the same for every try of one message; the channel is the one it came to, as the platform names it. */
  post(spot: Spot, message: M, key: string): Promise<{ readonly id: string; readonly channel: string }>
  edit(spot: Spot, id: string, message: M): Promise<void>
  /** The id of a message posted since then (epoch ms) whose answer never came; null: there is none, or one may not look. */
  findUnconfirmed(spot: Spot, since: number): Promise<string | null>
  /** Begins the thread below a message, or finds it; absent: a message's id is its thread's. */
  openThread?(message: string, title: string): Promise<string>
}

/** What a platform has to know so that its cards are posted once and edited in place. */
export interface CardPlatform<M> {
  /** Throws the platform's own errors, or a `SpinupError` where the destination is none of its own. */
  open(destination: string): Promise<CardChannel<M>>
  /** `message`: the one it was about, where it was about one. */
  explain(error: unknown, message?: M): Failure
}

/** How often what is refused for no known reason is tried, and the pause before the second time, ms; it doubles. */
const TRIES = 3
const FIRST_PAUSE_MS = 300

/** Sends the first version that the platform takes. Throws the platform's error for the plainest, or for anything but a refusal. */
export async function firstTaken<M, T>(
  versions: readonly M[],
  send: (message: M) => Promise<T>,
  explain: CardPlatform<M>['explain'],
  log: Logger,
): Promise<T> {
  const plainest = versions.at(-1)
  for (const message of versions) {
    for (let tries = 1, pauseMs = FIRST_PAUSE_MS; tries <= TRIES; tries++, pauseMs *= 2) {
      try {
        return await send(message)
      } catch (error) {
        const { means, error: failure } = explain(error, message)
        const isRefused = means === 'refused' || (means === 'unclear' && tries === TRIES)
        if (isRefused && message !== plainest) {
          log.warn({ reason: failure.message }, 'a message was refused; trying a simpler one')
          break
        }
        if (means !== 'unclear' || tries === TRIES) throw error
        await pause(pauseMs)
      }
    }
  }
  throw new SpinupError('chatFailed', 'There was nothing to show.', { retryable: false })
}
