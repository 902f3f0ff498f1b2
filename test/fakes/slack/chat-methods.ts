import { blocksOf, refusalOfMessage } from './check.ts'
import type { ShownMessage } from './record.ts'
import { jsonOf, refused, type Method, type Params, type SlackState } from './state.ts'
import type { Channel, Workspace } from './workspace.ts'

/** Methods about messages: `emulate` keeps them, this refuses what Slack would and records what is seen. */
export const CHAT_METHODS: Readonly<Record<string, Method>> = {
  'chat.postMessage': async ({ state, workspace, params }) => {
    const channel = await reach(workspace, params['channel'])
    if (typeof channel === 'string') return refused(channel)
    const blocks = blocksOf(params)
    if (blocks === null) return refused('invalid_blocks')
    const text = params['text'] ?? ''
    const wrong = refusalOfMessage(state, workspace.team, { text, blocks })
    if (wrong !== null) return refused(wrong.error, { response_metadata: { messages: wrong.messages } })
    const answer = await workspace.call('chat.postMessage', { ...params, channel: channel.id })
    if (answer.ok) {
      const shown = state.record.channel(workspace.team, channel.id, channel.name)
      const message: ShownMessage = {
        ts: String(answer['ts']),
        user: workspace.botUser,
        text,
        blocks,
        metadata: jsonOf(params['metadata']) ?? null,
        edits: 0,
        earlier: [],
        replies: [],
        deleted: false,
        via: 'chat',
      }
      state.record.posted(shown, message, params['thread_ts'] ?? null)
    }
    return answer
  },

  'chat.update': async ({ state, workspace, params }) => {
    const channel = await reach(workspace, params['channel'])
    if (typeof channel === 'string') return refused(channel)
    const shown = state.record.channel(workspace.team, channel.id, channel.name)
    const message = state.record.find(shown, params['ts'] ?? '')
    if (message === null || message.deleted) return refused('message_not_found')
    const blocks = blocksOf(params)
    if (blocks === null) return refused('invalid_blocks')
    const text = params['text'] ?? ''
    const wrong = refusalOfMessage(state, workspace.team, { text, blocks })
    if (wrong !== null) return refused(wrong.error, { response_metadata: { messages: wrong.messages } })
    const answer = await workspace.call('chat.update', { ...params, channel: channel.id })
    if (answer.ok) {
      message.earlier.push(message.text)
      message.edits++
      message.text = text
      message.blocks = blocks
      if (params['metadata'] !== undefined) message.metadata = jsonOf(params['metadata'])
    }
    return answer
  },

  'chat.postEphemeral': async ({ state, workspace, params }) => {
    const channel = await reach(workspace, params['channel'])
    if (typeof channel === 'string') return refused(channel)
    const blocks = blocksOf(params)
    if (blocks === null) return refused('invalid_blocks')
    const text = params['text'] ?? ''
    const wrong = refusalOfMessage(state, workspace.team, { text, blocks })
    if (wrong !== null) return refused(wrong.error, { response_metadata: { messages: wrong.messages } })
    const answer = await workspace.call('chat.postEphemeral', { ...params, channel: channel.id })
    if (answer.ok) {
      const shown = state.record.channel(workspace.team, channel.id, channel.name)
      const to = params['user'] ?? ''
      const thread = params['thread_ts'] ?? null
      // In a thread that has not begun it is taken, and nobody sees it.
      if (thread === null || (state.record.find(shown, thread)?.replies.length ?? 0) > 0) {
        shown.ephemerals.push({ to, text, blocks, thread, via: 'chat' })
      }
    }
    return answer
  },

  'chat.scheduleMessage': async ({ workspace, params }) => {
    const channel = await reach(workspace, params['channel'])
    if (typeof channel === 'string') return refused(channel)
    return workspace.call('chat.scheduleMessage', { ...params, channel: channel.id })
  },

  'conversations.history': async ({ workspace, params }) => withoutMetadata('conversations.history', workspace, params),
  'conversations.replies': async ({ workspace, params }) => withoutMetadata('conversations.replies', workspace, params),
}

/** Slack leaves metadata out unless it is asked for. */
async function withoutMetadata(method: string, workspace: Workspace, params: Params): ReturnType<Method> {
  const answer = await workspace.call(method, params)
  if (params['include_all_metadata'] === 'true' || !Array.isArray(answer['messages'])) return answer
  const messages = (answer['messages'] as Readonly<Record<string, unknown>>[]).map(
    ({ metadata: _left, ...rest }) => rest,
  )
  return { ...answer, messages }
}

/** The channel as the bot may write to it, a person's direct messages included; else Slack's error. */
async function reach(workspace: Workspace, id: string | undefined): Promise<Channel | string> {
  if (id === undefined) return 'channel_not_found'
  const channel = workspace.channelById(id)
  if (channel !== null) {
    if (channel.invited) return channel
    return channel.isPrivate ? 'channel_not_found' : 'not_in_channel'
  }
  const person = workspace.people.find((one) => one.id === id)
  if (person === undefined) return directMessages(workspace, id) ?? 'channel_not_found'
  const opened = await workspace.call('conversations.open', { users: id })
  const { id: direct } = opened['channel'] as { id: string }
  return { id: direct, name: `@${person.name}`, isPrivate: true, invited: true }
}

function directMessages(workspace: Workspace, id: string): Channel | null {
  return id.startsWith('D') ? { id, name: id, isPrivate: true, invited: true } : null
}

/** Waits in `state.pace`: the wish of a channel that had too many posts, seconds; 0: it may. */
export function createPace(): (state: SlackState, key: string) => number {
  const last = new Map<string, { tokens: number; at: number }>()
  return (state, key) => {
    if (state.pace === null) return 0
    const { everyMs, burst } = state.pace
    const now = performance.now()
    const seen = last.get(key) ?? { tokens: burst, at: now }
    const tokens = Math.min(burst, seen.tokens + (now - seen.at) / everyMs)
    last.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now })
    return tokens >= 1 ? 0 : Math.max(1, Math.ceil(((1 - tokens) * everyMs) / 1000))
  }
}
