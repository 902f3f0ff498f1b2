import { GuildMember, type BaseInteraction } from 'discord.js'
import type { Asker } from '../../core/model/place.ts'

/** Who did it, from where: people and roles as `discord:ID`, the channel as `GUILD/CHANNEL`. */
export function askerOf(interaction: BaseInteraction): Asker {
  const { member, user, guildId } = interaction
  const known = member instanceof GuildMember
  const name = (known ? member.displayName : (member?.nick ?? null)) ?? user.displayName
  const roles = known ? [...member.roles.cache.keys()] : (member?.roles ?? [])
  return {
    actor: { id: `discord:${user.id}`, name, platform: 'discord' },
    place: { platform: 'discord', channel: `${guildId ?? ''}/${channelOf(interaction)}`, tenant: null },
    // Everyone is in the role that has the guild's own id.
    roles: roles.filter((id) => id !== guildId).map((id) => `discord:${id}`),
  }
}

/** In a thread, its channel: cards and subscriptions are the channel's. A forum takes no messages, its posts do. */
function channelOf({ channel, channelId }: BaseInteraction): string {
  const inChannel = channel?.isThread() === true && channel.parent?.isThreadOnly() !== true
  return (inChannel ? channel.parentId : channelId) ?? ''
}

/** The two ids of a place's channel. */
export function placeIds(channel: string): { readonly guildId: string; readonly channelId: string } | null {
  const [, guildId, channelId] = /^(\d{5,20})\/(\d{5,20})$/.exec(channel) ?? []
  return guildId === undefined || channelId === undefined ? null : { guildId, channelId }
}
