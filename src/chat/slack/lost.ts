import type { webApi } from '@slack/bolt'
import type { Logger } from 'pino'
import { errorCodeOf } from './failure.ts'

/** What our messages carry, unseen, so that they can be found again. */
const CARD_EVENT = 'spinup_card'

/** Which of a card's messages one is. */
export type Part = 'card' | 'details'

export function metadataOf(card: string, part: Part): { event_type: string; event_payload: Record<string, string> } {
  return { event_type: CARD_EVENT, event_payload: { card, part } }
}

/** Slack's and our clock may differ by so much. */
const SKEW_MS = 120_000
const PAGES = 5
/** What is between two cannot be looked through, nor a channel whose history is not granted. */
const NOT_TO_BE_SEEN = new Set(['missing_scope', 'not_in_channel', 'channel_not_found'])

/** Looks for messages whose posting was not confirmed. */
export interface Lost {
  /** The message's `ts`; null: there is none, or one may not look. Throws the SDK's errors. */
  find(wish: {
    readonly client: webApi.WebClient
    readonly channel: string
    /** Of the thread it would be in; null: in the channel. */
    readonly thread: string | null
    readonly card: string
    readonly part: Part
    /** When it was begun, epoch ms. */
    readonly since: number
  }): Promise<string | null>
}

export function createLost(log: Logger): Lost {
  let told = false
  return {
    find: async ({ client, channel, thread, card, part, since }) => {
      const oldest = ((since - SKEW_MS) / 1000).toFixed(6)
      let cursor: string | undefined
      try {
        for (let page = 0; page < PAGES; page++) {
          const common = { channel, oldest, include_all_metadata: true, limit: 100, ...(cursor ? { cursor } : {}) }
          const { messages = [], response_metadata: more } =
            thread === null
              ? await client.conversations.history(common)
              : await client.conversations.replies({ ...common, ts: thread })
          const found = messages.find(({ metadata }) => {
            // Apps other than ours may use the name; none has our card's id.
            const payload = metadata?.event_payload as { card?: unknown; part?: unknown } | undefined
            return metadata?.event_type === CARD_EVENT && payload?.card === card && payload.part === part
          })
          if (found?.ts !== undefined) return found.ts
          cursor = more?.next_cursor
          if (cursor === undefined || cursor === '') return null
        }
        return null
      } catch (error) {
        if (!NOT_TO_BE_SEEN.has(errorCodeOf(error) ?? '')) throw error
        if (!told) {
          const fix = 'in channels, the scopes channels:history and groups:history let me look for it first'
          log.warn({ channel }, `Slack did not confirm a card, so it is posted again; ${fix}`)
        }
        told = true
        return null
      }
    },
  }
}
