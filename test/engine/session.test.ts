import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { SpinupError } from '../../src/core/model/error.ts'
import { answer } from '../../src/core/model/answer.ts'
import { changePool, withPool, type Session } from '../../src/engine/session.ts'
import { keys } from '../../src/store/keys.ts'
import { dump } from '../store/dump.ts'
import { ada, exampleDecision, exampleMember, exampleOperation, T } from '../store/example-state.ts'
import { startRig } from './rig.ts'
import { running } from '../running.ts'

describe('a session on a pool', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset())

  /** Does one of everything a session can. */
  const everything = (session: Session): void => {
    session.change({ members: { put: [exampleMember('web-2')] }, operations: { put: [exampleOperation('op-1')] } })
    session.journal({ at: T, actor: ada, what: 'something', outcome: '', tone: 'info' })
    session.keepDecision(exampleDecision())
    session.tell('card', answer('info', 'Told', ''))
  }

  it('shows its own changes at once, and others see them whole at its end', async () => {
    const result = await withPool(rig.services, 'web', 0, async (session) => {
      everything(session)
      assert.equal(session.state().members.length, 2)
      assert.equal((await rig.state()).members.length, 1)
      assert.deepEqual([...rig.queued], [])
      return 'result'
    })
    assert.equal(result, 'result')
    assert.equal((await rig.state()).members.length, 2)
    assert.deepEqual([...rig.queued], ['op-1'])
    assert.equal((await rig.services.store.journal('web', 9)).length, 1)
    assert.equal((await rig.services.store.decisions('web', 9)).length, 1)
    assert.deepEqual([...(await rig.cards()).keys()], ['card'])
  })

  it('shows what nothing shows again also where that failed at first, and does not say that it failed', async () => {
    const { notices } = rig.services
    const away = { ...rig.services, notices: { ...notices, tell: () => Promise.reject(new Error('Redis is away')) } }
    const work = async (session: Session): Promise<void> => session.tellOnce('card', answer('info', 'Told', ''))
    await withPool(away, 'web', 0, work)
    assert.deepEqual([...(await rig.cards()).keys()], [])
    await withPool(rig.services, 'web', 0, async () => undefined)
    assert.deepEqual([...(await rig.cards()).keys()], ['card'])
    assert.equal((await rig.state()).unposted, null, 'and then it is done')
  })

  it('is done once it is written, whatever becomes of queue and cards; what changed nothing fails with them', async () => {
    const { notices } = rig.services
    const away = (): Promise<never> => Promise.reject(new Error('Redis is away'))
    const noQueue = { ...rig.services, queue: { add: away } }
    assert.equal(await withPool(noQueue, 'web', 0, async (session) => (everything(session), 'done')), 'done')
    assert.equal((await rig.state()).operations.length, 1)
    await withPool(rig.services, 'web', 0, async () => undefined)
    assert.deepEqual([...rig.queued], ['op-1'], 'the next one queues it')
    const unseen = { ...rig.services, notices: { ...notices, tell: away } }
    const looking = async (session: Session): Promise<void> => session.tell('card', answer('info', 'Told', ''))
    await assert.rejects(withPool(unseen, 'web', 0, looking), /Redis is away/)
  })

  it('leaves nothing behind when its work fails', async () => {
    const before = await dump(rig.redis)
    const work = withPool(rig.services, 'web', 0, async (session) => {
      everything(session)
      throw new Error('no')
    })
    await assert.rejects(work, /^Error: no$/)
    assert.deepEqual(await dump(rig.redis), before)
    assert.equal(rig.queued.size, 0)
    assert.equal(await withPool(rig.services, 'web', 0, async () => 'free'), 'free')
  })

  it('leaves nothing behind when another took over meanwhile, and tells nothing', async () => {
    const before = await dump(rig.redis)
    const work = withPool(rig.services, 'web', 0, async (session) => {
      everything(session)
      await rig.redis.set(keys.lock('web'), 'another')
    })
    await assert.rejects(work, (error: unknown) => {
      assert.ok(error instanceof SpinupError && error.code === 'conflict' && error.retryable)
      return true
    })
    assert.deepEqual(await dump(rig.redis), before)
    assert.equal(rig.queued.size, 0)
    assert.equal(await rig.redis.get(keys.lock('web')), 'another', 'the other’s lease is left alone')
  })

  it('is not had while another has it, nor of a pool that is not there', async () => {
    let inner: unknown = 'not asked'
    await withPool(rig.services, 'web', 0, async () => {
      inner = await withPool(rig.services, 'web', 50, async () => 'both')
    })
    assert.equal(inner, null)
    assert.equal(await withPool(rig.services, 'nowhere', 0, async () => 'there'), null)
  })

  it('comes for somebody who waits when another is done, and says of a pool that is gone that it is gone', async () => {
    let waiting: Promise<string> | undefined
    await withPool(rig.services, 'web', 0, async () => {
      waiting = changePool(rig.services, 'web', async () => 'mine')
      assert.equal(await Promise.race([waiting, pause(100, 'none yet')]), 'none yet')
    })
    assert.equal(await waiting, 'mine')
    await assert.rejects(
      changePool(rig.services, 'nowhere', async () => 'mine'),
      { code: 'notFound', message: 'That pool is no longer connected; nothing was changed.' },
    )
  })

  it('queues work again that an earlier bot had saved and not queued', async () => {
    await rig.change({ operations: { put: [exampleOperation('op-1')] } })
    rig.queued.clear()
    await rig.tick()
    assert.deepEqual([...rig.queued], ['op-1'])
  })

  it('is had by one after the other, so that no change is lost', async () => {
    await Promise.all(
      Array.from({ length: 10 }, () =>
        withPool(rig.services, 'web', 20_000, async (session) => {
          session.change({ nextMember: session.state().nextMember + 1 })
        }),
      ),
    )
    assert.equal((await rig.state()).nextMember, 12)
  })
})
