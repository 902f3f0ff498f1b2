import { Worker } from 'node:worker_threads'
import { SpinupError } from '../../core/model/error.ts'
import { duration } from '../../core/model/words.ts'
import type { Compared, WhatIf } from '../../simulate/what-if.ts'
import { program } from '../../places.ts'

/** Replays histories beside the bot, at most one per pool at a time. */
export interface Replayer {
  /** Throws `limited` while one of that pool runs, `timeout` past the limit, `unavailable` when it broke off. */
  replay(poolId: string, job: WhatIf): Promise<Compared>
  /** Breaks off what runs. */
  close(): Promise<void>
}

export interface ReplayerOptions {
  /** For one replay; a week takes about ten seconds. A minute unless given. */
  readonly deadlineMs?: number
}

const HEAP = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 }

/** Each replay runs in a thread of its own, so that the bot goes on judging meanwhile. */
export function createReplayer({ deadlineMs = 60_000 }: ReplayerOptions = {}): Replayer {
  const running = new Map<string, Worker>()
  let closed = false

  const once = (worker: Worker): Promise<Compared> =>
    new Promise((resolve, reject) => {
      const broken = (cause: unknown): void =>
        reject(new SpinupError('unavailable', 'The replay stopped early; ask for it again.', { cause }))
      const late = setTimeout(() => {
        const text = `The replay was not done within ${duration(deadlineMs)}; ask for a shorter time, e.g. last 24h.`
        reject(new SpinupError('timeout', text))
        void worker.terminate()
      }, deadlineMs)
      worker.once('message', (compared: Compared) => resolve(compared))
      worker.once('error', broken)
      worker.once('exit', (code) => {
        clearTimeout(late)
        broken(new Error(`the replay's thread ended with code ${code}`))
      })
    })

  return {
    replay: async (poolId, job) => {
      if (closed) throw new SpinupError('unavailable', 'Nothing is replayed any more: the bot is stopping.')
      if (running.has(poolId)) {
        throw new SpinupError('limited', 'A replay of this pool is running; ask again when its card is there.')
      }
      const script = program('src/engine/reports/replay-worker.ts')
      // The host's own flags (a test runner's, a debugger's) are not meant for this thread.
      const worker = new Worker(script, { execArgv: [], resourceLimits: HEAP, workerData: job })
      running.set(poolId, worker)
      try {
        return await once(worker)
      } finally {
        running.delete(poolId)
        void worker.terminate()
      }
    },
    close: async () => {
      closed = true
      await Promise.all([...running.values()].map((worker) => worker.terminate()))
    },
  }
}
