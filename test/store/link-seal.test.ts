import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createConsoleChat } from '../../src/chat/console/chat.ts'
import { createConsoleLog } from '../../src/store/console-log.ts'
import { createLinkSeal } from '../../src/store/link-seal.ts'
import { answer } from '../../src/core/model/answer.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { dump } from './dump.ts'

const LINK = 'k'.repeat(43)
const TEXT = `Open https://spinup.example.com/connect?link=${LINK}\nIt works once.`
const KEY = Buffer.alloc(32, 7)

describe('a one-time link in what is kept', () => {
  it('is unreadable, and opens again for as long as it works', () => {
    let now = 1000
    const seal = createLinkSeal(KEY, () => now)
    const kept = seal.close(TEXT)
    assert.ok(!kept.includes(LINK))
    assert.equal(seal.open(kept), TEXT)
    assert.equal(
      createLinkSeal(Buffer.alloc(32, 8), () => now)
        .open(kept)
        .includes(LINK),
      false,
    )
    now += 15 * 60_000
    assert.equal(seal.open(kept), TEXT.replace(`?link=${LINK}`, ''))
  })

  it('leaves everything else as it is, several links at once too', () => {
    const seal = createLinkSeal(KEY, () => 0)
    const text = JSON.stringify({ a: TEXT, b: [TEXT, 'https://x.test/connect', '/connect?link=short', '{"link":"x"}'] })
    assert.equal(seal.open(seal.close(text)), text)
    assert.equal(seal.open('/connect?link=sealed.forged'), '/connect')
  })
})

describe('the console’s log', () => {
  let server: TestRedis
  before(async () => (server = await startTestRedis()))
  after(() => server.stop())

  it('keeps neither links nor tokens readable in Redis, and shows links to those who are there', async () => {
    const redis = await server.connect()
    const token = `xoxb-${'1'.repeat(12)}-${'a'.repeat(24)}`
    const log = createConsoleLog(redis, { linkKey: KEY })
    const chat = createConsoleChat({ log })
    await chat.start({
      command: async () => [answer('info', 'Connect', TEXT)],
      action: async () => [],
      form: async () => [],
      complete: async () => [],
      home: async () => [],
    })
    await chat.post(`/spinup connect ${token}`, { id: 'console:ada', name: 'Ada', platform: 'console' })
    const kept = JSON.stringify(await dump(redis))
    assert.ok(!kept.includes(LINK) && !kept.includes(token))
    assert.ok(JSON.stringify(await chat.after(0)).includes(LINK))
  })
})
