/** JSON as it came. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

export interface UserRecord {
  readonly id: string
  readonly username: string
  /** What others see. */
  readonly displayName: string
  readonly bot: boolean
}

export interface RoleRecord {
  readonly id: string
  readonly name: string
  readonly permissions: bigint
}

export interface GuildRecord {
  readonly id: string
  readonly name: string
  readonly joinedAt: number
  readonly roles: RoleRecord[]
  readonly channels: ChannelRecord[]
  /** Roles of each member, by user id. */
  readonly members: Map<string, string[]>
  /** As registered, by the application itself. */
  commands: readonly JsonObject[]
  /** The bot was removed from it. */
  left: boolean
}

export interface ChannelRecord {
  readonly id: string
  readonly name: string
  readonly guildId: string
  /** 0: text; 11: a thread, whose parent is the channel it was begun in. */
  readonly type: 0 | 11
  readonly parentId: string | null
  readonly createdAt: number
  /** What the bot may not do there; it may do everything else. */
  denied: bigint
  /** Of a thread: nothing in it can be edited. */
  archived: boolean
  gone: boolean
}

export interface AttachmentRecord {
  readonly id: string
  readonly filename: string
  readonly description: string | null
  readonly contentType: string
  readonly bytes: Uint8Array
}

export interface MessageRecord {
  readonly id: string
  readonly channelId: string
  readonly guildId: string
  readonly author: UserRecord
  readonly at: number
  editedAt: number | null
  content: string
  components: readonly JsonObject[]
  flags: number
  attachments: readonly AttachmentRecord[]
  readonly nonce: string | null
  /** The one person who sees it; null: everyone. */
  readonly ephemeralFor: string | null
  /** “Spinup is thinking …” */
  loading: boolean
  readonly interactionId: string | null
  threadId: string | null
  edits: number
  gone: boolean
}

export interface InteractionRecord {
  readonly id: string
  readonly token: string
  readonly type: 2 | 3 | 4 | 5
  readonly guildId: string
  readonly channelId: string
  readonly user: UserRecord
  readonly at: number
  /** Of a button, or of the modal that a button opened. */
  readonly source: MessageRecord | null
  /** When it was answered or deferred, ms after it was made; null: not yet. */
  acknowledgedAfterMs: number | null
  failed: boolean
  original: MessageRecord | null
  /** Every message it was answered with. */
  readonly messages: MessageRecord[]
  modal: JsonObject | null
  choices: readonly JsonObject[] | null
  readonly changed: Set<() => void>
}

/** `IS_COMPONENTS_V2`, which never leaves a message that has it. */
export const V2 = 1 << 15
export const EPHEMERAL = 1 << 6
export const LOADING = 1 << 7
export const HAS_THREAD = 1 << 5

export const PERMISSIONS = {
  createInvite: 1n << 0n,
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  embedLinks: 1n << 14n,
  attachFiles: 1n << 15n,
  readHistory: 1n << 16n,
  createPublicThreads: 1n << 35n,
  sendInThreads: 1n << 38n,
} as const

/** What everyone may, unless told otherwise. */
export const USUAL = Object.values(PERMISSIONS).reduce((all, one) => all | one, 0n)

/** A refusal as Discord words it. */
export class ApiError extends Error {
  readonly status: number
  readonly code: number
  readonly errors: JsonObject | null
  constructor(status: number, code: number, message: string, errors: JsonObject | null = null) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.errors = errors
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** Every component of a message or a modal, at any depth. */
export function everyComponent(components: readonly JsonObject[]): readonly JsonObject[] {
  return components.flatMap((component) => [
    component,
    ...everyComponent(objects(component['components'])),
    ...everyComponent(
      [component['accessory'], component['component']].filter((one): one is JsonObject => isObject(one)),
    ),
  ])
}
