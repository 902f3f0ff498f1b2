import type { Redis } from 'ioredis'

/**
 * Every key with its content, except leases (they come and go) and the audit (it tells of what was refused, too); two
 * dumps are equal when nothing was changed.
 */
export async function dump(redis: Redis): Promise<Readonly<Record<string, unknown>>> {
  const all: Record<string, unknown> = {}
  for (const key of (await redis.keys('*')).toSorted()) {
    if (key.endsWith(':lock') || key.startsWith('spinup:{audit}:')) continue
    const type = await redis.type(key)
    if (type === 'hash') all[key] = await redis.hgetall(key)
    else if (type === 'list') all[key] = await redis.lrange(key, 0, -1)
    else if (type === 'set') all[key] = (await redis.smembers(key)).toSorted()
    else if (type === 'zset') all[key] = await redis.zrange(key, '0', '-1', 'WITHSCORES')
    else all[key] = (await redis.getBuffer(key))?.toString('base64')
  }
  return all
}
