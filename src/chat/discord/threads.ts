import { createHash } from 'node:crypto'
import { Routes, ThreadAutoArchiveDuration, type REST } from 'discord.js'
import type { Logger } from 'pino'
import type { Card } from '../../core/model/view.ts'
import { chatFailure, CODE, codeOf } from './failure.ts'
import type { Outgoing } from './outgoing.ts'
import { idOf, nonceOf, saysTheSame } from './sent.ts'

type Extra = Readonly<Record<string, string>>

/** The thread that a card begins: one message with its details and its chart, edited in place. */
export interface Threads {
  /** What is to be remembered of it. A thread that can't be is left out, for good, with a warning; weather is thrown. */
  show(what: {
    readonly channelId: string
    readonly messageId: string
    readonly card: Card
    readonly message: Outgoing
    readonly extra: Extra
  }): Promise<Extra>
}

export function createThreads({ rest, log }: { readonly rest: REST; readonly log: Logger }): Threads {
  /** A thread begun from a message has the message's id. */
  async function begin(channelId: string, messageId: string, name: string): Promise<string> {
    try {
      const body = { name, auto_archive_duration: ThreadAutoArchiveDuration.OneWeek }
      return idOf(await rest.post(Routes.threads(channelId, messageId), { body }))
    } catch (error) {
      if (codeOf(error) === CODE.threadExists) return messageId
      throw error
    }
  }

  /** A thread that was quiet for long is archived, and nothing in it can be edited. */
  async function awake(threadId: string, edit: () => Promise<unknown>): Promise<void> {
    try {
      await edit()
    } catch (error) {
      if (codeOf(error) !== CODE.threadArchived) throw error
      await rest.patch(Routes.channel(threadId), { body: { archived: false } })
      await edit()
    }
  }

  async function post(
    threadId: string,
    extra: Extra,
    cardId: string,
    part: NonNullable<Outgoing['thread']>,
  ): Promise<string> {
    const { body, files } = part
    const edited = extra['threadMessage']
    if (edited !== undefined) {
      try {
        await awake(threadId, () => rest.patch(Routes.channelMessage(threadId, edited), { body, files }))
        return edited
      } catch (error) {
        if (codeOf(error) !== CODE.unknownMessage) throw error
      }
    }
    const nonce = nonceOf(threadId, cardId, edited ?? '')
    const sent = await rest.post(Routes.channelMessages(threadId), {
      body: { ...body, nonce, enforce_nonce: true },
      files,
    })
    const id = idOf(sent)
    // An earlier try had come through after all, with what was to be told then.
    if (!saysTheSame(sent, body)) await rest.patch(Routes.channelMessage(threadId, id), { body, files })
    return id
  }

  return {
    async show({ channelId, messageId, card, message, extra }) {
      const part = message.thread
      if (part === null || extra['threadRefused'] !== undefined) return extra
      const threadState = stateOf(part)
      if (extra['threadState'] === threadState) return extra
      let known = extra
      try {
        const thread = extra['thread'] ?? (await begin(channelId, messageId, part.name))
        known = { ...extra, thread }
        const threadMessage = await post(thread, extra, card.id, part)
        return { ...known, threadMessage, threadState }
      } catch (error) {
        const failure = chatFailure(error)
        if (failure.retryable) throw failure
        log.warn({ reason: failure.message }, 'a card stays without its thread')
        return { ...known, threadRefused: String(codeOf(error) ?? 'yes') }
      }
    },
  }
}

/** The same words with the same picture need no edit. */
function stateOf({ body, files }: NonNullable<Outgoing['thread']>): string {
  const hash = createHash('sha256').update(JSON.stringify(body))
  for (const { data } of files) hash.update(data as Buffer)
  return hash.digest('base64url').slice(0, 16)
}
