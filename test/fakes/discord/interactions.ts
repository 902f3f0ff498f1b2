import type { Messages } from './messages.ts'
import { bodyObject, type Read } from './reading.ts'
import {
  ApiError,
  EPHEMERAL,
  isObject,
  objects,
  type ChannelRecord,
  type GuildRecord,
  type InteractionRecord,
  type JsonObject,
  type MessageRecord,
  type UserRecord,
} from './records.ts'
import { newToken, type World } from './world.ts'

export interface Interactions {
  begin(what: {
    readonly type: InteractionRecord['type']
    readonly guild: GuildRecord
    readonly channel: ChannelRecord
    readonly user: UserRecord
    readonly source: MessageRecord | null
  }): InteractionRecord
  /** `POST /interactions/ID/TOKEN/callback`: the message it made, if any. */
  callback(id: string, token: string, read: Read): InteractionRecord
  /** The interaction that a webhook token is of. */
  byToken(token: string): InteractionRecord
  /** `POST /webhooks/APPLICATION/TOKEN`. */
  followUp(interaction: InteractionRecord, read: Read): MessageRecord
  message(interaction: InteractionRecord, id: string): MessageRecord
  changed(interaction: InteractionRecord): void
  stop(): void
}

export function createInteractions(
  world: World,
  messages: Messages,
  limits: { readonly callbackMs: number; readonly tokenMs: number },
): Interactions {
  const timers = new Set<NodeJS.Timeout>()

  function changed(interaction: InteractionRecord): void {
    for (const told of interaction.changed) told()
  }

  function byToken(token: string): InteractionRecord {
    const interaction = world.interactions.find((known) => known.token === token)
    if (interaction === undefined || world.now() - interaction.at > limits.tokenMs) {
      throw new ApiError(401, 50_027, 'Invalid Webhook Token')
    }
    return interaction
  }

  return {
    changed,
    byToken,
    begin({ type, guild, channel, user, source }) {
      const interaction: InteractionRecord = {
        id: world.newId(),
        token: newToken(),
        type,
        guildId: guild.id,
        channelId: channel.id,
        user,
        at: world.now(),
        source,
        acknowledgedAfterMs: null,
        failed: false,
        original: null,
        messages: [],
        modal: null,
        choices: null,
        changed: new Set(),
      }
      world.interactions.push(interaction)
      const timer = setTimeout(() => {
        timers.delete(timer)
        if (interaction.acknowledgedAfterMs !== null) return
        interaction.failed = true
        changed(interaction)
      }, limits.callbackMs)
      timers.add(timer)
      return interaction
    },
    callback(id, token, read) {
      const interaction = world.interactions.find((known) => known.id === id && known.token === token)
      const afterMs = interaction === undefined ? Infinity : world.now() - interaction.at
      if (interaction !== undefined && interaction.acknowledgedAfterMs !== null) {
        throw new ApiError(400, 40_060, 'Interaction has already been acknowledged.')
      }
      if (interaction === undefined || interaction.failed || afterMs > limits.callbackMs) {
        throw new ApiError(404, 10_062, 'Unknown interaction')
      }
      const body = bodyObject(read.body)
      const data = isObject(body['data']) ? body['data'] : {}
      const inner: Read = { body: data, files: read.files }
      const ephemeral = typeof data['flags'] === 'number' && (data['flags'] & EPHEMERAL) !== 0
      const fromMessage = interaction.type === 3 || (interaction.type === 5 && interaction.source !== null)
      const wrongType = (): never => {
        throw new ApiError(400, 50_035, 'Invalid Form Body', {
          type: {
            _errors: [
              { code: 'BASE_TYPE_CHOICES', message: `no answer to an interaction of type ${interaction.type}` },
            ],
          },
        })
      }
      switch (body['type']) {
        case 4:
          if (interaction.type === 4) wrongType()
          interaction.original = messages.answer(interaction, inner, ephemeral)
          break
        case 5:
          if (interaction.type === 4) wrongType()
          interaction.original = messages.thinking(interaction, ephemeral)
          break
        case 6:
          if (!fromMessage) wrongType()
          interaction.original = interaction.source
          break
        case 7:
          if (!fromMessage || interaction.source === null) return wrongType()
          messages.edit(interaction.source, inner)
          interaction.original = interaction.source
          break
        case 8:
          if (interaction.type !== 4) wrongType()
          interaction.choices = objects(data['choices'])
          break
        case 9:
          if (interaction.type !== 2 && interaction.type !== 3) wrongType()
          interaction.modal = data
          break
        default:
          wrongType()
      }
      interaction.acknowledgedAfterMs = afterMs
      changed(interaction)
      return interaction
    },
    followUp(interaction, read) {
      const body: JsonObject = bodyObject(read.body)
      if (interaction.acknowledgedAfterMs === null) throw new ApiError(404, 10_015, 'Unknown Webhook')
      // The first after a deferral takes its place, with the deferral's audience.
      if (interaction.original?.loading === true && !interaction.original.gone) {
        messages.edit(interaction.original, read)
        changed(interaction)
        return interaction.original
      }
      const ephemeral = typeof body['flags'] === 'number' && (body['flags'] & EPHEMERAL) !== 0
      const message = messages.answer(interaction, read, ephemeral)
      changed(interaction)
      return message
    },
    message(interaction, id) {
      const message = id === '@original' ? interaction.original : interaction.messages.find((one) => one.id === id)
      if (!message || message.gone) throw new ApiError(404, 10_008, 'Unknown Message')
      return message
    },
    stop: () => timers.forEach((timer) => clearTimeout(timer)),
  }
}
