import { OAuth2Scopes, PermissionFlagsBits } from 'discord.js'

/** What the bot needs in a channel, by the names in Discord's settings. */
export const NEEDED = {
  'View Channel': PermissionFlagsBits.ViewChannel,
  'Send Messages': PermissionFlagsBits.SendMessages,
  'Attach Files': PermissionFlagsBits.AttachFiles,
  'Read Message History': PermissionFlagsBits.ReadMessageHistory,
  'Create Public Threads': PermissionFlagsBits.CreatePublicThreads,
  'Send Messages in Threads': PermissionFlagsBits.SendMessagesInThreads,
} as const

/** The link by which anyone who manages a Discord server invites the bot, with what it needs and nothing more. */
export function inviteUrl(applicationId: string): string {
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: [OAuth2Scopes.Bot, OAuth2Scopes.ApplicationsCommands].join(' '),
    permissions: Object.values(NEEDED)
      .reduce((all, one) => all | one, 0n)
      .toString(),
  })
  return `https://discord.com/oauth2/authorize?${query.toString()}`
}
