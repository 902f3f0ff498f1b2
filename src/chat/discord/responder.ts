import { setTimeout as pause } from 'node:timers/promises'
import {
  InteractionResponseType,
  MessageFlags,
  Routes,
  type APIModalInteractionResponseCallbackData,
  type REST,
} from 'discord.js'
import type { Logger } from 'pino'
import { firstTaken } from '../upsert/platform.ts'
import { chatFailure, CODE, codeOf, explain } from './failure.ts'
import { versionsOf, type Message, type Outgoing } from './outgoing.ts'

/** The ways to answer one interaction. The first must come within 3 s, the others within 15 min. */
export interface Responder {
  /** The whole answer at once; one without pictures. */
  reply(message: Outgoing): Promise<void>
  /** “Thinking …”, for those who will see the answer. */
  promise(audience: Outgoing['audience']): Promise<void>
  open(modal: APIModalInteractionResponseCallbackData): Promise<void>
  offer(values: readonly string[]): Promise<void>
  /** Puts the answer in place of the promise. */
  keep(message: Outgoing): Promise<void>
  /** Takes the promise back. */
  withdraw(): Promise<void>
  /** One more message. */
  add(message: Outgoing): Promise<void>
  /** A message of the bot's own in that channel, which needs nothing of the interaction. */
  post(channel: string, message: Outgoing): Promise<void>
}

const ATTEMPTS = 4
/** Of the first answer: where one try hangs, the next still comes within Discord’s 3 s. */
const TRY_MS = 1000
const LONGEST_WAIT_MS = 10_000

export function createResponder(
  rest: REST,
  { id, token, applicationId }: { readonly id: string; readonly token: string; readonly applicationId: string },
  log: Logger,
): Responder {
  const takenIn = <T>(message: Outgoing, send: (version: Message) => Promise<T>): Promise<T> =>
    firstTaken(versionsOf(message), send, explain, log)
  const original = Routes.webhookMessage(applicationId, token)

  /** Whose answer was lost is answered all the same. */
  async function first(body: unknown): Promise<void> {
    await persistently(async () => {
      try {
        const signal = AbortSignal.timeout(TRY_MS)
        await rest.post(Routes.interactionCallback(id, token), { body, auth: false, signal })
      } catch (error) {
        if (codeOf(error) !== CODE.alreadyAnswered) throw error
      }
    })
  }

  async function add(message: Outgoing): Promise<void> {
    await takenIn(message, ({ body, files }) =>
      persistently(() =>
        rest.post(Routes.webhook(applicationId, token), { body: seenBy(message, body), files, auth: false }),
      ),
    )
  }

  return {
    reply: (message) =>
      takenIn(message, ({ body }) =>
        first({ type: InteractionResponseType.ChannelMessageWithSource, data: seenBy(message, body) }),
      ),
    promise: (audience) =>
      first({
        type: InteractionResponseType.DeferredChannelMessageWithSource,
        data: { flags: audience === 'person' ? MessageFlags.Ephemeral : 0 },
      }),
    open: (data) => first({ type: InteractionResponseType.Modal, data }),
    offer: (values) =>
      first({
        type: InteractionResponseType.ApplicationCommandAutocompleteResult,
        data: { choices: values.map((value) => ({ name: value, value })) },
      }),
    async keep(message) {
      try {
        await takenIn(message, ({ body, files }) =>
          persistently(() => rest.patch(original, { body, files, auth: false })),
        )
      } catch (error) {
        // The person took the promise away, and still asked.
        if (codeOf(error) !== CODE.unknownMessage) throw error
        await add(message)
      }
    },
    withdraw: async () => {
      await persistently(async () => {
        try {
          await rest.delete(original, { auth: false })
        } catch (error) {
          if (codeOf(error) !== CODE.unknownMessage) throw error
        }
      })
    },
    add,
    post: async (channel, message) => {
      await takenIn(message, ({ body, files }) =>
        persistently(() => rest.post(Routes.channelMessages(channel), { body, files })),
      )
    },
  }
}

function seenBy({ audience }: Outgoing, body: Outgoing['body']): Outgoing['body'] {
  return audience === 'person' ? { ...body, flags: body.flags | MessageFlags.Ephemeral } : body
}

/** A person waits: weather is waited out here, a few times and not for long. */
async function persistently<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      const failure = chatFailure(error)
      const waitMs = failure.retryAfterMs ?? 250 * attempt
      if (!failure.retryable || attempt === ATTEMPTS || waitMs > LONGEST_WAIT_MS) throw error
      await pause(waitMs)
    }
  }
}
