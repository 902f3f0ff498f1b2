import type { Redis } from 'ioredis'
import type { ConsoleMessage, ConsolePage } from '../core/model/message.ts'
import type { Actor } from '../core/model/pool.ts'
import type { Card } from '../core/model/view.ts'
import { storeFailed } from './guard.ts'
import { createLinkSeal } from './link-seal.ts'

/** The console's channels, kept in Redis: they outlive restarts and are shared by every bot on the same Redis. */
export interface ConsoleLog {
  /** Adds a card, or edits the one of that id where it stands; null: a same or newer revision is there already. */
  upsertCard(channel: string, card: Card): Promise<ConsoleMessage | null>
  say(channel: string, actor: Actor, text: string): Promise<ConsoleMessage>
  /** What was added or edited after change `cursor` of `epoch` (null: of any); 0 is everything kept. */
  after(channel: string, cursor: number, epoch?: string | null): Promise<ConsolePage>
  /** Calls back with what any bot adds or edits from now on, in order, also across Redis outages; resolves to a stop. */
  subscribe(channel: string, listener: (news: ConsolePage) => void): Promise<() => Promise<void>>
}

// One script, so that two bots showing the same card cannot both add it, and an old revision cannot win a race.
// The views travel as text: cjson would turn empty lists into objects.
const PUT = `
local id, at
if ARGV[2] ~= '' then
  local known = redis.call('HGET', KEYS[4], ARGV[2])
  if known then
    local knownId, revision, knownAt = string.match(known, '^(%d+) (%-?%d+) (%-?%d+)$')
    if tonumber(ARGV[3]) <= tonumber(revision) then return false end
    id, at = knownId, knownAt
  end
end
local change = string.format('%d', redis.call('INCR', KEYS[1]))
redis.call('SET', KEYS[5], ARGV[7], 'NX')
id = id or change
at = at or ARGV[4]
local text = '{"id":"' .. id .. '","change":' .. change .. ',"at":' .. at .. ',' .. string.sub(ARGV[1], 2)
redis.call('HSET', KEYS[2], id, text)
redis.call('ZADD', KEYS[3], change, id)
if ARGV[2] ~= '' then redis.call('HSET', KEYS[4], ARGV[2], id .. ' ' .. ARGV[3] .. ' ' .. at) end
local extra = redis.call('ZCARD', KEYS[3]) - tonumber(ARGV[5])
if extra > 0 then
  for _, old in ipairs(redis.call('ZRANGE', KEYS[3], 0, extra - 1)) do
    local message = cjson.decode(redis.call('HGET', KEYS[2], old))
    if message.kind == 'card' then redis.call('HDEL', KEYS[4], message.card.id) end
    redis.call('HDEL', KEYS[2], old)
    redis.call('ZREM', KEYS[3], old)
  end
end
redis.call('PUBLISH', ARGV[6], change)
return text`

// One script, so that an edit between listing and reading cannot slip past the cursor. A cursor of another epoch is one of
// a Redis that has been emptied since, and one from the future of one that lost its last changes: that reader starts over.
const AFTER = `
local last = tonumber(redis.call('GET', KEYS[1]) or '0')
local from = tonumber(ARGV[1])
local epoch = redis.call('GET', KEYS[5]) or ''
if from > last or (ARGV[2] ~= '*' and ARGV[2] ~= epoch) then from = 0 end
local ids = redis.call('ZRANGE', KEYS[3], '(' .. string.format('%d', from), '+inf', 'BYSCORE')
local answer = { epoch, string.format('%d', last), from == 0 and 'whole' or '' }
for _, id in ipairs(ids) do answer[#answer + 1] = redis.call('HGET', KEYS[2], id) end
return answer`

/** Messages kept per channel by default; those changed longest ago go first. */
const KEPT = 1000

