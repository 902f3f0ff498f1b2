import { SpinupError } from '../../core/model/error.ts'
import { COMMANDS } from '../../commands/registry.ts'
import type { ChatEntry } from '../entry.ts'

/** Discord, where its token is set. */
export const DISCORD: ChatEntry = {
  name: 'discord',
  variable: 'DISCORD_TOKEN',
  offered: ({ discord }) => discord !== null,
  open: async ({ config, ...surroundings }) => {
    const { createDiscordChat } = await import('../../chat/discord/chat.ts')
    const { discord } = config
    if (discord === null) throw new SpinupError('configuration', 'Discord needs DISCORD_TOKEN.')
    return createDiscordChat({ ...discord, ...surroundings, commands: COMMANDS })
  },
}
