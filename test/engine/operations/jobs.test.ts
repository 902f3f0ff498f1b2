import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createOperationQueue, startOperationWorker } from '../../../src/engine/operations/jobs.ts'
import { quiet, startTestRedis, type TestRedis } from '../../redis.ts'
import { until } from '../../wait.ts'

describe('the queue of operations', () => {
  let server: TestRedis
  before(async () => {
    server = await startTestRedis()
  })
  after(() => server.stop())

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
})
