import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { CONSOLE_CHANNEL } from '../../src/chat/console/chat.ts'
import type { View } from '../../src/core/model/view.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { until } from '../wait.ts'
import { ADA, exampleLive, exampleViews } from '../example-views.ts'
import { findChromium, launchChromium } from './chromium.ts'
import { startExampleConsole, type ExampleConsole } from './example-console.ts'

const chromium = findChromium()
const skip = chromium === undefined ? 'Chromium is not installed, so attention is not tested' : false

/** Writes down what the browser would show and play; nobody looks at this one. */
const WRITTEN = `
  window.shown = []
  window.played = 0
  document.hasFocus = () => false
  window.Notification = class extends EventTarget {
    static permission = localStorage.getItem('allowed') ?? 'default'
    static async requestPermission() { localStorage.setItem('allowed', 'granted'); return (Notification.permission = 'granted') }
    constructor(title, { body, tag }) { super(); window.shown.push([title, body, tag]); window.last = this }
    close() {}
  }
  const Real = AudioContext
  window.AudioContext = class extends Real { createOscillator() { window.played++; return super.createOscillator() } }
`

describe('what somebody should look at', { skip }, () => {
  let browser: Browser
  let context: BrowserContext
  let redis: TestRedis
  let example: ExampleConsole
  let page: Page
  const views = exampleViews(Date.now())
  let revision = 0

  before(async () => {
    redis = await startTestRedis()
    browser = await launchChromium(chromium ?? '')
  })
  beforeEach(async () => {
    await redis.flush()
    example = await startExampleConsole(await redis.connect(), { live: async () => [exampleLive(Date.now())] })
    context = await browser.newContext({ viewport: { width: 1280, height: 700 }, reducedMotion: 'reduce' })
    await context.addInitScript(WRITTEN)
  })
  afterEach(async () => {
    await context.close()
    await example.close()
  })
  after(async () => {
    await browser.close()
    await redis.stop()
  })

  async function open(): Promise<void> {
    page = await context.newPage()
    page.setDefaultTimeout(20_000)
    await page.goto(example.web.url)
    await page.locator('[data-live=load]').waitFor()
  }

  const show = (id: string, view: View): Promise<void> =>
    example.chat.show(CONSOLE_CHANNEL, { id, revision: ++revision, at: Date.now(), view })
  const titled = (words: RegExp): Promise<unknown> =>
    until(async () => words.test(await page.title()), { what: `the title ${words.source}` })
  const icon = (): Promise<string> => page.evaluate(`document.querySelector('link[rel=icon]').href`)

  const active = { ...views.alert, tone: 'warn', state: 'active', resolvedAt: null, title: 'shop-3 is silent' } as const
  const answered = { ...views.proposal, state: 'approved', by: ADA, decidedAt: Date.now(), actions: [] } as const

  it('is in the title and the icon while it lasts: a question before trouble, else the size', async () => {
    await open()
    await titled(/^3\/6 shop · Spinup$/)
    const usual = await icon()
    await show('a', active)
    await titled(/^\(!\) shop-3 is silent · Spinup$/)
    const trouble = await icon()
    await show('p', views.proposal)
    await titled(/^\(\?\) shop: scale in 4 → 3\? · Spinup$/)
    const question = await icon()
    assert.equal(new Set([usual, trouble, question]).size, 3)
    for (const one of [trouble, question]) assert.match(one, /^data:image\/svg/)
    await show('p', answered)
    await titled(/^\(!\) shop-3 is silent/)
    await show('a', { ...active, state: 'resolved', resolvedAt: Date.now() })
    await titled(/^3\/6 shop · Spinup$/)
    assert.equal(await icon(), usual)
  })

  it('is there for a question on the card of its scale event, and when the page opens', async () => {
    const approval = { state: 'open', by: [], note: null } as const
    await show('episode:e', { ...views.episode, approval, members: [], earlier: [] })
    await open()
    await titled(/^\(\?\) shop: scale out 2 → 4\?/)
    await show('episode:e', {
      ...views.episode,
      approval: { ...approval, state: 'denied', by: [ADA] },
      stage: 'settled',
    })
    await titled(/^3\/6 shop/)
  })

  it('is notified of and heard once, by those who asked for it', async () => {
    await show('old', active)
    await open()
    const shown = (): Promise<readonly (readonly string[])[]> => page.evaluate('window.shown')
    await show('before', views.proposal)
    await titled(/^\(\?\)/)
    assert.deepEqual(await shown(), [], 'nobody asked')
    await page.getByRole('button', { name: 'Notify me of questions and trouble' }).click()
    await page.getByText('Questions and trouble are notified').waitFor()
    await page.getByRole('button', { name: 'Sound for questions and trouble' }).click()
    const tried: number = await page.evaluate('window.played')
    assert.ok(tried > 0, 'one hears what it is like')
    await page.reload()
    await page.locator('[data-live=load]').waitFor()
    assert.deepEqual(await shown(), [], 'what was there before is no news')
    await show('p', views.proposal)
    await show('p', { ...views.proposal, reason: 'still quiet' })
    await show('q', { ...active, title: 'shop-4 is silent' })
    await show('f', { ...views.episode, stage: 'failed', endedAt: Date.now() })
    await show('n', views.answer)
    await until(async () => (await shown()).length >= 3, { what: 'three notifications' })
    await page.locator('[data-card=n]').waitFor()
    assert.deepEqual(
      (await shown()).map(([title, , tag]) => `${tag}: ${title}`),
      ['p: Spinup asks', 'q: Spinup: trouble', 'f: Spinup: trouble'],
    )
    assert.ok((await page.evaluate<number>('window.played')) > 0)
    await page.evaluate(`document.getElementById('scroll').scrollTop = 0`)
    await page.evaluate(`window.last.dispatchEvent(new Event('click'))`)
    await inView('f')
    await page.getByRole('button', { name: 'Notify me of questions and trouble' }).click()
    await page.getByText('No notifications any more').waitFor()
    await show('r', { ...active, title: 'shop-5 is silent' })
    await page.locator('[data-card=r]').waitFor()
    assert.equal((await shown()).length, 3)
  })

  it('comes into view when it is what one typed or pressed for', async () => {
    const buttons = [{ action: 'run:/spinup why', label: 'Why now', style: 'plain' }] as const
    await show('first', { ...views.answer, title: 'The first', actions: buttons })
    await show('p', views.proposal)
    for (const kind of Object.keys(views)) await example.chat.post(`/spinup ${kind}`, ADA)
    await open()
    const up = async (): Promise<void> => {
      await page.locator('#scroll').hover()
      await until(
        async () => {
          await page.mouse.wheel(0, -5000)
          return page.evaluate(`document.getElementById('scroll').scrollTop < 5 && !document.querySelector('.earlier')`)
        },
        { what: 'the beginning of the channel' },
      )
    }
    await up()
    await page.locator('#line').fill('/spinup error')
    await page.keyboard.press('Enter')
    await inView('reply:', 'There is no command')
    // What an answer of another person does is seen as news, and moves nobody.
    await up()
    await example.chat.post('/spinup cost', ADA)
    await page.getByRole('button', { name: '2 new messages' }).waitFor()
    assert.equal(await page.evaluate(`document.getElementById('scroll').scrollTop`), 0)
    // A card that changes where it stands.
    await page.locator('[data-card=p] [data-action="approve:p1"]').click()
    await page.locator('dialog').getByLabel('Your name').fill('Ada')
    await page.getByRole('button', { name: 'Go on' }).click()
    await until(() => example.heard.some((one) => one.endsWith('approve:p1')))
    await page.evaluate(`document.getElementById('scroll').scrollTop = 1e6`)
    await show('p', answered)
    await inView('p')
    // A button far up, whose answer is the newest.
    await up()
    await page.locator('[data-card=first]').getByRole('button', { name: 'Why now' }).click()
    await until(() => example.heard.some((one) => one.endsWith('run:/spinup why')))
    await show('reply:9', { ...views.answer, title: 'Because' })
    await inView('reply:9')
  })

  it('is large on a wall, without anything to type, until Escape', async () => {
    await show('p', views.proposal)
    await open()
    const size = (): Promise<number> =>
      page.locator('[data-live=load]').evaluate((value) => value.getBoundingClientRect().height)
    const before = await size()
    await page.getByRole('button', { name: 'Wall view' }).click()
    assert.equal(await page.locator('#line').isVisible(), false)
    assert.ok((await size()) > 1.5 * before)
    await inView('p')
    await page.reload()
    await page.locator('[data-wall] [data-live=load]').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('#line').waitFor()
  })

  async function inView(card: string, words = ''): Promise<void> {
    const one = page.locator(`[data-card^="${card}"]`, { hasText: words }).last()
    await one.waitFor()
    await until(
      async () => {
        const [box, view] = await Promise.all([one.boundingBox(), page.locator('#scroll').boundingBox()])
        return (
          box !== null &&
          view !== null &&
          box.y >= view.y - 1 &&
          box.y + Math.min(box.height, 80) <= view.y + view.height
        )
      },
      { what: `the beginning of ${card} in view` },
    )
  }
})
