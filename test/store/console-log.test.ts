import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { ConsoleMessage } from '../../src/core/model/message.ts'
import type { Card, View } from '../../src/core/model/view.ts'
import { createConsoleLog, type ConsoleLog } from '../../src/store/console-log.ts'
import { startTestRedis } from '../redis.ts'
import { until } from '../wait.ts'
import { running } from '../running.ts'

const ADA = { id: 'console:ada', name: 'Ada', platform: 'console' }

describe('the console log', () => {
  const redis = running(startTestRedis)
  let log: ConsoleLog
  beforeEach(async () => {
    await redis.flush()
    log = createConsoleLog(await redis.connect(), { limit: 5, pollMs: 100 })
  })

  it('keeps lines and cards in the order they first appeared', async () => {
    await log.say('ops', ADA, 'hello')
    await log.upsertCard('ops', card('a', 1, 'first'))
    await log.say('ops', ADA, 'bye')
    const { messages, cursor } = await log.after('ops', 0)
    assert.deepEqual(messages.map(words), ['hello', 'first', 'bye'])
    assert.deepEqual(
      messages.map(({ id }) => id),
      ['1', '2', '3'],
    )
    assert.equal(cursor, 3)
  })

  it('edits a card where it stands, and tells the edit as a change', async () => {
    await log.upsertCard('ops', card('a', 1, 'working'))
    await log.say('ops', ADA, 'well?')
    const before = (await log.after('ops', 0)).cursor
    await log.upsertCard('ops', card('a', 2, 'done'))
    const news = await log.after('ops', before)
    assert.deepEqual(news.messages.map(words), ['done'])
    assert.equal(news.messages[0]?.id, '1')
    assert.equal(news.messages[0]?.at, 1_000, 'it keeps the instant it first appeared')
    assert.equal((await log.after('ops', 0)).messages.length, 2)
  })

  it('ignores an older or the same revision, whoever sends it', async () => {
    const other = createConsoleLog(await redis.connect(), { limit: 5 })
    await log.upsertCard('ops', card('a', 3, 'newest'))
    assert.equal(await other.upsertCard('ops', card('a', 2, 'late')), null)
    assert.equal(await other.upsertCard('ops', card('a', 3, 'again')), null)
    assert.deepEqual((await log.after('ops', 0)).messages.map(words), ['newest'])
  })

  it('ends with the newest revision when many bots race', async () => {
    const bots = await Promise.all([1, 2, 3].map(async () => createConsoleLog(await redis.connect())))
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        bots[index % 3]?.upsertCard('ops', card('a', (index * 37) % 60, String((index * 37) % 60))),
      ),
    )
    assert.deepEqual((await log.after('ops', 0)).messages.map(words), ['59'])
  })

  it('lets go of what was changed longest ago, and shows such a card anew', async () => {
    await log.upsertCard('ops', card('old', 1, 'old'))
    for (let index = 0; index < 5; index++) await log.say('ops', ADA, `line ${index}`)
    assert.deepEqual(
      (await log.after('ops', 0)).messages.map(words),
      [0, 1, 2, 3, 4].map((index) => `line ${index}`),
    )
    assert.notEqual(await log.upsertCard('ops', card('old', 1, 'back')), null)
  })

  it('keeps empty lists and odd characters of a view as they are', async () => {
    const view: View = { ...answer('tränen 🎉 "quoted" \\ \n'), fields: [], actions: [] }
    await log.upsertCard('ops', { id: 'a', revision: 1, at: 1, view })
    const [message] = (await log.after('ops', 0)).messages
    assert.ok(message?.kind === 'card')
    assert.deepEqual(message.card.view, view)
  })

  it('starts over for a cursor of a Redis that has been emptied since', async () => {
    await log.say('ops', ADA, 'fresh')
    assert.deepEqual((await log.after('ops', 900)).messages.map(words), ['fresh'])
  })

  it('keeps channels apart', async () => {
    await log.say('ops', ADA, 'here')
    assert.deepEqual((await log.after('elsewhere', 0)).messages, [])
  })

  it('tells listeners on other connections at once, in order and each change once', async () => {
    const heard: ConsoleMessage[] = []
    // Room for all of them: what is let go of before a listener has connected is not told.
    const roomy = createConsoleLog(await redis.connect())
    const other = createConsoleLog(await redis.connect(), { pollMs: 60_000 })
    await roomy.say('ops', ADA, 'before it listened')
    const stop = await other.subscribe('ops', ({ messages }) => heard.push(...messages))
    for (let index = 0; index < 20; index++) await roomy.say('ops', ADA, `line ${index}`)
    await until(() => heard.length >= 20, { what: 'all lines' })
    assert.deepEqual(heard.map(words), Array.from({ length: 20 }, (_, index) => `line ${index}`).slice(-heard.length))
    await stop()
  })

  it('goes on telling after the subscription was cut', async () => {
    const heard: ConsoleMessage[] = []
    const connection = await redis.connect()
    const stop = await createConsoleLog(connection, { pollMs: 60_000 }).subscribe('ops', ({ messages }) =>
      heard.push(...messages),
    )
    await log.say('ops', ADA, 'one')
    await until(() => heard.length === 1, { what: 'the first line' })
    await connection.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await log.say('ops', ADA, 'two, while it is cut')
    await until(() => heard.length === 2, { what: 'the line told while it was cut' })
    await log.say('ops', ADA, 'three')
    await until(() => heard.length === 3, { what: 'the line after' })
    await stop()
  })

  it('says what to do when Redis does not answer', async () => {
    const connection = await redis.connect()
    const closed = createConsoleLog(connection)
    connection.disconnect()
    await assert.rejects(closed.say('ops', ADA, 'anyone?'), { code: 'storeFailed', message: /Redis does not answer/ })
  })
})

function answer(title: string): View & { readonly kind: 'answer' } {
  return { kind: 'answer', tone: 'info', title, text: '', fields: [], actions: [] }
}

function card(id: string, revision: number, title: string): Card {
  return { id, revision, at: revision * 1000, view: answer(title) }
}

function words(message: ConsoleMessage): string {
  if (message.kind === 'line') return message.text
  return message.card.view.kind === 'answer' ? message.card.view.title : message.card.view.kind
}
