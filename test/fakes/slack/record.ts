/** A message as people see it. */
export interface ShownMessage {
  readonly ts: string
  /** Of the bot that wrote it, or of the person. */
  readonly user: string
  text: string
  blocks: readonly Block[]
  metadata: unknown
  /** How often it was edited. */
  edits: number
  /** What it said before each edit, oldest first. */
  readonly earlier: string[]
  /** Replies in its thread, in order. */
  readonly replies: ShownMessage[]
  deleted: boolean
  /** `response_url` answers are the platform's own; the rest is the bot's. */
  readonly via: 'chat' | 'response_url'
}

/** A message that one person alone sees. */
export interface ShownToOne {
  readonly to: string
  readonly text: string
  readonly blocks: readonly Block[]
  /** Thread it stands in; null: the channel. */
  readonly thread: string | null
  readonly via: 'chat' | 'response_url'
}

/** What a channel shows. */
export interface ShownChannel {
  readonly team: string
  readonly id: string
  readonly name: string
  readonly messages: ShownMessage[]
  readonly ephemerals: ShownToOne[]
}

/** A block as it came; read with care. */
export type Block = Readonly<Record<string, unknown>>

/** Keeps what every channel shows, in order. */
export interface ChannelRecord {
  readonly channels: Map<string, ShownChannel>
  channel(team: string, id: string, name?: string): ShownChannel
  posted(channel: ShownChannel, message: ShownMessage, thread: string | null): void
  find(channel: ShownChannel, ts: string): ShownMessage | null
}

export function createRecord(): ChannelRecord {
  const channels = new Map<string, ShownChannel>()
  const find = (channel: ShownChannel, ts: string): ShownMessage | null =>
    channel.messages.flatMap((message) => [message, ...message.replies]).find((message) => message.ts === ts) ?? null
  return {
    channels,
    find,
    channel: (team, id, name) => {
      const key = `${team}/${id}`
      const known = channels.get(key)
      if (known !== undefined) return known
      const made: ShownChannel = { team, id, name: name ?? id, messages: [], ephemerals: [] }
      channels.set(key, made)
      return made
    },
    posted: (channel, message, thread) => {
      const parent = thread === null ? null : find(channel, thread)
      if (parent === null) channel.messages.push(message)
      else parent.replies.push(message)
    },
  }
}

/** A button on a message or a home page. */
export interface FoundButton {
  readonly block_id: string
  readonly action_id: string
  readonly value: string | undefined
  readonly type: string
  readonly label: string
  /** Of a menu: its entries. */
  readonly options?: readonly { readonly value: string; readonly label: string }[]
}

/** Every button and menu in blocks, in order. */
export function buttonsOf(blocks: readonly Block[]): readonly FoundButton[] {
  return blocks.flatMap((block, index) => {
    const inside = [...list(block['elements']), ...list(block['accessory'] === undefined ? [] : [block['accessory']])]
    return inside.flatMap((element): readonly FoundButton[] => {
      const type = String(element['type'])
      if (type !== 'button' && type !== 'static_select' && type !== 'overflow') return []
      const options = list(element['options']).map((option) => ({
        value: String(option['value']),
        label: textOf(option['text']),
      }))
      return [
        {
          block_id: String(block['block_id'] ?? `b${index}`),
          action_id: String(element['action_id'] ?? `a${index}`),
          value: typeof element['value'] === 'string' ? element['value'] : undefined,
          type,
          label: type === 'button' ? textOf(element['text']) : textOf(element['placeholder']),
          ...(options.length > 0 ? { options } : {}),
        },
      ]
    })
  })
}

/** Files that blocks show. */
export function slackFilesOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(slackFilesOf)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'slack_file' && typeof inner === 'object' && inner !== null && 'id' in inner
      ? [String(inner.id)]
      : slackFilesOf(inner),
  )
}

/** All words in blocks, one part a line. */
export function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsOf).filter(Boolean).join('\n')
  if (typeof value !== 'object' || value === null) return ''
  return Object.entries(value)
    .map(([key, inner]) =>
      typeof inner === 'string' ? (key === 'text' || key === 'alt_text' ? inner : '') : wordsOf(inner),
    )
    .filter(Boolean)
    .join('\n')
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'text' in value ? String(value.text) : ''
}

function list(value: unknown): readonly Block[] {
  // Blocks were parsed from JSON, so their parts are plain objects.
  return Array.isArray(value) ? (value as Block[]) : []
}
