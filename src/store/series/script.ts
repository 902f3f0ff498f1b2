import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'

/** A Lua script, known to the server by its digest after the first use. */
export interface Script {
  readonly lua: string
  readonly sha: string
}

export function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') }
}

/**
 * Runs a script on keys that share the hash tag of `key` and answers raw reply values, strings as Buffers. The text is
 * only sent where the server does not know it (a fresh start, SCRIPT FLUSH). Rejects with ioredis' errors.
 */
export async function run(
  redis: Redis,
  { lua, sha }: Script,
  key: string,
  args: readonly (string | number | Buffer)[],
): Promise<unknown> {
  try {
    return await redis.callBuffer('EVALSHA', sha, 1, key, ...args)
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return redis.callBuffer('EVAL', lua, 1, key, ...args)
  }
}
