import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { guardAll } from './guard.ts'
import { keys } from './keys.ts'

/** What was answered to a request that may be sent again: it is carried out once, however often it comes. */
export interface FirstAnswers {
  /**
   * Takes the request on. `new`: carry it out, then `keep` or `drop` it; `busy`: it is being carried out; `other`: the key
   * was used for another request; else the first answer.
   */
  begin(caller: string, key: string, request: string): Promise<'new' | 'busy' | 'other' | Answered>
  keep(caller: string, key: string, request: string, answered: Answered): Promise<void>
  /** Nothing came of it: it may be tried again. */
  drop(caller: string, key: string): Promise<void>
}

export interface Answered {
  readonly status: number
  /** JSON. */
  readonly body: string
}

const KEPT_MS = 24 * 3600_000
/** Longer than any request takes: what a bot that died had begun may be tried again then. */
const BUSY_MS = 10 * 60_000

export function createFirstAnswers(redis: Redis): FirstAnswers {
  const at = (caller: string, key: string): string => keys.firstAnswer(hashOf(JSON.stringify([caller, key])))
  return guardAll('find out whether a request came before', {
    async begin(caller, key, request) {
      const mark = hashOf(request)
      const begun = JSON.stringify({ mark, answered: null })
      const before = await redis.set(at(caller, key), begun, 'PX', BUSY_MS, 'NX', 'GET')
      if (before === null) return 'new'
      // Written here alone.
      const known = JSON.parse(before) as { readonly mark: string; readonly answered: Answered | null }
      if (known.mark !== mark) return 'other'
      return known.answered ?? 'busy'
    },
    async keep(caller, key, request, answered) {
      await redis.set(at(caller, key), JSON.stringify({ mark: hashOf(request), answered }), 'PX', KEPT_MS)
    },
    async drop(caller, key) {
      await redis.del(at(caller, key))
    },
  })
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
