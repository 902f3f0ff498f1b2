import type { webApi } from '@slack/bolt'
import type { Logger } from 'pino'
import type { Spot } from '../upsert/platform.ts'
import { errorCodeOf } from './failure.ts'

/** What our messages carry, unseen, so that they can be found again. */
const CARD_EVENT = 'spinup_card'

export function metadataOf({ card, part }: Spot): { event_type: string; event_payload: Record<string, string> } {
  return { event_type: CARD_EVENT, event_payload: { card, part } }
}

/** Slack's and our clock may differ by so much. */
const SKEW_MS = 120_000
const PAGES = 5
/** What is between two cannot be looked through, nor a channel whose history is not granted. */
const NOT_TO_BE_SEEN = new Set(['missing_scope', 'not_in_channel', 'channel_not_found'])

/** Looks for a message by its metadata among those since then (epoch ms); null: there is none, or one may not look. Throws the SDK's errors. */
export type Search = (client: webApi.WebClient, spot: Spot, since: number) => Promise<string | null>

export function createSearch(log: Logger): Search {
  let warned = false
  return async (client, { channel, thread, card, part }, since) => {
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
      if (!warned) {
        const fix = 'in channels, the scopes channels:history and groups:history let me look for it first'
        log.warn({ channel }, `Slack did not confirm a card, so it is posted again; ${fix}`)
      }
      warned = true
      return null
    }
  }
}
