import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { ConsoleMessage, Live, Trail, Trails } from '../../src/core/model/message.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { until } from '../wait.ts'
import { startExampleConsole, type ExampleConsole } from './example-console.ts'
import { ADA, exampleLive, exampleViews } from '../example-views.ts'

describe('the event stream', () => {
  let redis: TestRedis
  let one: ExampleConsole
  let two: ExampleConsole
  let looks = 0
  let stat = 'cpu'
  const live = async (): Promise<readonly Live[]> => {
    looks++
    const now = exampleLive(Date.now())
    return [{ ...now, status: { ...now.status, stat } }]
  }
  before(async () => {
    redis = await startTestRedis()
    // Two bots on one Redis; the second has its own connections, as another process would.
    one = await startExampleConsole(await redis.connect(), { live, liveMs: 20 })
    two = await startExampleConsole(await redis.connect(), {})
  })
  beforeEach(() => redis.flush())
  after(async () => {
    await one.close()
    await two.close()
    await redis.stop()
  })

  it('tells what was there and then what is new, on every bot and in every tab', async () => {
    await one.chat.post('/spinup status', ADA)
    const tabs = await Promise.all([listen(one), listen(one), listen(two)])
    await until(() => tabs.every((tab) => tab.messages.length === 2), { what: 'the backlog in every tab' })
    await two.chat.post('/spinup error', ADA)
    await until(() => tabs.every((tab) => tab.messages.length === 4), { what: 'the news in every tab' })
    for (const tab of tabs) {
      assert.deepEqual(
        tab.messages.map(({ change }) => change),
        [1, 2, 3, 4],
      )
      tab.close()
    }
  })

  it('resumes after the last event a page saw, with edits it missed', async () => {
    const view = exampleViews(Date.now()).episode
    await one.chat.show('console', { id: 'e', revision: 1, at: 1, view })
    const tab = await listen(one)
    await until(() => tab.messages.length === 1, { what: 'the card' })
    tab.close()
    await one.chat.post('/spinup nothing', ADA)
    await one.chat.show('console', { id: 'e', revision: 2, at: 1, view: { ...view, stage: 'settled' } })
    const again = await listen(one, { lastEventId: tab.lastId() })
    await until(() => again.messages.length === 2, { what: 'what was missed' })
    assert.deepEqual(
      again.messages.map((m) => (m.kind === 'card' ? m.card.revision : m.text)),
      ['/spinup nothing', 2],
    )
    again.close()
  })

  it('tells the pool about once a second, and looks only while somebody listens', async () => {
    const tab = await listen(one)
    await until(() => tab.lives() >= 3, { what: 'three looks at the pool' })
    const late = await listen(one)
    await until(() => late.trail() !== null, { what: 'the trail for a late tab' })
    assert.ok(pointsOf(late).length >= 2)
    tab.close()
    late.close()
    await until(
      async () => {
        const before = looks
        await new Promise((resolve) => setTimeout(resolve, 120))
        return looks === before
      },
      { what: 'the looking to stop' },
    )
  })

  it('forgets the load of another stat, whose scale is not this one’s', async () => {
    const tab = await listen(one)
    await until(() => tab.lives() >= 2, { what: 'two looks at one stat' })
    stat = 'memory'
    const lives = tab.lives()
    await until(() => tab.lives() >= lives + 3, { what: 'looks at another stat' })
    const late = await listen(one)
    await until(() => late.trail() !== null, { what: 'the trail' })
    const loads = pointsOf(late).map(([, load]) => load)
    assert.ok(loads.includes(null), 'what was of cpu is forgotten')
    assert.ok(loads.at(-1) !== null, 'what is of memory is kept')
    tab.close()
    late.close()
  })

  it('is ended by closing the server, so that a bot can stop', async () => {
    const bot = await startExampleConsole(await redis.connect())
    const tab = await listen(bot)
    await bot.close()
    await until(() => tab.ended(), { what: 'the end of the stream' })
  })
})

interface Tab {
  readonly messages: readonly ConsoleMessage[]
  lastId(): string
  lives(): number
  trail(): Trails | null
  ended(): boolean
  close(): void
}

function pointsOf(tab: Tab): Trail {
  return tab.trail()?.['web']?.points ?? []
}

/** A page's ear: reads the stream as EventSource would. */
async function listen(example: ExampleConsole, options: { readonly lastEventId?: string } = {}): Promise<Tab> {
  const controller = new AbortController()
  const messages: ConsoleMessage[] = []
  let lastId = ''
  let lives = 0
  let trail: Trails | null = null
  let ended = false
  const response = await fetch(`${example.web.url}/api/console/events`, {
    headers: options.lastEventId === undefined ? {} : { 'last-event-id': options.lastEventId },
    signal: controller.signal,
  })
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
  const read = async (): Promise<void> => {
    let rest = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (rest + chunk).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? ''
        if (field('event') === 'message') {
          lastId = field('id')
          messages.push(JSON.parse(field('data')) as ConsoleMessage)
        }
        if (field('event') === 'live') lives++
        if (field('event') === 'trails') trail = JSON.parse(field('data')) as Trails
      }
    }
  }
  void read()
    .catch(() => undefined)
    .finally(() => {
      ended = true
    })
  return {
    messages,
    lastId: () => lastId,
    lives: () => lives,
    trail: () => trail,
    ended: () => ended,
    close: () => controller.abort(),
  }
}
