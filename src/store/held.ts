import type { Redis } from 'ioredis'
import type { Tone } from '../core/model/view.ts'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

/** A card that is shown on a digest rather than by itself, in its newest state. */
export interface HeldCard {
  /** When it was first held, epoch ms. */
  readonly at: number
  readonly tone: Tone
  readonly title: string
  readonly text: string
}

/** Where a card is shown: it waits for the digest, or is on one. */
export type Held =
  | { readonly kind: 'waiting'; readonly card: HeldCard }
  | { readonly kind: 'onDigest'; readonly digestId: string; readonly card: HeldCard }

export interface Digest {
  readonly fromAt: number
  readonly toAt: number
  /** By card id. */
  readonly cards: ReadonlyMap<string, HeldCard>
}

/** What channels are spared for now, and the digests made of it. */
export interface HeldCards {
  find(destination: string, cardId: string): Promise<Held | null>
  /** `from`: since when the channel is spared. */
  hold(destination: string, cardId: string, card: HeldCard, from: number): Promise<void>
  /** The card's newest state, where it was found; false when it has moved on from there meanwhile. */
  update(destination: string, cardId: string, found: Held, card: HeldCard): Promise<boolean>
  /** It is shown by itself after all. */
  release(destination: string, cardId: string): Promise<void>
  waiting(destination: string): Promise<boolean>
  /** Makes one digest of all that waits; another bot may do so at the same time, and there is one all the same. */
  close(destination: string, at: number): Promise<void>
  /** Digests that have to be shown, for the first time or again, each with the mark of its state. */
  due(destination: string): Promise<ReadonlyMap<string, string>>
  /** null: too old to be kept. */
  digest(destination: string, digestId: string): Promise<Digest | null>
  /** A digest was shown as it was at that mark. */
  shown(destination: string, digestId: string, mark: string): Promise<void>
  forget(destination: string): Promise<void>
}

/** A card on a digest that is older than this is shown by itself when it changes once more. */
const KEPT_MS = 7 * 86_400_000

const FROM = '@from'
const TO = '@to'

/** KEYS: held, since, placed, due, digest. ARGV: digest id, at, oldest digest that is kept (epoch ms), ttl ms. */
const CLOSE = `
local held = redis.call('HGETALL', KEYS[1])
if #held == 0 then return 0 end
redis.call('RENAME', KEYS[1], KEYS[5])
redis.call('HSET', KEYS[5], '${FROM}', redis.call('GET', KEYS[2]) or ARGV[2], '${TO}', ARGV[2])
redis.call('PEXPIRE', KEYS[5], ARGV[4])
redis.call('DEL', KEYS[2])
local placed = redis.call('HGETALL', KEYS[3])
for i = 1, #placed, 2 do
  if tonumber(string.match(placed[i + 1], '%d+')) < tonumber(ARGV[3]) then redis.call('HDEL', KEYS[3], placed[i]) end
end
for i = 1, #held, 2 do redis.call('HSET', KEYS[3], held[i], ARGV[1]) end
redis.call('HINCRBY', KEYS[4], ARGV[1], 1)
return 1`

/** KEYS: held or digest, due. ARGV: card, its state, digest id or ''. */
const UPDATE = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if ARGV[3] ~= '' then redis.call('HINCRBY', KEYS[2], ARGV[3], 1) end
return 1`

const SHOWN = `
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('HDEL', KEYS[1], ARGV[1]) end
return 0`

export function createHeldCards(redis: Redis): HeldCards {
  const find: HeldCards['find'] = async (destination, cardId) => {
    const [waiting, digestId] = await Promise.all([
      redis.hget(keys.held(destination), cardId),
      redis.hget(keys.placed(destination), cardId),
    ])
    if (waiting !== null) return { kind: 'waiting', card: parse(waiting) }
    if (digestId === null) return null
    const onDigest = await redis.hget(keys.digest(destination, digestId), cardId)
    return onDigest === null ? null : { kind: 'onDigest', digestId, card: parse(onDigest) }
  }
  const hold: HeldCards['hold'] = async (destination, cardId, card, from) => {
    const held = redis.multi()
    held.set(keys.heldSince(destination), String(from), 'NX')
    held.hset(keys.held(destination), cardId, JSON.stringify(card))
    await held.exec()
  }
  const update: HeldCards['update'] = async (destination, cardId, found, card) => {
    const text = JSON.stringify(card)
    if (text === JSON.stringify(found.card)) return true
    const digestId = found.kind === 'onDigest' ? found.digestId : ''
    const key = digestId === '' ? keys.held(destination) : keys.digest(destination, digestId)
    return (await redis.eval(UPDATE, 2, key, keys.digestsDue(destination), cardId, text, digestId)) === 1
  }
  const close: HeldCards['close'] = async (destination, at) => {
    const digestId = `digest:${at}`
    const { held, heldSince, placed, digestsDue, digest } = keys
    const all = [held, heldSince, placed, digestsDue].map((key) => key(destination))
    await redis.eval(CLOSE, 5, ...all, digest(destination, digestId), digestId, at, at - KEPT_MS, KEPT_MS)
  }
  const digest: HeldCards['digest'] = async (destination, digestId) => {
    const { [FROM]: from, [TO]: to, ...cards } = await redis.hgetall(keys.digest(destination, digestId))
    if (from === undefined || to === undefined) return null
    const entries = Object.entries(cards).map(([id, text]) => [id, parse(text)] as const)
    return { fromAt: Number(from), toAt: Number(to), cards: new Map(entries) }
  }
  return {
    find: guard('find a card', find),
    hold: guard('save a card', hold),
    update: guard('save a card', update),
    release: guard('drop a card', async (destination: string, cardId: string) => {
      await redis.hdel(keys.held(destination), cardId)
    }),
    waiting: guard('find cards', async (destination: string) => (await redis.exists(keys.held(destination))) === 1),
    close: guard('make a digest', close),
    due: guard('find digests', async (destination: string) => {
      return new Map(Object.entries(await redis.hgetall(keys.digestsDue(destination))))
    }),
    digest: guard('read a digest', digest),
    shown: guard('save a digest', async (destination: string, digestId: string, mark: string) => {
      await redis.eval(SHOWN, 1, keys.digestsDue(destination), digestId, mark)
    }),
    forget: guard('forget a channel', async (destination: string) => {
      const { held, heldSince, placed, digestsDue } = keys
      await redis.del(...[held, heldSince, placed, digestsDue].map((key) => key(destination)))
    }),
  }
}

/** Written by `hold` and `update` alone. */
function parse(text: string): HeldCard {
  return JSON.parse(text) as HeldCard
}
