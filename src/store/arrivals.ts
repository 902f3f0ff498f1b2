import type { Redis } from 'ioredis'
import { clean } from '../core/model/clean.ts'
import { clip } from '../core/model/letters.ts'
import type { Arrival } from '../core/model/state.ts'
import type { MemberRef } from './identities.ts'
import { keys } from './keys.ts'

/** What was seen of droplets between the install line and the first sample, each with when, epoch ms; kept for an hour. */
export interface Arrivals {
  /** The line was run: its script was fetched. Or its agent has enrolled. */
  note(member: MemberRef, what: 'fetched' | 'enrolled', at: number): Promise<void>
  /** What went wrong there, in the droplet's own words. */
  complain(member: MemberRef, words: string, at: number): Promise<void>
  /** How far it has come since `since`, and when (`since` itself: not at all). */
  read(member: MemberRef, since: number): Promise<Pick<Arrival, 'stage' | 'trouble'> & { readonly at: number }>
}

const KEPT_MS = 3_600_000
const LONGEST_WORDS = 300

export function createArrivals(redis: Redis): Arrivals {
  const put = async (
    { poolId, memberId }: MemberRef,
    fields: Readonly<Record<string, string | number>>,
  ): Promise<void> => {
    const key = keys.arrival(poolId, memberId)
    await redis.multi().hset(key, fields).pexpire(key, KEPT_MS).exec()
  }
  return {
    // What was wrong before may be right now that it is tried again.
    note: (member, what, at) => put(member, { [what]: at, trouble: '' }),
    complain: (member, words, at) =>
      put(member, { trouble: clip(clean(words).replaceAll(/\s+/g, ' ').trim(), LONGEST_WORDS), troubleAt: at }),
    async read({ poolId, memberId }, since) {
      const found = await redis.hgetall(keys.arrival(poolId, memberId))
      const at = (name: string): number | null => {
        const then = Number(found[name] ?? 0)
        return then >= since ? then : null
      }
      const [enrolled, fetched] = [at('enrolled'), at('fetched')]
      const stage = enrolled !== null ? 'enrolled' : fetched !== null ? 'fetched' : 'nothing'
      const trouble = at('troubleAt') === null ? null : found['trouble'] || null
      return { stage, at: enrolled ?? fetched ?? since, trouble }
    },
  }
}
