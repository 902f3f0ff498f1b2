import type { Chat } from '../../../src/chat/chat.ts'
import type { ChatSurroundings } from '../../../src/chat/entry.ts'
import { createCardUpsert } from '../../../src/chat/upsert/card-upsert.ts'
import { plain } from '../../../src/chat/console/plain.ts'
import type { Board } from './board.ts'
import { createToyCards } from './cards.ts'

/** A chat on the board: what is written there is answered there. */
export function createToyChat(board: Board, { shown, now, log }: ChatSurroundings): Chat {
  let stop = (): void => undefined
  return {
    platform: 'toy',
    start: async (handlers) => {
      stop = board.onLine(async (channel, person, text) => {
        const place = { platform: 'toy', channel, tenant: null }
        const actor = { id: `toy:${person}`, name: person, platform: 'toy' }
        const roles = person === 'grace' ? ['toy:opsteam'] : []
        const views = await handlers.command({ text, asker: { actor, place, roles } })
        for (const view of views) await board.post(channel, null, '', plain(view, now()))
      })
    },
    show: createCardUpsert(createToyCards(board), { shown, now, log }),
    checkUp: async () => [{ name: 'The Board', state: 'ok', detail: 'it hangs on the wall', fix: null }],
    stop: async () => stop(),
  }
}
