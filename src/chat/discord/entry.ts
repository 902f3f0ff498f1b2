import { z } from 'zod'
import { secret, url } from '../../config/values.ts'
import type { ChatEntry } from '../entry.ts'
import type { DiscordSettings } from './chat.ts'

/** Discord, where its token is set. */
export const DISCORD: ChatEntry<DiscordSettings> = {
  name: 'discord',
  label: 'Discord',
  variable: 'DISCORD_TOKEN',
  environment: z
    .object({
      DISCORD_TOKEN: secret('the token on the application’s page “Bot”')
        .optional()
        .meta({ about: 'Of the application’s bot: docs/discord.md', example: '' }),
      DISCORD_API_URL: url('a URL such as https://discord.com/api')
        .optional()
        .meta({ about: 'Its API, for a stand-in.', example: 'https://discord.com/api' }),
    })
    .transform(({ DISCORD_TOKEN: token, DISCORD_API_URL: apiUrl = null }) =>
      token === undefined ? null : { token, apiUrl },
    ),
  // Five in five seconds.
  pace: { everyMs: 1000, burst: 5, newCard: 1 },
  people: {
    takes: 'discord:… (a person or a role)',
    // `<@8131…>`, `<@!8131…>`, `<@&8131…>`
    mentioned: (word) => /^<@[!&]?(\d{1,20})>$/.exec(word)?.[1] ?? null,
    idOf: (text) => /^\d{1,20}$/.exec(text)?.[0] ?? null,
    // The id of a role looks the same.
    isPerson: () => false,
  },
  open: async (settings, around) => {
    const { createDiscordChat } = await import('./chat.ts')
    return createDiscordChat({ ...settings, ...around })
  },
}