/** The log on an open connection; `limit` messages are kept per channel, `pollMs` is how often a missed event is looked for. */
export function createConsoleLog(
  redis: Redis,
  options: {
    readonly limit?: number
    readonly pollMs?: number
    /** Keeps one-time links unreadable in Redis; they stand there as they are unless given. 32 bytes. */
    readonly linkKey?: Buffer
  } = {},
): ConsoleLog {
  const links = options.linkKey === undefined ? null : createLinkSeal(options.linkKey, Date.now)
  const read = (text: string): ConsoleMessage => messageFrom(links?.open(text) ?? text)
  const limit = String(options.limit ?? KEPT)

  async function run(script: string, channel: string, args: readonly string[]): Promise<unknown> {
    try {
      return await redis.eval(script, 5, ...keysOf(channel), ...args)
    } catch (cause) {
      const otherwise = 'The chat log cannot be reached: Redis does not answer. Check that it runs, then try again.'
      throw storeFailed('Redis could not keep or read the chat log', cause, otherwise)
    }
  }

  async function put(channel: string, body: object, at: number, card: Card | null): Promise<ConsoleMessage | null> {
    const text = await run(PUT, channel, [
      links?.close(JSON.stringify(body)) ?? JSON.stringify(body),
      card?.id ?? '',
      String(card?.revision ?? 0),
      String(Math.round(at)),
      limit,
      changedEvent(channel),
      crypto.randomUUID().slice(0, 8),
    ])
    return typeof text === 'string' ? read(text) : null
  }

  async function after(channel: string, cursor: number, of: string | null = null): Promise<ConsolePage> {
    const answer = await run(AFTER, channel, [String(cursor), of ?? '*'])
    const [epoch = '', last = '0', whole, ...texts] = Array.isArray(answer) ? answer.map(String) : []
    return { epoch, cursor: Number(last), whole: whole !== '', messages: texts.map(read) }
  }

  return {
    upsertCard: (channel, card) => put(channel, { kind: 'card', card }, card.at, card),
    async say(channel, actor, text) {
      const message = await put(channel, { kind: 'line', actor, text }, Date.now(), null)
      if (message === null) throw new TypeError('a line is never refused')
      return message
    },
    after,
    subscribe: (channel, listener) =>
      followChanges({
        redis,
        event: changedEvent(channel),
        after: (cursor, epoch) => after(channel, cursor, epoch),
        listener,
        pollMs: options.pollMs ?? 5000,
      }),
  }
}

function keysOf(channel: string): readonly string[] {
  return ['counter', 'messages', 'changes', 'cards', 'epoch'].map((name) => `spinup:console:{${channel}}:${name}`)
}

function changedEvent(channel: string): string {
  return `spinup:console:{${channel}}:changed`
}

function messageFrom(text: string): ConsoleMessage {
  // Written by this file only, from typed values: no schema needed.
  return JSON.parse(text) as ConsoleMessage
}

const RETRY_MS = 250

/**
 * Follows a channel: Redis pub/sub wakes it at once, a poll every `pollMs` finds what a lost connection hid; both read
 * from the cursor, so nothing is sent twice or out of order. Resolves to a stop once the present cursor is known.
 */
async function followChanges(options: {
  readonly redis: Redis
  readonly event: string
  readonly after: (cursor: number, epoch: string | null) => Promise<ConsolePage>
  readonly listener: (news: ConsolePage) => void
  readonly pollMs: number
}): Promise<() => Promise<void>> {
  let { cursor, epoch } = await options.after(0, null)
  let stopped = false
  let reading: Promise<void> | null = null
  let again = false
  let retry: NodeJS.Timeout | undefined

  async function read(): Promise<void> {
    again = false
    const page = await options.after(cursor, epoch)
    const news = page.messages.length > 0 || page.epoch !== epoch
    ;({ cursor, epoch } = page)
    if (news && !stopped) options.listener(page)
  }

  function wake(): void {
    if (stopped) return
    clearTimeout(retry)
    if (reading !== null) {
      again = true
      return
    }
    reading = read()
      // Redis is away or late: from the same cursor again soon.
      .catch(() => void (retry = setTimeout(wake, RETRY_MS)))
      .finally(() => {
        reading = null
        if (again) wake()
      })
  }

  // A subscribed connection can do nothing else, so it is its own; it retries for as long as the main one would.
  const subscriber = options.redis.duplicate({ autoResubscribe: false, maxRetriesPerRequest: null })
  subscriber.on('message', wake)
  subscriber.on('ready', () => {
    // Not taken in time on a busy host: a new connection tries again.
    void subscriber.subscribe(options.event).then(wake, () => subscriber.disconnect(!stopped))
  })
  // The main connection reports outages; an unhandled error event would end the process.
  subscriber.on('error', () => undefined)
  if (subscriber.status === 'wait') void subscriber.connect().catch(() => undefined)
  const timer = setInterval(wake, options.pollMs)

  return async () => {
    stopped = true
    clearInterval(timer)
    clearTimeout(retry)
    subscriber.disconnect()
    await reading
  }
}
