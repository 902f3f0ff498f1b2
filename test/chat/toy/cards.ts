import { SpinupError } from '../../../src/core/model/error.ts'
import { cardOf } from '../../../src/core/cards/cards.ts'
import { plain } from '../../../src/chat/console/plain.ts'
import type { CardPlatform, Failure, Spot } from '../../../src/chat/upsert/platform.ts'
import { BoardError, type Board } from './board.ts'

/** The few lines a platform needs for its cards. */
export function createToyCards(board: Board): CardPlatform<string> {
  return {
    explain,
    open: async (channel) => ({
      name: channel,
      async *draw({ view }) {
        const { details } = cardOf(view)
        const said = plain(view, Date.now())
        yield {
          versions: [`**${said}**`, said],
          details:
            details === null
              ? null
              : { title: details.title, versions: [`**${details.title}** ${JSON.stringify(view)}`, details.title] },
          whole: true,
          keep: {},
        }
      },
      post: async ({ channel: place, thread, ...spot }, text) => ({
        id: await board.post(place, thread, markOf(spot), text),
        channel: place,
      }),
      edit: async ({ thread }, id, text) => {
        try {
          await board.edit(id, text)
        } catch (error) {
          if (thread === null || !(error instanceof BoardError && error.code === 'asleep')) throw error
          await board.wake(thread)
          await board.edit(id, text)
        }
      },
      findUnconfirmed: ({ channel: place, thread, ...spot }) => board.find(place, thread, markOf(spot)),
      openThread: (message) => board.openThread(message),
    }),
  }
}

function markOf({ card, part }: Pick<Spot, 'card' | 'part'>): string {
  return `${card} ${part}`
}

function explain(error: unknown): Failure {
  if (error instanceof SpinupError) return { error, means: 'other', inDoubt: false }
  const code = error instanceof BoardError ? error.code : 'down'
  const retryable = code !== 'refused' && code !== 'closed'
  return {
    error: new SpinupError(code === 'closed' ? 'unauthorised' : 'chatFailed', `The board: ${code}.`, { retryable }),
    means: code === 'gone' || code === 'refused' ? code : 'other',
    inDoubt: code === 'lost' || code === 'down',
  }
}
