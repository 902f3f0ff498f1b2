import { z } from 'zod'
import { secret } from '../../../src/config/values.ts'
import type { ChatEntry } from '../../../src/chat/entry.ts'
import type { Board } from './board.ts'

/** The toy platform: everything that Spinup needs of it. */
export const createToy = (board: Board): ChatEntry<{ readonly key: string }> => ({
  name: 'toy',
  label: 'The Board',
  variable: 'TOY_KEY',
  environment: z
    .object({ TOY_KEY: secret('the key on the back of the board').optional() })
    .transform(({ TOY_KEY: key }) => (key === undefined ? null : { key })),
  pace: { everyMs: 20, burst: 5, newCard: 2 },
  people: {
    takes: 'toy:… (a person or a team)',
    mentioned: (word) => /^@\{([a-z]+)\}$/.exec(word)?.[1] ?? null,
    idOf: (text) => /^[a-z]+$/.exec(text.toLowerCase())?.[0] ?? null,
    isPerson: (id) => !id.endsWith('team'),
  },
  open: async (_settings, around) => {
    const { createToyChat } = await import('./chat.ts')
    return createToyChat(board, around)
  },
})
