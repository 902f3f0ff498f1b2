import { refusalOfMessage } from './check.ts'
import type { Block } from './record.ts'
import type { ResponseUrl, SlackState } from './state.ts'

const MOST_USES = 5
const LIVES_MS = 30 * 60_000

/** What a `response_url` answers to a message; Slack takes five in half an hour. */
export async function respond(state: SlackState, entry: ResponseUrl | undefined, body: unknown): Promise<number> {
  if (entry === undefined || entry.uses >= MOST_USES || Date.now() - entry.bornAt > LIVES_MS) return 404
  if (typeof body !== 'object' || body === null) return 400
  entry.uses++
  // Read field by field below.
  const message = body as Readonly<Record<string, unknown>>
  const workspace = state.workspaces.get(entry.team)
  if (workspace === undefined) return 404
  const text = typeof message['text'] === 'string' ? message['text'] : ''
  const blocks = Array.isArray(message['blocks']) ? (message['blocks'] as Block[]) : []
  if (refusalOfMessage(state, entry.team, { text, blocks }) !== null) return 404
  const channel = state.record.channel(entry.team, entry.channel, workspace.channelById(entry.channel)?.name)
  // Not by itself where the button was pressed.
  const thread = typeof message['thread_ts'] === 'string' ? message['thread_ts'] : null
  const pressed = entry.message === null ? null : state.record.find(channel, entry.message)
  if (message['delete_original'] === true || message['replace_original'] === true) {
    if (pressed === null) return 404
    if (message['delete_original'] === true) pressed.deleted = true
    pressed.earlier.push(pressed.text)
    pressed.text = text
    pressed.blocks = blocks
    pressed.edits++
    return 200
  }
  if (message['response_type'] !== 'in_channel') {
    channel.ephemerals.push({ to: entry.user, text, blocks, thread, via: 'response_url' })
    return 200
  }
  const ts = `${(Date.now() / 1000).toFixed(6)}`
  state.record.posted(
    channel,
    {
      ts,
      user: workspace.botUser,
      text,
      blocks,
      metadata: null,
      edits: 0,
      earlier: [],
      replies: [],
      deleted: false,
      via: 'response_url',
    },
    thread,
  )
  return 200
}
