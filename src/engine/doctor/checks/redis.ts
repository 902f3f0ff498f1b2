import type { StoreHealth } from '../../../store/health.ts'
import type { CheckLine } from '../../../core/model/view.ts'
import { failed, ok, warn, type Check } from '../check.ts'

/** Every tick and every click is some of these. */
const SLOW_MS = 25
const NEARLY_FULL = 0.9

/** Redis: that it is new enough, near enough, and does not forget. */
export function redisCheck(read: () => Promise<StoreHealth>): Check {
  const name = 'Redis'
  return {
    name,
    fix: 'Check that Redis runs, and that REDIS_URL, if it is set, is its address.',
    run: async () => judge(name, await read()),
  }
}

/** Its worst fault, if any: one thing to do at a time. */
function judge(name: string, health: StoreHealth): CheckLine {
  const { latencyMs, keeps, major, valkey, whenFull, writeFailed, memory } = health
  const seen = `${health.name}, answers in ${Number(latencyMs.toFixed(latencyMs < 10 ? 1 : 0))} ms`
  if (major < (valkey ? 8 : 7)) {
    return failed(name, `${health.name} is too old`, 'Update it to Redis 7 or Valkey 8, or newer.')
  }
  if (writeFailed) {
    return failed(
      name,
      `${seen}; it cannot write to its disk`,
      'Free space on the disk that Redis writes to; its log says which.',
    )
  }
  if (memory.most !== null && memory.used > memory.most * NEARLY_FULL) {
    const share = Math.round((memory.used / memory.most) * 100)
    const fix =
      'Give it more: redis-cli CONFIG SET maxmemory 2gb, and the same in redis.conf. Full, it takes no changes.'
    return memory.used >= memory.most
      ? failed(name, `${seen}; its memory is full`, fix)
      : warn(name, `${seen}; its memory is ${share} % full`, fix)
  }
  if (keeps === 'nothing') {
    return failed(
      name,
      `${seen}; a restart loses everything`,
      'Have it keep its writes: redis-cli CONFIG SET appendonly yes, and the same in redis.conf.',
    )
  }
  if (whenFull !== 'noeviction') {
    return failed(
      name,
      `${seen}; when its memory is full it drops data (${whenFull})`,
      'Let it refuse instead: redis-cli CONFIG SET maxmemory-policy noeviction, and the same in redis.conf.',
    )
  }
  if (keeps === 'snapshots') {
    return warn(
      name,
      `${seen}; a crash loses the last minutes`,
      'Have it keep every write: redis-cli CONFIG SET appendonly yes, and the same in redis.conf.',
    )
  }
  if (memory.most === null) {
    return warn(
      name,
      `${seen}; nothing bounds its memory`,
      'Bound it, so that it refuses before the machine ends it: redis-cli CONFIG SET maxmemory 1gb, and the same in redis.conf.',
    )
  }
  if (latencyMs > SLOW_MS)
    return warn(name, `${seen}, which is slow`, 'Run Redis beside the bot, in the same region at least.')
  return ok(name, `${seen}, keeps every write`)
}
