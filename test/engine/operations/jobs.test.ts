import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { createOperationQueue, startOperationWorker } from '../../../src/engine/operations/jobs.ts'
import { quiet, startTestRedis } from '../../redis.ts'
import { until } from '../../wait.ts'
import { running } from '../../running.ts'

const delayed = async (redis: Redis): Promise<number> => redis.zcard('{bull}:spinup-operations:delayed')

describe('the queue of operations', () => {
  const server = running(startTestRedis)

  it('takes any id, also one that happens to be all digits, and runs it once however often it is added', async () => {
    const queue = createOperationQueue(await server.connect({ blocking: true }))
    const ids = ['9f86d081884c7d65', '1234567890123456', '12e4567890123456', '0']
    const ran: string[] = []
    for (const id of [...ids, ...ids]) await queue.add('web', id)
    const worker = startOperationWorker({
      redis: await server.connect({ blocking: true }),
      run: async (_poolId, id) => {
        ran.push(id)
        return 'finished'
      },
      timing: { lockMs: 5000, stalledEveryMs: 5000 },
      log: quiet,
    })
    try {
      await until(() => ran.length >= ids.length, { what: 'all to have run' })
      assert.deepEqual(ran.toSorted(), ids.toSorted())
    } finally {
      await worker.close()
      await queue.close()
    }
  })

  it('takes up again what was lost or failed, soon and by no clock: set back, that would come an hour late', async () => {
    const redis = await server.connect({ blocking: true })
    const queue = createOperationQueue(redis)
    const runs: number[] = []
    const wall = Date.now
    const worker = startOperationWorker({
      redis: await server.connect({ blocking: true }),
      run: async () => {
        runs.push(performance.now())
        // Each time it ends the clock is an hour further back.
        setImmediate(() => (Date.now = () => wall() - 3_600_000 * runs.length))
        if (runs.length === 1) return 'lost'
        if (runs.length === 2) throw new Error('Redis went away')
        return 'finished'
      },
      timing: { lockMs: 5000, stalledEveryMs: 5000, restMs: 200 },
      log: quiet,
    })
    try {
      await queue.add('web', 'again')
      await until(() => runs.length === 3, { what: 'three runs' })
      assert.equal(await delayed(redis), 0)
      const [first = 0, second = 0] = runs
      assert.ok(second - first >= 190, 'not at once, as another has it')
    } finally {
      Date.now = wall
      await worker.close()
      await queue.close()
    }
  })
})
