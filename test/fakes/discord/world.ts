import { randomBytes } from 'node:crypto'
import {
  ApiError,
  USUAL,
  type ChannelRecord,
  type GuildRecord,
  type InteractionRecord,
  type MessageRecord,
  type UserRecord,
} from './records.ts'

export interface GuildSpec {
  readonly name: string
  readonly channels: readonly string[]
  /** Names of roles, and who is in each. */
  readonly roles?: Readonly<Record<string, readonly string[]>>
}

/** Everything the stand-in knows. */
export interface World {
  readonly bot: UserRecord
  readonly guilds: GuildRecord[]
  readonly messages: MessageRecord[]
  readonly interactions: InteractionRecord[]
  readonly token: string
  now(): number
  newId(): string
  user(name: string): UserRecord
  nameOf(userId: string): string
  addGuild(spec: GuildSpec): GuildRecord
  guild(nameOrId: string): GuildRecord
  channel(id: string): ChannelRecord
  findChannel(guild: string, nameOrId: string): ChannelRecord
  message(channelId: string, id: string): MessageRecord
  /** Throws as Discord does where the bot may not. */
  need(channel: ChannelRecord, permission: bigint): void
}

const EPOCH = 1_420_070_400_000n

export function createWorld(token: string, now: () => number): World {
  let count = 0n
  const newId = (): string => (((BigInt(now()) - EPOCH) << 22n) | (count++ & 0xfffn)).toString()
  const users = new Map<string, UserRecord>()
  const bot: UserRecord = { id: newId(), username: 'spinup', displayName: 'Spinup', bot: true }
  const guilds: GuildRecord[] = []
  const messages: MessageRecord[] = []

  function user(name: string): UserRecord {
    const known = users.get(name)
    if (known !== undefined) return known
    const username = name.toLowerCase().replaceAll(/[^a-z0-9_.]/g, '') || 'someone'
    const made = { id: newId(), username, displayName: name, bot: false }
    users.set(name, made)
    return made
  }

  function newChannel(guildId: string, name: string): ChannelRecord {
    return {
      id: newId(),
      name,
      guildId,
      type: 0,
      parentId: null,
      createdAt: now(),
      denied: 0n,
      archived: false,
      gone: false,
    }
  }

  return {
    bot,
    guilds,
    messages,
    interactions: [],
    token,
    now,
    newId,
    user,
    nameOf: (id) => [...users.values()].find((known) => known.id === id)?.displayName ?? id,
    addGuild({ name, channels, roles = {} }) {
      const id = newId()
      const guild: GuildRecord = {
        id,
        name,
        joinedAt: now(),
        roles: [{ id, name: '@everyone', permissions: USUAL }],
        channels: channels.map((channel) => newChannel(id, channel)),
        members: new Map([[bot.id, []]]),
        commands: [],
        left: false,
      }
      for (const [role, people] of Object.entries(roles)) {
        const roleId = newId()
        guild.roles.push({ id: roleId, name: role, permissions: 0n })
        for (const person of people) {
          const member = user(person).id
          guild.members.set(member, [...(guild.members.get(member) ?? []), roleId])
        }
      }
      guilds.push(guild)
      return guild
    },
    guild(nameOrId) {
      const guild = guilds.find(({ id, name }) => id === nameOrId || name === nameOrId)
      if (guild === undefined) throw new ApiError(404, 10_004, 'Unknown Guild')
      return guild
    },
    channel(id) {
      const channel = guilds.flatMap(({ channels }) => channels).find((known) => known.id === id)
      if (channel === undefined || channel.gone) throw new ApiError(404, 10_003, 'Unknown Channel')
      if (this.guild(channel.guildId).left) throw new ApiError(403, 50_001, 'Missing Access')
      return channel
    },
    findChannel(guild, nameOrId) {
      const found = guilds
        .find(({ id, name }) => id === guild || name === guild)
        ?.channels.find(({ id, name }) => id === nameOrId || name === nameOrId)
      if (found === undefined) throw new Error(`the stand-in has no channel ${guild}/${nameOrId}`)
      return found
    },
    message(channelId, id) {
      const found = messages.find((message) => message.id === id && message.channelId === channelId && !message.gone)
      if (found === undefined || found.ephemeralFor !== null) throw new ApiError(404, 10_008, 'Unknown Message')
      return found
    },
    need(channel, permission) {
      const parent = channel.parentId === null ? null : this.channel(channel.parentId)
      const denied = channel.denied | (parent?.denied ?? 0n)
      if ((denied & (1n << 10n)) !== 0n) throw new ApiError(403, 50_001, 'Missing Access')
      if ((denied & permission) !== 0n) throw new ApiError(403, 50_013, 'Missing Permissions')
    },
  }
}

export function newToken(): string {
  return randomBytes(40).toString('base64url')
}
