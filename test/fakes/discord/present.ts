import {
  EPHEMERAL,
  HAS_THREAD,
  LOADING,
  USUAL,
  isObject,
  objects,
  type AttachmentRecord,
  type ChannelRecord,
  type GuildRecord,
  type Json,
  type JsonObject,
  type MessageRecord,
  type UserRecord,
} from './records.ts'
import type { World } from './world.ts'

export function presentUser(user: UserRecord): JsonObject {
  return {
    id: user.id,
    username: user.username,
    avatar: null,
    discriminator: '0',
    public_flags: 0,
    flags: 0,
    global_name: user.displayName,
    primary_guild: null,
    ...(user.bot ? { bot: true } : {}),
  }
}

export function presentMember(guild: GuildRecord, user: UserRecord): JsonObject {
  return {
    user: presentUser(user),
    nick: null,
    avatar: null,
    banner: null,
    roles: guild.members.get(user.id) ?? [],
    joined_at: iso(guild.joinedAt),
    premium_since: null,
    pending: false,
    flags: 0,
    mute: false,
    deaf: false,
    communication_disabled_until: null,
  }
}

export function presentChannel(channel: ChannelRecord, world: World): JsonObject {
  if (channel.type === 11) {
    return {
      id: channel.id,
      type: 11,
      flags: 0,
      guild_id: channel.guildId,
      name: channel.name,
      parent_id: channel.parentId,
      owner_id: world.bot.id,
      last_message_id: null,
      rate_limit_per_user: 0,
      thread_metadata: {
        archived: channel.archived,
        archive_timestamp: iso(channel.createdAt),
        auto_archive_duration: 1440,
        locked: false,
        create_timestamp: iso(channel.createdAt),
      },
      message_count: 0,
      member_count: 1,
      total_message_sent: 0,
    }
  }
  return {
    id: channel.id,
    type: 0,
    flags: 0,
    guild_id: channel.guildId,
    name: channel.name,
    position: 0,
    parent_id: null,
    topic: null,
    nsfw: false,
    last_message_id: null,
    rate_limit_per_user: 0,
    permission_overwrites:
      channel.denied === 0n ? [] : [{ id: world.bot.id, type: 1, allow: '0', deny: channel.denied.toString() }],
  }
}

/** As the gateway tells a guild. */
export function presentGuild(guild: GuildRecord, world: World): JsonObject {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    owner_id: world.user('owner').id,
    joined_at: iso(guild.joinedAt),
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    features: [],
    preferred_locale: 'en-US',
    premium_tier: 0,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    afk_timeout: 300,
    system_channel_flags: 0,
    premium_progress_bar_enabled: false,
    roles: guild.roles.map((role, position) => ({
      id: role.id,
      name: role.name,
      color: 0,
      colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
      hoist: false,
      managed: false,
      mentionable: false,
      position,
      permissions: role.permissions.toString(),
      flags: 0,
    })),
    channels: guild.channels.filter(({ type, gone }) => type === 0 && !gone).map((one) => presentChannel(one, world)),
    threads: guild.channels.filter(({ type, gone }) => type === 11 && !gone).map((one) => presentChannel(one, world)),
    // Without a privileged intent the bot sees itself alone.
    members: [presentMember(guild, world.bot)],
    emojis: [],
    stickers: [],
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  }
}

export function presentMessage(message: MessageRecord, world: World): JsonObject {
  const flags =
    message.flags |
    (message.ephemeralFor === null ? 0 : EPHEMERAL) |
    (message.loading ? LOADING : 0) |
    (message.threadId === null ? 0 : HAS_THREAD)
  return {
    id: message.id,
    channel_id: message.channelId,
    type: message.interactionId === null ? 0 : 20,
    author: presentUser(message.author),
    content: message.content,
    timestamp: iso(message.at),
    edited_timestamp: message.editedAt === null ? null : iso(message.editedAt),
    tts: false,
    pinned: false,
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    embeds: [],
    flags,
    attachments: message.attachments.map((attachment) => presentAttachment(attachment, message)),
    components: presentComponents(message),
    ...(message.nonce === null ? {} : { nonce: message.nonce }),
    ...(message.interactionId === null ? {} : { application_id: world.bot.id, webhook_id: world.bot.id }),
    ...(message.threadId === null ? {} : { thread: presentChannel(world.channel(message.threadId), world) }),
  }
}

function presentAttachment(
  { id, filename, bytes, contentType, description }: AttachmentRecord,
  message: MessageRecord,
): JsonObject {
  const url = `https://cdn.discordapp.com/attachments/${message.channelId}/${id}/${encodeURIComponent(filename)}`
  return {
    id,
    filename,
    size: bytes.length,
    url,
    proxy_url: url,
    content_type: contentType,
    ...(description === null ? {} : { description }),
  }
}

/** With the ids that Discord gives to those that came without, in order of their appearance. */
function presentComponents(message: MessageRecord): readonly JsonObject[] {
  let next = 1
  const media = (given: Json | undefined): JsonObject => {
    const url = isObject(given) ? String(given['url']) : ''
    const attachment = message.attachments.find(({ filename }) => url === `attachment://${filename}`)
    const at = attachment === undefined ? url : String(presentAttachment(attachment, message)['url'])
    return {
      id: attachment?.id ?? '1',
      url: at,
      proxy_url: at,
      ...(attachment === undefined ? {} : { attachment_id: attachment.id, content_type: attachment.contentType }),
    }
  }
  const described = (item: JsonObject): JsonObject => ({
    media: media(item['media']),
    description: item['description'] ?? null,
    spoiler: item['spoiler'] ?? false,
  })
  const present = (component: JsonObject): JsonObject => {
    const id = typeof component['id'] === 'number' && component['id'] > 0 ? component['id'] : next++
    const children =
      component['components'] === undefined ? {} : { components: objects(component['components']).map(present) }
    switch (component['type']) {
      case 3:
        return { min_values: 1, max_values: 1, ...component, id }
      case 9: {
        const accessory = isObject(component['accessory']) ? present(component['accessory']) : null
        return { ...component, id, ...children, accessory }
      }
      case 11:
        return { type: 11, id, ...described(component) }
      case 12:
        return { type: 12, id, items: objects(component['items']).map(described) }
      case 14:
        return { spacing: 1, divider: true, ...component, id }
      case 17:
        return { accent_color: null, spoiler: false, ...component, id, ...children }
      default:
        return { ...component, id, ...children }
    }
  }
  return message.components.map(present)
}

/** As an interaction says where it was made and by whom. */
export function presentPlace(guild: GuildRecord, channel: ChannelRecord, user: UserRecord, world: World): JsonObject {
  const allowed = (USUAL & ~channel.denied).toString()
  return {
    guild_id: guild.id,
    guild: { id: guild.id, locale: 'en-US', features: [] },
    channel_id: channel.id,
    channel: presentChannel(channel, world),
    member: { ...presentMember(guild, user), permissions: USUAL.toString() },
    app_permissions: allowed,
    locale: 'en-GB',
    guild_locale: 'en-US',
    entitlements: [],
    authorizing_integration_owners: { '0': guild.id },
    context: 0,
    attachment_size_limit: 10_485_760,
  }
}

export function iso(at: number): string {
  return new Date(at).toISOString()
}
