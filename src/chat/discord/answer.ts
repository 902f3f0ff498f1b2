import { setTimeout as pause } from 'node:timers/promises'
import type { APIModalInteractionResponseCallbackData } from 'discord.js'
import { chatFailure } from './failure.ts'
import type { Responder } from './responder.ts'
import type { Outgoing } from './outgoing.ts'

/** What an interaction comes to. */
export type Outcome =
  | { readonly kind: 'messages'; readonly messages: readonly Outgoing[] }
  | { readonly kind: 'modal'; readonly modal: APIModalInteractionResponseCallbackData }
  /** Another bot answers it, or it was answered before. */
  | { readonly kind: 'silence' }

/** An answer that is there by then has the right audience from the beginning; nobody waits longer for a sign of life. */
const PROMPT_MS = 400
/** A modal can't be promised. */
const MODAL_MS = 1700

/** It has not come by then. */
export const LATE = Symbol('late')

/** The work was not begun: Discord did not take the acknowledgement and says that it failed, or Redis is away. */
export class NotBegun extends Error {}

/**
 * Answers within Discord's deadline whatever the work takes: at once, or with a promise first. Only then is it decided
 * who sees the answer, so a promise to the wrong audience is taken back. Throws `NotBegun`, or what Discord answered.
 */
export async function answer(
  responder: Responder,
  begin: () => Promise<Outcome>,
  expected: {
    /** It may change something: it is begun only when Discord has taken the acknowledgement. */
    readonly changes: boolean
    /** Who will probably see it. */
    readonly audience: Outgoing['audience']
    /** It asks for a modal, which can't be promised. */
    readonly modal: boolean
    /** What is said where a modal came too late. */
    readonly tooLate: () => Promise<Outgoing>
  },
): Promise<void> {
  if (expected.changes) {
    await responder.promise(expected.audience).catch((error: unknown) => {
      const why = 'Discord had given up on it, or did not take my acknowledgement.'
      throw new NotBegun(`${why} ${chatFailure(error).message}`)
    })
  }
  const work = begin()
  if (!expected.changes) {
    const early = await within(work, expected.modal ? MODAL_MS : PROMPT_MS)
    if (early !== LATE) return atOnce(responder, early)
    if (expected.modal) {
      work.catch(() => undefined)
      return responder.reply(await expected.tooLate())
    }
    await responder.promise(expected.audience)
  }
  const outcome = await work
  // What was promised is now for the other bot to keep.
  if (outcome.kind === 'silence') return
  const messages = outcome.kind === 'messages' ? outcome.messages : [await expected.tooLate()]
  const kept = messages.findIndex(({ audience }) => audience === expected.audience)
  const first = messages[kept]
  await (first === undefined ? responder.withdraw() : responder.keep(first))
  for (const message of messages.filter((_, index) => index !== kept)) await responder.add(message)
}

async function atOnce(responder: Responder, outcome: Outcome): Promise<void> {
  if (outcome.kind === 'silence') return
  if (outcome.kind === 'modal') return responder.open(outcome.modal)
  const [first, ...rest] = outcome.messages
  if (first !== undefined && first.files.length > 0) {
    // A picture takes its time on a slow line, which an answer of its own does not have.
    await responder.promise(first.audience)
    await responder.keep(first)
  } else if (first !== undefined) await responder.reply(first)
  for (const message of rest) await responder.add(message)
}

/** What comes of the work, or `LATE` after so long, ms. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | typeof LATE> {
  const stop = new AbortController()
  try {
    return await Promise.race([work, pause(ms, LATE as typeof LATE, { signal: stop.signal })])
  } finally {
    stop.abort()
  }
}
