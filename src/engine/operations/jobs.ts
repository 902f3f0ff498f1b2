import { setTimeout as delay } from 'node:timers/promises'
import { Queue, WaitingError, Worker, type Job } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { messageOf } from '../../core/model/error.ts'
import { QUEUE } from '../../store/keys.ts'
import type { OperationQueue } from '../services.ts'
import type { RunOutcome } from './run.ts'

interface JobData {
  readonly poolId: string
  readonly operationId: string
}

/** How quickly a crashed bot's work is taken over; ms. */
export interface JobTiming {
  readonly lockMs: number
  readonly stalledEveryMs: number
  /** What was lost is left alone for this long; a second unless given. */
  readonly restMs?: number
}

const REST_MS = 1000

/** Operations as BullMQ jobs: one job an operation, its id the operation's, so that one runs in one place at a time. */
export function createOperationQueue(redis: Redis): OperationQueue & { close(): Promise<void> } {
  const queue = new Queue<JobData>(QUEUE.name, { connection: redis, prefix: QUEUE.prefix, skipVersionCheck: true })
  queue.on('error', () => {
    // The connection reports and reconnects by itself; a listener keeps the process alive meanwhile.
  })
  return {
    add: async (poolId, operationId) => {
      await queue.add(
        'operation',
        { poolId, operationId },
        {
          // Not the bare id: BullMQ refuses one that happens to be all digits, and every tick would fail on it.
          jobId: `operation-${operationId}`,
          attempts: Number.MAX_SAFE_INTEGER,
          removeOnComplete: true,
          removeOnFail: true,
        },
      )
    },
    close: () => queue.close(),
  }
}

/** Works off operations, several at once. `run` carries one to its end. */
export function startOperationWorker(options: {
  readonly redis: Redis
  readonly run: (poolId: string, operationId: string, signal: AbortSignal) => Promise<RunOutcome>
  readonly timing: JobTiming
  readonly log: Logger
}): { close(): Promise<void> } {
  const stopping = new AbortController()
  const work = async (job: Job<JobData>, token?: string): Promise<void> => {
    const { poolId, operationId } = job.data
    const outcome = await options.run(poolId, operationId, stopping.signal).catch((error: unknown) => {
      options.log.warn({ operation: operationId, reason: messageOf(error) }, 'operation will be tried again')
      return 'lost'
    })
    if (outcome === 'finished') return
    // Lost to another bot, or cut short by our own stop: a free one looks again soon. The rest is taken here and not
    // in the queue, whose delays end by the clock of whichever bot looks: an hour late where that was set back.
    if (outcome === 'lost')
      await delay(options.timing.restMs ?? REST_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    await job.moveToWait(token)
    throw new WaitingError()
  }
  const worker = new Worker<JobData>(QUEUE.name, work, {
    connection: options.redis,
    prefix: QUEUE.prefix,
    concurrency: 50,
    lockDuration: options.timing.lockMs,
    stalledInterval: options.timing.stalledEveryMs,
    maxStalledCount: 1_000_000,
    drainDelay: 1,
    skipVersionCheck: true,
  })
  worker.on('error', (error) => options.log.warn({ reason: messageOf(error) }, 'operation queue'))
  worker.on('failed', (job, error) => {
    options.log.warn({ operation: job?.data.operationId, reason: messageOf(error) }, 'operation will be tried again')
  })
  return {
    close: async () => {
      stopping.abort()
      await worker.close()
    },
  }
}
