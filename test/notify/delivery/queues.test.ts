import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import type { ShownCard } from '../../../src/chat/chat.ts'
import type { AlertView, AnswerView, Card } from '../../../src/core/model/view.ts'
import type { Complaints } from '../../../src/notify/delivery/queue.ts'
import { startDelivery, type Delivery } from '../../../src/notify/delivery/start.ts'
import { createOutbox, type Outbox } from '../../../src/store/outbox.ts'
import { createShown } from '../../../src/store/chat-places.ts'
import { quiet, startTestRedis, type TestRedis } from '../../redis.ts'
import { until } from '../../wait.ts'
import { createHttpChat, startDestination, type Destination } from './destination.ts'

const view = (text: string): AnswerView => ({
  kind: 'answer',
  tone: 'info',
  title: 'Said',
  text,
  fields: [],
  actions: [],
})

describe('queues', () => {
  let server: TestRedis
  let redis: Redis
  let outbox: Outbox
  let destination: Destination
  let delivery: Delivery | null = null
  let complained: string[]
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
    outbox = createOutbox(redis)
  })
  after(() => server.stop())
  beforeEach(async () => {
    await server.flush()
    destination = await startDestination()
    complained = []
  })
  afterEach(async () => {
    await delivery?.stop()
    delivery = null
    await destination.stop()
  })
  const complaints: Complaints = {
    cardRefused: async (to, card, reason) => void complained.push(`${to} refuses ${card.id}: ${reason}`),
    destinationRefused: async (to, reason) => void complained.push(`${to} is refused: ${reason}`),
    arrived: async (to) => {
      if (complained.at(-1) !== `${to} takes cards`) complained.push(`${to} takes cards`)
    },
  }
  const start = (everyMs = 0): void => {
    const chat = createHttpChat({
      platform: 'http',
      url: destination.url,
      shown: createShown<ShownCard>(redis, 'http'),
    })
    const paced = everyMs === 0 ? chat : { ...chat, pace: { everyMs, burst: 2, newCard: 1 } }
    delivery = startDelivery({ outbox, chats: [paced], complaints, log: quiet, restMs: 20 })
  }
  const texts = (channel: string): readonly string[] =>
    destination.messages(channel).map(({ card }) => (card.view.kind === 'answer' ? card.view.text : card.id))
  const delivered = (): Promise<unknown> =>
    until(
      async () => {
        delivery?.nudge()
        return (await outbox.waiting()).length === 0
      },
      { what: 'all to be delivered' },
    )

  it('keep the pace of their platform, each for itself, and send what is newest by then', async () => {
    for (const channel of ['a', 'b']) {
      for (let index = 0; index < 5; index++) await outbox.put(`http:${channel}`, `card-${index}`, view('first'), index)
    }
    const begun = Date.now()
    start(300)
    await until(() => destination.requests('a').length >= 2 && destination.requests('b').length >= 2)
    await outbox.put('http:a', 'card-4', view('last'), 9)
    await delivered()
    for (const channel of ['a', 'b']) {
      const came = destination.requests(channel)
      assert.equal(came.length, 5)
      // Three gaps of 300 ms after a burst of two; a timer may be a moment early.
      assert.ok(came[4]! - begun > 880, `five in ${came[4]! - begun} ms`)
    }
    const [a, b] = [destination.requests('a'), destination.requests('b')]
    assert.ok(a[0]! < b[4]! && b[0]! < a[4]!, 'side by side')
    assert.deepEqual(texts('a').slice(-1), ['last'])
    assert.deepEqual(
      destination.messages('a').map(({ edits }) => edits),
      [0, 0, 0, 0, 0],
    )
  })

  it('rest alone for as long as the platform asks, and go on with the newest state', async () => {
    let refusals = 0
    destination.fault = (channel) =>
      channel === 'busy' && refusals++ === 0 ? { status: 429, retryAfterMs: 2500 } : null
    await outbox.put('http:busy', 'a', view('one'), 1)
    start()
    await until(() => refusals === 1)
    await outbox.put('http:busy', 'a', view('two'), 2)
    await outbox.put('http:free', 'a', view('one'), 1)
    delivery?.nudge()
    await until(() => texts('free').length === 1)
    assert.deepEqual(texts('busy'), [])
    await delivered()
    const [refused, taken] = destination.requests('busy')
    assert.ok(taken! - refused! >= 2450, 'left alone')
    assert.deepEqual(texts('busy'), ['two'])
  })

  it('bring the last state after an outage in which answers were lost too, on one message', async () => {
    let round = 0
    destination.fault = () => [{ status: 503 }, 'lost' as const, null][round++ % 3] ?? null
    for (const text of ['one', 'two', 'three']) await outbox.put('http:ops', 'a', view(text), 1)
    start()
    await delivered()
    assert.deepEqual(texts('ops'), ['three'])
  })

  it('set a refused card aside, say so, and bring the others and its later state', async () => {
    destination.fault = (_channel, card) => (isText(card, 'huge') ? { status: 400 } : null)
    await outbox.put('http:ops', 'big', view('huge'), 1)
    await outbox.put('http:ops', 'small', view('fits'), 2)
    start()
    await delivered()
    assert.deepEqual(texts('ops'), ['fits'])
    const refused = 'http:ops refuses big: The card has too many blocks.'
    assert.deepEqual(complained, [refused, 'http:ops takes cards', refused], 'tried once more after another arrived')
    assert.equal(destination.requests('ops').length, 3)
    await outbox.put('http:ops', 'big', view('fits now'), 3)
    delivery?.nudge()
    await until(() => texts('ops').length === 2)
    assert.deepEqual(texts('ops'), ['fits', 'fits now'])
  })

  it('take it for the channel when every card is refused, and lose none of them', async () => {
    destination.fault = () => ({ status: 400 })
    for (const id of ['a', 'b', 'c', 'd']) await outbox.put('http:ops', id, view(id), 1)
    start()
    await until(() => complained.some((line) => line.includes('is refused')))
    await delivery?.stop()
    assert.equal(destination.requests('ops').length, 3, 'the fourth was not tried')
    destination.fault = () => null
    start()
    await delivered()
    assert.deepEqual(texts('ops').toSorted(), ['a', 'b', 'c', 'd'])
  })

  it('bring what was set aside when it was the channel after all, also after a restart', async () => {
    destination.fault = () => ({ status: 400 })
    await outbox.put('http:ops', 'a', view('a'), 1)
    start()
    await until(() => complained.length === 1)
    await delivered()
    await delivery?.stop()
    destination.fault = () => null
    await outbox.put('http:ops', 'b', view('b'), 2)
    start()
    await until(() => texts('ops').length === 2)
    assert.deepEqual(texts('ops'), ['b', 'a'])
  })

  it('rest long where the channel is gone, hold up no other, and try again at a restart', async () => {
    destination.fault = (channel) => (channel === 'gone' ? { status: 404 } : null)
    for (const channel of ['gone', 'ops']) await outbox.put(`http:${channel}`, 'a', view('one'), 1)
    start()
    await until(() => complained.length === 2)
    assert.deepEqual(complained.toSorted(), ['http:gone is refused: The channel is gone.', 'http:ops takes cards'])
    for (const text of ['two', 'three']) {
      for (const channel of ['gone', 'ops']) await outbox.put(`http:${channel}`, 'a', view(text), 1)
      delivery?.nudge()
      await until(() => texts('ops').includes(text))
    }
    assert.equal(destination.requests('gone').length, 1)
    await delivery?.stop()
    destination.fault = () => null
    start()
    await delivered()
    assert.deepEqual(texts('gone'), ['three'])
  })

  it('try again at once where somebody writes from a channel that was gone', async () => {
    destination.fault = (channel) => (channel === 'gone' ? { status: 404 } : null)
    await outbox.put('http:gone', 'a', view('one'), 1)
    start()
    await until(() => complained.length === 1)
    destination.fault = () => null
    delivery?.nudge()
    assert.deepEqual(texts('gone'), [])
    delivery?.wake('http:gone')
    await until(() => texts('gone').length === 1)
    await until(() => complained.includes('http:gone takes cards'))
  })

  it('let others by when one card fails again and again for a passing reason', async () => {
    destination.fault = (_channel, card) => (card.id === 'cursed' ? { status: 500 } : null)
    await outbox.put('http:ops', 'cursed', view('never'), 1)
    await outbox.put('http:ops', 'fine', view('fine'), 2)
    start()
    await until(() => (delivery?.nudge(), texts('ops').includes('fine')))
    assert.deepEqual(await outbox.waiting(), ['http:ops'], 'it is kept, to be tried again')
  })

  it('bring bad news before all else after an outage', async () => {
    let away = true
    const order: string[] = []
    destination.fault = (_channel, card) => {
      if (away) return { status: 503 }
      order.push(card.id)
      return null
    }
    for (let index = 0; index < 5; index++) await outbox.put('http:ops', `answer-${index}`, view('said'), index)
    start()
    await until(() => destination.requests('ops').length > 0)
    await outbox.put('http:ops', 'bad', BAD, 10)
    away = false
    await delivered()
    assert.equal(order[0], 'bad')
    assert.equal(order.length, 6)
  })

  it('end where a destination is left, with what waited for it', async () => {
    destination.fault = () => ({ status: 503 })
    await outbox.put('http:ops', 'a', view('one'), 1)
    start()
    await until(() => destination.requests('ops').length > 0)
    await outbox.leave('http:ops')
    destination.fault = () => null
    await outbox.put('http:other', 'a', view('one'), 1)
    delivery?.nudge()
    await until(() => texts('other').length === 1)
    await outbox.put('http:other', 'b', view('two'), 1)
    await until(() => texts('other').length === 2)
    assert.deepEqual(texts('ops'), [])
  })

  it('leave what is for a platform that is not there, for when it is', async () => {
    await outbox.put('elsewhere:ops', 'a', view('one'), 1)
    await outbox.put('http:ops', 'a', view('one'), 1)
    start()
    await until(async () => (await outbox.waiting()).length === 1)
    assert.deepEqual(await outbox.waiting(), ['elsewhere:ops'])
    assert.deepEqual(texts('ops'), ['one'])
  })
})

const BAD: AlertView = {
  kind: 'alert',
  tone: 'bad',
  title: 'The balancer is unreachable',
  text: '',
  fix: null,
  facts: [],
  actions: [],
  state: 'active',
  since: 1,
  resolvedAt: null,
}

function isText(card: Card, text: string): boolean {
  return card.view.kind === 'answer' && card.view.text === text
}
