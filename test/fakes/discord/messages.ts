import { bodyObject, type Read } from './reading.ts'
import {
  ApiError,
  everyComponent,
  isObject,
  objects,
  PERMISSIONS,
  V2,
  type AttachmentRecord,
  type ChannelRecord,
  type InteractionRecord,
  type JsonObject,
  type MessageRecord,
} from './records.ts'
import type { World } from './world.ts'

/** What is wrong with a message, in words; none: Discord takes it. */
export type CheckMessage = (body: JsonObject) => readonly string[]

export interface Messages {
  /** As a bot, into a channel. */
  send(channel: ChannelRecord, read: Read): MessageRecord
  /** As the answer to an interaction. */
  answer(interaction: InteractionRecord, read: Read, ephemeral: boolean): MessageRecord
  /** Changes what is given; `read` null: nothing but that it is no longer loading. */
  edit(message: MessageRecord, read: Read): void
  thinking(interaction: InteractionRecord, ephemeral: boolean): MessageRecord
}

const NONCE_MS = 5 * 60_000

export function createMessages(world: World, check: CheckMessage): Messages {
  function add(fields: Partial<MessageRecord> & Pick<MessageRecord, 'channelId' | 'guildId'>): MessageRecord {
    const message: MessageRecord = {
      id: world.newId(),
      author: world.bot,
      at: world.now(),
      editedAt: null,
      content: '',
      components: [],
      flags: 0,
      attachments: [],
      nonce: null,
      ephemeralFor: null,
      loading: false,
      interactionId: null,
      threadId: null,
      edits: 0,
      gone: false,
      ...fields,
    }
    world.messages.push(message)
    return message
  }

  /** The message as it would be; throws what Discord refuses. */
  function composed(
    read: Read,
    before: MessageRecord | null,
  ): Pick<MessageRecord, 'content' | 'components' | 'flags' | 'attachments'> {
    const body = bodyObject(read.body)
    if (read.body === undefined) throw new ApiError(400, 50_109, 'The request body contains invalid JSON.')
    const given = typeof body['flags'] === 'number' ? body['flags'] : null
    const hadV2 = ((before?.flags ?? 0) & V2) !== 0
    if (hadV2 && given !== null && (given & V2) === 0) invalid('flags', 'IS_COMPONENTS_V2 can not be removed')
    const flags = given === null ? (before?.flags ?? 0) : (given & V2) | ((before?.flags ?? 0) & V2)
    const attachments = attached(body, read, before)
    const content = typeof body['content'] === 'string' ? body['content'] : (before?.content ?? '')
    const components = Array.isArray(body['components']) ? objects(body['components']) : (before?.components ?? [])
    if ((flags & V2) !== 0 && (content !== '' || objects(body['embeds']).length > 0)) {
      invalid('content', 'The `content` field can not be used when using IS_COMPONENTS_V2')
    }
    if ((flags & V2) === 0 && components.some(({ type }) => type !== 1)) {
      invalid('components', 'Value of field "type" must be one of (1,).')
    }
    if (content === '' && components.length === 0 && attachments.length === 0) {
      throw new ApiError(400, 50_006, 'Cannot send an empty message')
    }
    const mentions = body['allowed_mentions']
    if (!isObject(mentions) || !Array.isArray(mentions['parse']) || mentions['parse'].length > 0) {
      invalid('allowed_mentions', 'a message that may mention people')
    }
    const wrong = check({ ...body, content, flags, components })
    if (wrong.length > 0) invalid('components', wrong.join('; '))
    wholeOf(components, attachments)
    return { content, components, flags, attachments }
  }

  function attached(body: JsonObject, read: Read, before: MessageRecord | null): readonly AttachmentRecord[] {
    const listed = Array.isArray(body['attachments']) ? objects(body['attachments']) : null
    const kept =
      listed === null
        ? (before?.attachments ?? [])
        : (before?.attachments ?? []).filter(({ id }) => listed.some((one) => one['id'] === id))
    const added = [...read.files].map(([index, file]): AttachmentRecord => {
      const about = listed?.find((one) => String(one['id']) === index)
      const description = about?.['description']
      return {
        id: world.newId(),
        filename: typeof about?.['filename'] === 'string' ? about['filename'] : file.filename,
        description: typeof description === 'string' ? description : null,
        contentType: file.contentType,
        bytes: file.bytes,
      }
    })
    return [...kept, ...added]
  }

  return {
    send(channel, read) {
      const body = bodyObject(read.body)
      world.need(channel, channel.type === 11 ? PERMISSIONS.sendInThreads : PERMISSIONS.sendMessages)
      if (read.files.size > 0) world.need(channel, PERMISSIONS.attachFiles)
      const nonce = typeof body['nonce'] === 'string' ? body['nonce'] : null
      if (nonce !== null && body['enforce_nonce'] === true) {
        const same = world.messages.find(
          (one) => one.nonce === nonce && one.channelId === channel.id && one.at > world.now() - NONCE_MS,
        )
        if (same !== undefined) return same
      }
      return add({ channelId: channel.id, guildId: channel.guildId, nonce, ...composed(read, null) })
    },
    answer(interaction, read, ephemeral) {
      const message = add({
        channelId: interaction.channelId,
        guildId: interaction.guildId,
        interactionId: interaction.id,
        ephemeralFor: ephemeral ? interaction.user.id : null,
        ...composed(read, null),
      })
      interaction.messages.push(message)
      return message
    },
    edit(message, read) {
      const after = composed(read, message)
      Object.assign(message, after)
      if (message.loading) message.loading = false
      else {
        message.edits++
        message.editedAt = world.now()
      }
    },
    thinking(interaction, ephemeral) {
      const message = add({
        channelId: interaction.channelId,
        guildId: interaction.guildId,
        interactionId: interaction.id,
        ephemeralFor: ephemeral ? interaction.user.id : null,
        loading: true,
      })
      interaction.messages.push(message)
      return message
    },
  }
}

/** Pictures are there, and nothing stands twice. */
function wholeOf(components: readonly JsonObject[], attachments: readonly AttachmentRecord[]): void {
  const all = everyComponent(components)
  const urls = [...all, ...all.flatMap((component) => objects(component['items']))].flatMap((one) => {
    const media = isObject(one['media']) ? one['media'] : isObject(one['file']) ? one['file'] : null
    return media === null ? [] : [String(media['url'])]
  })
  for (const url of urls) {
    const name = /^attachment:\/\/(.+)$/.exec(url)?.[1]
    if (name !== undefined && !attachments.some(({ filename }) => filename === name)) {
      invalid('components', `The referenced attachment ${name} was not found`)
    }
  }
  for (const { filename } of attachments) {
    if (!urls.includes(`attachment://${filename}`)) invalid('attachments', `${filename} is shown nowhere`)
  }
  const ids = all.flatMap(({ custom_id: id }) => (typeof id === 'string' ? [id] : []))
  if (new Set(ids).size < ids.length) invalid('components', 'Component custom id cannot be duplicated')
  const numbers = all.flatMap(({ id }) => (typeof id === 'number' && id > 0 ? [id] : []))
  if (new Set(numbers).size < numbers.length) invalid('components', 'Component id cannot be duplicated')
}

/** What Spinup must never send: refused, and told by `violations()`. */
export class InvalidForm extends ApiError {}

export function invalid(field: string, message: string): never {
  throw new InvalidForm(400, 50_035, 'Invalid Form Body', {
    [field]: { _errors: [{ code: 'BASE_TYPE_BAD', message }] },
  })
}
