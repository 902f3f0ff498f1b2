import type { Redis } from 'ioredis'
import { keys } from './keys.ts'

/** Whose installation this is, on a platform that can't tell: the first team to claim it, for good. */
export function createHome(redis: Redis, platform: string): { claim(team: string): Promise<string> } {
  return {
    claim: async (team) => {
      await redis.set(keys.home(platform), team, 'NX')
      return (await redis.get(keys.home(platform))) ?? team
    },
  }
}
