import { checkCommand } from './command-rules.ts'
import type { Interactions } from './interactions.ts'
import { invalid, type Messages } from './messages.ts'
import { presentChannel, presentMember, presentMessage, presentUser } from './present.ts'
import { bodyObject, type Read } from './reading.ts'
import {
  ApiError,
  EPHEMERAL,
  LOADING,
  PERMISSIONS,
  objects,
  type ChannelRecord,
  type GuildRecord,
  type JsonObject,
} from './records.ts'
import type { World } from './world.ts'

export interface Call {
  readonly params: readonly string[]
  readonly query: URLSearchParams
  readonly read: Read
}

export interface Reply {
  readonly status: number
  readonly body?: JsonObject | readonly JsonObject[]
}

export interface Route {
  readonly method: string
  readonly pattern: RegExp
  /** The bot's token is needed; else the path's own is enough. */
  readonly authorised: boolean
  readonly run: (call: Call) => Reply
}

export interface Surroundings {
  readonly world: World
  readonly messages: Messages
  readonly interactions: Interactions
  readonly gatewayUrl: () => string
  readonly threadMade: (thread: ChannelRecord) => void
}

/** The part of Discord's REST API that Spinup needs; paths are below `/api/v10`. */
export function routesOf({ world, messages, interactions, gatewayUrl, threadMade }: Surroundings): readonly Route[] {
  const route = (method: string, path: string, run: Route['run'], authorised = true): Route => {
    const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, String.raw`([^/]+)`)}$`)
    return { method, pattern, authorised, run }
  }
  const ok = (body: JsonObject | readonly JsonObject[]): Reply => ({ status: 200, body })
  const part = (call: Call, index: number): string => call.params[index] ?? ''

  return [
    route('GET', '/gateway/bot', () =>
      ok({
        url: gatewayUrl(),
        shards: 1,
        session_start_limit: { total: 1000, remaining: 999, reset_after: 14_400_000, max_concurrency: 1 },
      }),
    ),
    route('GET', '/users/@me', () => ok({ ...presentUser(world.bot), mfa_enabled: true, locale: 'en-US' })),
    route('PUT', '/applications/{application}/guilds/{guild}/commands', (call) => {
      const guild = inside(world.guild(part(call, 1)))
      const wrong = objects(call.read.body).flatMap(checkCommand)
      if (wrong.length > 0) invalid('commands', wrong.join('; '))
      guild.commands = objects(call.read.body).map((command) => ({
        ...command,
        id: world.newId(),
        application_id: world.bot.id,
        guild_id: guild.id,
        version: world.newId(),
        default_member_permissions: command['default_member_permissions'] ?? null,
        description: command['description'] ?? '',
        nsfw: false,
      }))
      return ok(guild.commands)
    }),
    route('GET', '/applications/{application}/guilds/{guild}/commands', (call) =>
      ok(inside(world.guild(part(call, 1))).commands),
    ),
    route('GET', '/guilds/{guild}/members/{user}', (call) => {
      if (part(call, 1) !== world.bot.id) throw new ApiError(404, 10_007, 'Unknown Member')
      return ok(presentMember(world.guild(part(call, 0)), world.bot))
    }),
    route('GET', '/channels/{channel}', (call) => {
      const channel = world.channel(part(call, 0))
      world.need(channel, PERMISSIONS.viewChannel)
      return ok(presentChannel(channel, world))
    }),
    route('PATCH', '/channels/{channel}', (call) => {
      const channel = world.channel(part(call, 0))
      world.need(channel, PERMISSIONS.sendInThreads)
      const { archived } = bodyObject(call.read.body)
      if (typeof archived === 'boolean' && channel.type === 11) channel.archived = archived
      return ok(presentChannel(channel, world))
    }),
    route('GET', '/channels/{channel}/messages', (call) => {
      const channel = world.channel(part(call, 0))
      world.need(channel, PERMISSIONS.readHistory)
      const after = BigInt(call.query.get('after') ?? '0')
      const limit = Number(call.query.get('limit') ?? '50')
      const seen = world.messages.filter(
        (one) => one.channelId === channel.id && !one.gone && one.ephemeralFor === null && BigInt(one.id) > after,
      )
      // The oldest after it, newest first; without it the newest.
      const page = call.query.has('after') ? seen.slice(0, limit) : seen.slice(-limit)
      return ok(page.toReversed().map((one) => presentMessage(one, world)))
    }),
    route('POST', '/channels/{channel}/messages', (call) => {
      const channel = world.channel(part(call, 0))
      return ok(presentMessage(messages.send(channel, call.read), world))
    }),
    route('PATCH', '/channels/{channel}/messages/{message}', (call) => {
      const channel = world.channel(part(call, 0))
      world.need(channel, PERMISSIONS.viewChannel)
      if (call.read.files.size > 0) world.need(channel, PERMISSIONS.attachFiles)
      const message = world.message(channel.id, part(call, 1))
      if (channel.archived) throw new ApiError(400, 50_083, 'Thread is archived')
      messages.edit(message, call.read)
      return ok(presentMessage(message, world))
    }),
    route('POST', '/channels/{channel}/messages/{message}/threads', (call) => {
      const channel = world.channel(part(call, 0))
      const message = world.message(channel.id, part(call, 1))
      world.need(channel, PERMISSIONS.createPublicThreads)
      if (message.threadId !== null) {
        throw new ApiError(400, 160_004, 'A thread has already been created for this message')
      }
      const thread: ChannelRecord = {
        id: message.id,
        name: String(bodyObject(call.read.body)['name']),
        guildId: channel.guildId,
        type: 11,
        parentId: channel.id,
        createdAt: world.now(),
        denied: 0n,
        archived: false,
        gone: false,
      }
      world.guild(channel.guildId).channels.push(thread)
      message.threadId = thread.id
      threadMade(thread)
      return { status: 201, body: presentChannel(thread, world) }
    }),
    route(
      'POST',
      '/interactions/{interaction}/{token}/callback',
      (call) => {
        const interaction = interactions.callback(part(call, 0), part(call, 1), call.read)
        if (call.query.get('with_response') !== 'true') return { status: 204 }
        const message = interaction.original
        return ok({
          interaction: {
            id: interaction.id,
            type: interaction.type,
            ...(message === null
              ? {}
              : {
                  response_message_id: message.id,
                  response_message_loading: message.loading,
                  response_message_ephemeral: message.ephemeralFor !== null,
                }),
          },
        })
      },
      false,
    ),
    route(
      'POST',
      '/webhooks/{application}/{token}',
      (call) => {
        const message = interactions.followUp(interactions.byToken(part(call, 1)), call.read)
        return ok(presentMessage(message, world))
      },
      false,
    ),
    route(
      'PATCH',
      '/webhooks/{application}/{token}/messages/{message}',
      (call) => {
        const interaction = interactions.byToken(part(call, 1))
        const message = interactions.message(interaction, part(call, 2))
        messages.edit(message, { ...call.read, body: withoutFlags(call.read.body) })
        interactions.changed(interaction)
        return ok(presentMessage(message, world))
      },
      false,
    ),
    route(
      'DELETE',
      '/webhooks/{application}/{token}/messages/{message}',
      (call) => {
        const interaction = interactions.byToken(part(call, 1))
        interactions.message(interaction, part(call, 2)).gone = true
        interactions.changed(interaction)
        return { status: 204 }
      },
      false,
    ),
  ]
}

function inside(guild: GuildRecord): GuildRecord {
  if (guild.left) throw new ApiError(403, 50_001, 'Missing Access')
  return guild
}

/** An edit can't change who sees a message. */
function withoutFlags(body: unknown): unknown {
  const { flags, ...rest } = bodyObject(body)
  return typeof flags === 'number' ? { ...rest, flags: flags & ~(EPHEMERAL | LOADING) } : body
}
