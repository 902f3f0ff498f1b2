import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { SpinupError } from '../../src/core/model/error.ts'
import type { AlertView, AnswerView, Card } from '../../src/core/model/view.ts'
import { until } from '../wait.ts'
import { connectRedis, whenReady } from '../../src/store/connection.ts'
import { keys } from '../../src/store/keys.ts'
import { createOutbox, type Outbox } from '../../src/store/outbox.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { seeded, T } from './example-state.ts'

const TO = 'console:main'
const view = (text: string): AnswerView => ({
  kind: 'answer',
  tone: 'info',
  title: 'Said',
  text,
  fields: [],
  actions: [],
})
const alert = (tone: AlertView['tone'], state: AlertView['state']): AlertView => ({
  kind: 'alert',
  tone,
  title: 'Said',
  text: `${tone} ${state}`,
  fix: null,
  facts: [],
  actions: [],
  state,
  since: T,
  resolvedAt: state === 'active' ? null : T,
})
const textOf = (card: Card | undefined): string => (card?.view.kind === 'answer' ? card.view.text : '')

describe('the outbox', () => {
  let server: TestRedis
  let redis: Redis
  let outbox: Outbox
  let shown: Card[]
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())
  beforeEach(async () => {
    await redis.flushall()
    outbox = createOutbox(redis)
    shown = []
  })
  const show = async (card: Card): Promise<void> => void shown.push(card)
  const refuse = async (): Promise<void> => {
    throw new Error('the platform is away')
  }

  it('delivers the newest state of a card once, however often it was put', async () => {
    assert.equal(await outbox.put(TO, 'a', view('one'), T), true)
    assert.equal(await outbox.put(TO, 'a', view('two'), T + 1), true)
    assert.equal(await outbox.put(TO, 'a', view('three'), T + 2), true)
    assert.equal(await outbox.deliver(TO, show), 1)
    assert.deepEqual(shown, [{ id: 'a', revision: 3, at: T, view: view('three') }])
    assert.equal(await outbox.deliver(TO, show), 0)
    assert.deepEqual(await outbox.waiting(), [])
  })

  it('is silent about a view that is the same, and keeps odd letters', async () => {
    const odd = view('“quotes” \u0000 \ud83d\udd25 / \\ \n é {"a":[]}')
    assert.equal(await outbox.put(TO, 'a', odd, T), true)
    await outbox.deliver(TO, show)
    assert.equal(await outbox.put(TO, 'a', odd, T + 5), false)
    assert.equal(await outbox.deliver(TO, show), 0)
    assert.deepEqual(shown, [{ id: 'a', revision: 1, at: T, view: odd }])
  })

  it('delivers oldest first, and each destination by itself', async () => {
    await outbox.put(TO, 'z', view('first'), T)
    await outbox.put(TO, 'a', view('second'), T + 1)
    await outbox.put('slack:ops', 'a', view('elsewhere'), T)
    await outbox.deliver(TO, show)
    assert.deepEqual(shown.map(textOf), ['first', 'second'])
    await outbox.deliver('slack:ops', show)
    assert.deepEqual(shown.map(textOf), ['first', 'second', 'elsewhere'])
  })

  it('keeps what could not be sent, and tries again', async () => {
    await outbox.put(TO, 'a', view('one'), T)
    await outbox.put(TO, 'b', view('two'), T + 1)
    await assert.rejects(outbox.deliver(TO, refuse), /away/)
    await assert.rejects(outbox.deliver(TO, refuse), /away/)
    assert.equal(await outbox.deliver(TO, show), 2)
    assert.deepEqual(shown.map(textOf), ['one', 'two'])
  })

  it('delivers afterwards what was changed while it was being sent', async () => {
    await outbox.put(TO, 'a', view('one'), T)
    await outbox.deliver(TO, async (card) => {
      await outbox.put(TO, 'a', view('two'), T + 1)
      await show(card)
    })
    await outbox.deliver(TO, show)
    assert.equal(await outbox.deliver(TO, show), 0)
    assert.deepEqual(
      shown.map((card) => [textOf(card), card.revision]),
      [
        ['one', 1],
        ['two', 2],
      ],
    )
  })

  it('is worked off by one deliverer at a time', async () => {
    const others = await Promise.all(Array.from({ length: 4 }, async () => createOutbox(await server.connect())))
    for (let index = 0; index < 30; index++) await outbox.put(TO, `card-${index}`, view(String(index)), T + index)
    let sending = 0
    const slow = async (card: Card): Promise<void> => {
      assert.equal(++sending, 1, 'nobody else is sending')
      await new Promise((resolve) => setImmediate(resolve))
      shown.push(card)
      sending--
    }
    const sent = await Promise.all(others.map((other) => other.deliver(TO, slow)))
    assert.equal(
      sent.reduce((sum, count) => sum + count),
      30,
    )
    assert.equal(new Set(shown.map((card) => card.id)).size, 30)
  })

  it('stops when its turn lapsed and another has taken over, so no revision is sent by two at once', async () => {
    for (const id of ['a', 'b', 'c']) await outbox.put(TO, id, view(id), T)
    const other = createOutbox(redis)
    const byOther: Card[] = []
    const sent = await outbox.deliver(TO, async (card) => {
      await show(card)
      // As after a stall of several seconds.
      await redis.del(keys.outboxLock(TO))
      await other.deliver(TO, async (theirs) => void byOther.push(theirs))
    })
    assert.equal(sent, 1)
    assert.deepEqual(shown.map(textOf), ['a'])
    assert.deepEqual(byOther.map(textOf).slice(-2), ['b', 'c'])
    assert.equal(await outbox.deliver(TO, show), 0)
  })

  it('holds its turn for as long as it goes on sending', async () => {
    for (const id of ['a', 'b']) await outbox.put(TO, id, view(id), T)
    const left = (): Promise<number> => redis.pttl(keys.outboxLock(TO))
    const before: number[] = []
    await outbox.deliver(TO, async () => {
      before.push(await left())
      // A slow send: the turn is about to lapse, and is kept all the same.
      await redis.pexpire(keys.outboxLock(TO), 2500)
      await until(async () => (await left()) > 3000, { what: 'the turn to be renewed' })
    })
    assert.ok(before.length === 2 && before[1]! > 3000, String(before))
  })

  it('frees the turn of a crashed deliverer within seconds', async () => {
    await outbox.put(TO, 'a', view('a'), T)
    let ttl = 0
    await outbox.deliver(TO, async () => void (ttl = await redis.pttl(keys.outboxLock(TO))))
    assert.ok(ttl > 0 && ttl <= 5000, `${ttl} ms`)
  })

  it('always brings the last state, through failures, changes in mid-send and several deliverers', async () => {
    const random = seeded(7)
    const last = new Map<string, string>()
    const seen = new Map<string, Card>()
    const careless = async (card: Card): Promise<void> => {
      if (random() < 0.3) throw new Error('lost')
      if (card.revision >= (seen.get(card.id)?.revision ?? 0)) seen.set(card.id, card)
      if (random() < 0.3) throw new Error('shown, but the answer was lost')
    }
    const put = async (round: number): Promise<void> => {
      const id = `card-${Math.floor(random() * 5)}`
      const text = `${id} in round ${round}`
      last.set(id, text)
      await outbox.put(TO, id, view(text), T + round)
    }
    for (let round = 0; round < 120; round++) {
      await put(round)
      await Promise.allSettled([outbox.deliver(TO, careless), put(round + 1000), outbox.deliver(TO, careless)])
    }
    for (let turn = 0; turn < 200; turn++) await outbox.deliver(TO, careless).catch(() => undefined)
    assert.deepEqual(new Map([...seen].map(([id, card]) => [id, textOf(card)])), last)
  })

  it('sends bad news first when it is behind, then final states, new cards, and updates last', async () => {
    await outbox.put(TO, 'moving', alert('warn', 'active'), T)
    await outbox.deliver(TO, show)
    shown = []
    await outbox.put(TO, 'moving', alert('info', 'active'), T + 1)
    await outbox.put(TO, 'new', alert('warn', 'active'), T + 2)
    await outbox.put(TO, 'over', alert('good', 'resolved'), T + 3)
    await outbox.put(TO, 'bad', alert('bad', 'active'), T + 4)
    await outbox.deliver(TO, show)
    assert.deepEqual(
      shown.map(({ id }) => id),
      ['bad', 'over', 'new', 'moving'],
    )
  })

  it('lets a card that became final overtake, from where it stood among the final ones', async () => {
    for (const [index, id] of ['a', 'b', 'c'].entries()) await outbox.put(TO, id, alert('warn', 'active'), T + index)
    await outbox.put(TO, 'late', alert('good', 'resolved'), T + 10)
    await outbox.put(TO, 'c', alert('good', 'resolved'), T + 20)
    await outbox.deliver(TO, show)
    assert.deepEqual(
      shown.map(({ id }) => id),
      ['c', 'late', 'a', 'b'],
    )
  })

  it('chooses anew after each card, so that what comes meanwhile has its place', async () => {
    for (const id of ['a', 'b']) await outbox.put(TO, id, alert('warn', 'active'), T)
    await outbox.deliver(TO, async (card) => {
      await show(card)
      if (card.id === 'a') await outbox.put(TO, 'bad', alert('bad', 'active'), T + 5)
    })
    assert.deepEqual(
      shown.map(({ id }) => id),
      ['a', 'bad', 'b'],
    )
  })

  it('updates a card only where it is, shown or on its way', async () => {
    assert.equal(await outbox.update(TO, 'a', view('nobody has it'), T), false)
    assert.deepEqual(await outbox.waiting(), [])
    await outbox.put(TO, 'a', view('one'), T)
    assert.equal(await outbox.update(TO, 'a', view('two'), T + 1), true)
    await outbox.deliver(TO, show)
    assert.equal(await outbox.update(TO, 'a', view('two'), T + 2), true, 'it is there, and the same')
    assert.deepEqual(await outbox.waiting(), [])
    assert.deepEqual(shown.map(textOf), ['two'])
  })

  it('leaves a card for later when told so, and the others go', async () => {
    for (const id of ['a', 'b', 'c']) await outbox.put(TO, id, view(id), T)
    assert.equal(await outbox.deliver(TO, show, { skip: () => ['a', 'gone'] }), 2)
    assert.deepEqual(shown.map(textOf), ['b', 'c'])
    assert.deepEqual(await outbox.waiting(), [TO])
    assert.equal(await outbox.deliver(TO, show), 1)
  })

  it('sends again what was set aside, as it is by then', async () => {
    await outbox.put(TO, 'a', view('one'), T)
    await outbox.deliver(TO, async (card) => {
      await show(card)
      assert.equal(await outbox.setAside(TO, card.id), 1)
    })
    assert.equal(await outbox.setAside(TO, 'forgotten'), 2)
    assert.deepEqual((await outbox.takeBack(TO, T + 1)).toSorted(), ['a', 'forgotten'])
    assert.deepEqual(await outbox.takeBack(TO, T + 2), [])
    assert.deepEqual(await outbox.waiting(), [TO])
    await outbox.deliver(TO, show)
    assert.deepEqual(
      shown.map((card) => [textOf(card), card.revision]),
      [
        ['one', 1],
        ['one', 1],
      ],
    )
  })

  it('leaves a platform alone for as long as it asked, whichever bot delivers, and that destination alone', async () => {
    const other = createOutbox(await server.connect())
    for (const to of [TO, 'slack:ops']) await outbox.put(to, 'a', view('one'), T)
    const busy = async (): Promise<void> => {
      throw new SpinupError('chatFailed', 'too fast', { retryable: true, retryAfterMs: 60_000 })
    }
    await assert.rejects(outbox.deliver(TO, busy), /too fast/)
    const restMs = await redis.pttl(keys.outboxRest(TO))
    assert.ok(restMs > 0 && restMs <= 60_000, `${restMs} ms`)
    assert.equal(await other.deliver(TO, show), 0)
    assert.equal(await other.deliver('slack:ops', show), 1)
    await redis.pexpire(keys.outboxRest(TO), 1)
    await until(async () => (await other.deliver(TO, show)) === 1, { what: 'the rest to be over' })
  })

  it('says so when Redis goes away, and the bot lives on', async () => {
    const cut = connectRedis({ path: server.path }, { name: 'cut' })
    await whenReady(cut)
    cut.disconnect()
    // Nothing that goes wrong may be left unheard: it would end the process, and with it this test.
    await assert.rejects(createOutbox(cut).deliver(TO, show), { code: 'storeFailed', retryable: true })
    await new Promise((resolve) => setImmediate(resolve))
    await outbox.put(TO, 'a', view('one'), T)
    const dying = connectRedis({ path: server.path }, { name: 'dying' })
    await whenReady(dying)
    const busy = async (): Promise<void> => {
      dying.disconnect()
      throw new SpinupError('chatFailed', 'too fast', { retryable: true, retryAfterMs: 700 })
    }
    await assert.rejects(createOutbox(dying).deliver(TO, busy), { retryAfterMs: 700 })
  })

  it('keeps no view that has arrived, and still knows it when it is told again', async () => {
    await outbox.put(TO, 'a', view('one'.repeat(1000)), T)
    await outbox.deliver(TO, show)
    assert.ok(((await redis.hget(keys.outboxCards(TO), 'a')) ?? '').length < 300)
    assert.equal(await outbox.put(TO, 'a', view('one'.repeat(1000)), T), false)
    assert.equal(await outbox.put(TO, 'a', view('two'), T), true)
    await outbox.deliver(TO, show)
    assert.deepEqual(
      shown.map((card) => [textOf(card).slice(0, 3), card.revision]),
      [
        ['one', 1],
        ['two', 2],
      ],
    )
  })

  it('forgets a destination that is left, and a later card there still has a higher revision', async () => {
    for (const text of ['one', 'two', 'three']) await outbox.put(TO, 'a', view(text), T)
    await outbox.deliver(TO, show)
    await outbox.put(TO, 'b', view('waits'), T)
    await outbox.leave(TO)
    assert.deepEqual(await outbox.waiting(), [])
    assert.equal(await outbox.deliver(TO, show), 0)
    assert.equal(await outbox.update(TO, 'a', view('four'), T), false)
    await outbox.put(TO, 'a', view('five'), T)
    await outbox.deliver(TO, show)
    assert.equal(textOf(shown.at(-1)), 'five')
    assert.ok(shown.at(-1)!.revision > 3)
  })

  describe('with very many cards', () => {
    const fill = async (count: number): Promise<void> => {
      const ids = Array.from({ length: count }, (_, index) => index)
      await Promise.all(ids.map((index) => outbox.put(TO, `new-${index}`, view(String(index)), T + 1000 + index)))
    }

    it('forgets the oldest delivered ones, and never one that waits', async () => {
      await outbox.put(TO, 'old', view('old'), T)
      await outbox.deliver(TO, show)
      await fill(700)
      let turns = 50
      await outbox.deliver(TO, show, { ready: async () => turns-- > 0 })
      assert.equal(await redis.hexists(keys.outboxCards(TO), 'old'), 0, 'the oldest is forgotten')
      assert.equal(await redis.hlen(keys.outboxCards(TO)), 650, 'the 650 that wait are kept, though they are too many')
      while ((await outbox.deliver(TO, show)) > 0);
      assert.equal(new Set(shown.map((card) => card.id)).size, 701, 'each was delivered')
      assert.ok((await redis.hlen(keys.outboxCards(TO))) <= 600)
      assert.equal(await redis.hexists(keys.outboxCards(TO), 'new-699'), 1, 'the newest is kept')
    })

    it('keeps those that are not done longer than those that are', async () => {
      await outbox.put(TO, 'open', alert('warn', 'active'), T)
      await outbox.deliver(TO, show)
      await fill(620)
      await outbox.deliver(TO, show)
      assert.equal(await redis.hlen(keys.outboxCards(TO)), 500)
      assert.equal(await outbox.update(TO, 'open', alert('good', 'resolved'), T + 9000), true)
    })

    it('still edits one that was forgotten, with a revision above the shown one', async () => {
      await outbox.put(TO, 'old', view('one'), T)
      await outbox.put(TO, 'old', view('two'), T)
      await outbox.put(TO, 'old', view('three'), T)
      await outbox.deliver(TO, show)
      await fill(620)
      while ((await outbox.deliver(TO, show)) > 0);
      assert.equal(await redis.hexists(keys.outboxCards(TO), 'old'), 0, 'it was forgotten')
      await outbox.put(TO, 'old', view('resolved'), T + 5000)
      await outbox.deliver(TO, show)
      const cards = shown.filter((card) => card.id === 'old')
      assert.equal(textOf(cards.at(-1)), 'resolved')
      assert.ok(cards.at(-1)!.revision > 3)
    })
  })
})
