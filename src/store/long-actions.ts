import type { Redis } from 'ioredis'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

/** As long as anyone may press what is so old, s. */
const KEPT_S = 90 * 86_400

/** What shortened buttons stand for, on platforms whose buttons hold few characters; `id` is made from the action. */
export function createLongActions(
  redis: Redis,
  platform: string,
): { keep(actions: ReadonlyMap<string, string>): Promise<void>; get(id: string): Promise<string | null> } {
  return {
    keep: guard('save what a button does', async (actions) => {
      for (const [id, action] of actions) await redis.set(keys.longAction(platform, id), action, 'EX', KEPT_S)
    }),
    get: guard('read what a button does', (id) => redis.get(keys.longAction(platform, id))),
  }
}
