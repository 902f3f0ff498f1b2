import { PermissionFlagsBits, type PermissionsBitField } from 'discord.js'
import type { ErrorView } from '../../core/model/view.ts'

/** What the bot needs in a channel, by the names in Discord's settings. */
export const NEEDED = {
  'View Channel': PermissionFlagsBits.ViewChannel,
  'Send Messages': PermissionFlagsBits.SendMessages,
  'Attach Files': PermissionFlagsBits.AttachFiles,
  'Read Message History': PermissionFlagsBits.ReadMessageHistory,
  'Create Public Threads': PermissionFlagsBits.CreatePublicThreads,
  'Send Messages in Threads': PermissionFlagsBits.SendMessagesInThreads,
} as const

/** What is lacking, and what to do about it; null: nothing is. */
export function lacking(
  allowed: Readonly<PermissionsBitField>,
): { readonly detail: string; readonly fix: string } | null {
  const missing = Object.entries(NEEDED).filter(([, bit]) => !allowed.has(bit))
  if (missing.length === 0) return null
  const words = missing.map(([word]) => `“${word}”`).join(', ')
  return {
    detail: `I lack ${words}.`,
    fix: `In the channel’s settings, page “Permissions”, let the role of Spinup have ${words}.`,
  }
}

const AGAIN_MS = 3600_000
const MOST_CHANNELS = 1000

/** Says what is lacking before a card fails for it: Discord names the bot's permissions with whatever people do. */
export function createPermissionNotes(): {
  /** What to add to the answer; null: all is there, or it was said within the hour. */
  due(interaction: {
    readonly channelId: string | null
    readonly appPermissions: Readonly<PermissionsBitField>
  }): ErrorView | null
} {
  const noted = new Map<string, number>()
  return {
    due({ channelId, appPermissions }) {
      const place = channelId ?? ''
      const found = lacking(appPermissions)
      if (found === null) noted.delete(place)
      if (found === null || performance.now() - (noted.get(place) ?? -Infinity) < AGAIN_MS) return null
      if (noted.size >= MOST_CHANNELS) noted.clear()
      noted.set(place, performance.now())
      const message = `In this channel ${found.detail} Cards may fail or come without charts here. ${found.fix}`
      return { kind: 'error', code: 'unauthorised', message, suggestion: '/spinup doctor', example: null }
    },
  }
}
