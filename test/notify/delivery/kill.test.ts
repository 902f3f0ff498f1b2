import assert from 'node:assert/strict'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import type { AnswerView } from '../../../src/core/model/view.ts'
import { keys } from '../../../src/store/keys.ts'
import { createOutbox, type Outbox } from '../../../src/store/outbox.ts'
import { startTestRedis, type TestRedis } from '../../redis.ts'
import { until } from '../../wait.ts'
import { startDestination, type Destination } from './destination.ts'

const TO = 'http:ops'
const view = (text: string): AnswerView => ({
  kind: 'answer',
  tone: 'info',
  title: 'Said',
  text,
  fields: [],
  actions: [],
})

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

describe('delivery by a process that is killed', () => {
  let server: TestRedis
  let redis: Redis
  let outbox: Outbox
  let destination: Destination
  let children: ChildProcess[] = []
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
    outbox = createOutbox(redis)
  })
  after(() => server.stop())
  beforeEach(async () => {
    await server.flush()
    destination = await startDestination()
  })
  afterEach(async () => {
    // A server that is asked to end does not while anyone is connected.
    await Promise.all(children.map(ended))
    children = []
    await destination.stop()
  })
  const start = (stopAt?: 'sent' | 'kept'): ChildProcess => {
    const args = [server.path, destination.url, ...(stopAt === undefined ? [] : [stopAt])]
    const child = fork(join(import.meta.dirname, 'deliverer.ts'), args, {
      // Not the test runner's own.
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    children.push(child)
    return child
  }
  /** The turn of the one that was killed lapses by itself in seconds. */
  const lapse = (): Promise<number> => redis.del(keys.outboxLock(TO))
  const texts = (): readonly string[] =>
    destination.messages('ops').map(({ card }) => (card.view.kind === 'answer' ? card.view.text : ''))

  for (const point of ['sent', 'kept'] as const) {
    it(`after a card was ${point}: the next one goes on, and each card is there once, in its last state`, async () => {
      await outbox.put(TO, 'a', view('first of a'), 1)
      await outbox.put(TO, 'b', view('first of b'), 2)
      const first = start(point)
      assert.deepEqual(await once(first, 'message').then(([said]: unknown[]) => said), point)
      assert.deepEqual(texts(), ['first of a'])
      first.kill('SIGKILL')
      await once(first, 'exit')
      await lapse()
      await outbox.put(TO, 'b', view('last of b'), 3)
      start()
      await until(async () => (await outbox.waiting()).length === 0, { what: 'all to be delivered' })
      assert.deepEqual(texts(), ['first of a', 'last of b'])
    })
  }

  it('again and again while cards change: every last state arrives, on one message each', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `card-${index}`)
    for (let round = 0; round < 3; round++) {
      const child = start(round % 2 === 0 ? 'sent' : 'kept')
      for (const id of ids) await outbox.put(TO, id, view(`${id} in round ${round}`), round)
      await once(child, 'message')
      child.kill('SIGKILL')
      await once(child, 'exit')
      await lapse()
    }
    start()
    await until(async () => (await outbox.waiting()).length === 0, { what: 'all to be delivered' })
    assert.deepEqual(texts().toSorted(), ids.map((id) => `${id} in round 2`).toSorted())
  })

  it('two at once deliver each card once, and one goes on alone', async () => {
    const [one] = [start(), start()]
    for (let index = 0; index < 40; index++) {
      await outbox.put(TO, `card-${index}`, view(`${index}`), index)
      if (index === 20) one.kill('SIGKILL')
    }
    await until(async () => (await outbox.waiting()).length === 0, { what: 'all to be delivered' })
    const found = texts()
    assert.equal(found.length, 40)
    assert.equal(new Set(found).size, 40)
  })
})
