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
const skip = chromium === undefined ? 'Chromium is not installed, so tabs are not tested' : false

describe('tabs of the console', { skip }, () => {
  let browser: Browser
  let redis: TestRedis
  let example: ExampleConsole
  let context: BrowserContext
  let problems: string[]

  before(async () => {
    redis = await startTestRedis()
    browser = await launchChromium(chromium ?? '', ['--host-resolver-rules=MAP spinup.test 127.0.0.1'])
  })
  beforeEach(async () => {
    await redis.flush()
    problems = []
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
    example = await start()
  })
  afterEach(async () => {
    await context.close()
    await example.close()
    assert.deepEqual(problems, [])
  })
  after(async () => {
    await browser.close()
    await redis.stop()
  })

  async function start(options: Parameters<typeof startExampleConsole>[1] = {}): Promise<ExampleConsole> {
    return startExampleConsole(await redis.connect(), {
      live: async () => [exampleLive(Date.now())],
      liveMs: 200,
      ...options,
    })
  }

  async function open(url = example.web.url, script: string | null = null): Promise<Page> {
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    page.on('pageerror', (error) => problems.push(error.message))
    if (script !== null) await page.addInitScript(script)
    await page.goto(url)
    await page.locator('#channel[aria-busy=false], #password').waitFor()
    return page
  }

  const titles = (page: Page): Promise<readonly string[]> => page.locator('#channel .card-title').allInnerTexts()
  const show = (id: string, title: string): Promise<void> =>
    example.chat.show(CONSOLE_CHANNEL, { id, revision: 1, at: Date.now(), view: { ...exampleViews(0).answer, title } })

  describe('over a Redis that is not what it was', () => {
    const same = async (pages: readonly Page[], expected: readonly string[]): Promise<void> => {
      await until(async () => (await Promise.all(pages.map(titles))).every((all) => String(all) === String(expected)), {
        what: `${expected.join(', ')} in every tab`,
      })
    }

    it('show what is new after it was emptied, and nothing of before', async () => {
      for (const id of ['a', 'b', 'c']) await show(id, id)
      const pages = [await open(), await open()]
      await same(pages, ['a', 'b', 'c'])
      await redis.flush()
      await show('a', 'fresh')
      await same(pages, ['fresh'])
      await show('d', 'newer')
      await same(pages, ['fresh', 'newer'])
    })

    it('show it although more has happened there than they ever saw', async () => {
      await show('a', 'old')
      const page = await open()
      await example.close()
      await redis.flush()
      example = await start({ port: Number(new URL(example.web.url).port) })
      for (const id of ['a', 'b', 'c', 'd']) await show(id, `new ${id}`)
      await same([page], ['new a', 'new b', 'new c', 'new d'])
    })

    it('show it where its last changes were lost', async () => {
      const keys = 'counter messages changes cards epoch'.split(' ').map((key) => `spinup:console:{console}:${key}`)
      const client = await redis.connect()
      for (const id of ['a', 'b']) await show(id, id)
      const saved = await Promise.all(keys.map((key) => client.dumpBuffer(key)))
      for (const id of ['lost', 'lost too']) await show(id, id)
      const page = await open()
      await same([page], ['a', 'b', 'lost', 'lost too'])
      await example.close()
      await client.del(...keys)
      for (const [at, key] of keys.entries()) await client.restore(key, 0, saved[at] ?? Buffer.of())
      example = await start({ port: Number(new URL(example.web.url).port) })
      await same([page], ['a', 'b'])
      await show('c', 'c')
      await same([page], ['a', 'b', 'c'])
    })

    it('show nothing of before while nothing has happened since', async () => {
      await show('a', 'old')
      const page = await open()
      await redis.flush()
      await page.getByRole('button', { name: 'Connect a pool' }).waitFor()
    })
  })

  describe('more than a browser has connections', () => {
    async function hear(pages: readonly Page[]): Promise<void> {
      await show('news', 'heard by all')
      for (const page of pages) await page.locator('.card-title', { hasText: 'heard by all' }).waitFor()
    }

    it('all hear what is new, and can be typed into', async () => {
      const pages: Page[] = []
      for (let tab = 0; tab < 8; tab++) pages.push(await open())
      await hear(pages)
      for (const page of [pages[0], pages[7]]) {
        await page?.locator('#line').fill('/spinup error')
        await page?.keyboard.press('Enter')
      }
      for (const page of pages) await until(async () => (await page.locator('[data-kind=error]').count()) === 2)
      await Promise.all(pages.slice(0, 7).map((page) => page.close()))
      await show('later', 'heard by the last')
      await pages[7]?.locator('.card-title', { hasText: 'heard by the last' }).waitFor()
    })

    it('the next one has what the others know, also where it left and came again', async () => {
      const first = await open()
      await show('a', 'before the second')
      await first.locator('.card-title', { hasText: 'before the second' }).waitFor()
      const second = await open()
      assert.deepEqual(await titles(second), ['before the second'])
      await second.locator('[data-live=load]').waitFor()
      await second.goto('about:blank')
      await show('b', 'while it was away')
      await second.goBack()
      await second.locator('.card-title', { hasText: 'while it was away' }).waitFor()
    })

    for (const [why, script] of [
      ['where a browser has no shared workers', 'delete window.SharedWorker'],
      [
        'where it refuses them',
        "window.SharedWorker = class { constructor() { throw new DOMException('no', 'SecurityError') } }",
      ],
      [
        'where they fail',
        "const Real = SharedWorker; window.SharedWorker = function (url, options) { return new Real('/assets/gone.js', options) }",
      ],
    ] as const) {
      it(`hear it while they are seen, ${why}`, async () => {
        const pages: Page[] = []
        for (let tab = 0; tab < 8; tab++) {
          const page = await open(example.web.url, script)
          await page.locator('[data-live=load]').waitFor()
          if (tab < 7) await see(page, false)
          pages.push(page)
        }
        await show('news', 'heard')
        await pages[7]?.locator('.card-title', { hasText: 'heard' }).waitFor()
        if (pages[7] !== undefined) await see(pages[7], false)
        if (pages[0] === undefined) return
        await see(pages[0], true)
        await pages[0].locator('.card-title', { hasText: 'heard' }).waitFor()
      })
    }
  })

  describe('in a browser that refuses something', () => {
    for (const [what, script] of [
      [
        'storage',
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })",
      ],
      ['storage altogether', "Object.defineProperty(window, 'localStorage', { value: null })"],
      ['to store more', "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"],
      ['notifications', 'delete window.Notification'],
    ] as const) {
      it(`work, and know what was chosen until they are closed: ${what}`, async () => {
        const page = await open(example.web.url, script)
        await page.getByLabel('Your name').fill('Ada')
        await page.getByLabel('Your name').press('Enter')
        await page.locator('#line').fill('/spinup error')
        await page.keyboard.press('Enter')
        await page.locator('[data-kind=error]').waitFor()
        assert.deepEqual(example.heard, ['console:ada /spinup error'])
        await page.locator('#line').press('ArrowUp')
        assert.equal(await page.locator('#line').inputValue(), '/spinup error')
        const theme = (): Promise<string | null> => page.locator('html').getAttribute('data-theme')
        const before = await theme()
        await page.locator('#theme').click()
        assert.notEqual(await theme(), before)
      })
    }

    it('copy over plain HTTP, where there is no clipboard to write to', async () => {
      await example.close()
      example = await start({ password: 'correct horse', publicUrl: 'http://spinup.test' })
      const { port } = new URL(example.web.url)
      const page = await open(`http://spinup.test:${port}/`)
      await page.getByLabel('Password').fill('correct horse')
      await page.keyboard.press('Enter')
      await page.locator('#channel').waitFor()
      assert.equal(await page.evaluate('isSecureContext'), false)
      const view = { ...exampleViews(Date.now()).connect, command: 'curl -fsSL https://x.example/install.sh | sudo sh' }
      await example.chat.show(CONSOLE_CHANNEL, { id: 'c', revision: 1, at: Date.now(), view: view as View })
      const line = await page.locator('.shell code').first().innerText()
      await page.getByRole('button', { name: 'Copy the line' }).first().click()
      await page.locator('.toast', { hasText: 'Copied' }).waitFor()
      await page.locator('#line').focus()
      await page.keyboard.press('Control+V')
      assert.equal(await page.locator('#line').inputValue(), line)
    })
  })

  it('name people by whole letters, whatever they are called', async () => {
    const page = await open()
    const family = '👩‍👩‍👧‍👦'
    await page.getByLabel('Your name').fill(family.repeat(4))
    await page.getByLabel('Your name').press('Enter')
    await page.locator('#line').fill('/spinup error')
    await page.keyboard.press('Enter')
    await page.locator('[data-kind=error]').waitFor()
    assert.equal(await page.locator('.person .message-head strong').innerText(), family.repeat(3))
    assert.equal(await page.locator('.person .avatar').innerText(), family)
  })

  it('keep numbers beside a name that is written from right to left in place', async () => {
    const by = { ...ADA, name: 'מרים' }
    const live = exampleLive(Date.now())
    const owned = live.status.overrides.map((one) => ({ ...one, owner: by, reason: 'מרים: 3 → 5' }))
    await example.close()
    example = await start({
      live: async () => [{ ...live, status: { ...live.status, pool: 'חנות', overrides: owned } }],
    })
    const views = exampleViews(Date.now())
    const decided = { ...views.proposal, state: 'approved', by, decidedAt: Date.now(), actions: [] } as const
    await example.chat.show(CONSOLE_CHANNEL, { id: 'p', revision: 1, at: Date.now(), view: decided })
    await show('t', 'Pinned by מרים: 3 → 5 members')
    await example.chat.post('מרים: 3 → 5', by)
    const page = await open()
    await page.locator('.overrides li').first().waitFor()
    for (const [selector, words] of [
      ['[data-card=t] .card-title', ['Pinned', 'מרים', '3', '→', '5', 'members']],
      ['[data-card=p] .card-title', ['4', '3', 'approved', 'מרים']],
    ] as const)
      assert.deepEqual(await placed(page, selector, words), words, selector)
    for (const selector of ['.person .message-head bdi', '.pool-head h2 bdi', '.override bdi'])
      assert.ok((await page.locator(selector).count()) > 0, selector)
    assert.equal(await page.evaluate(`getComputedStyle(document.querySelector('.person .line')).direction`), 'rtl')
  })
})

/** The words in the order in which they stand from left to right; each is looked for after the one before it. */
async function placed(page: Page, selector: string, words: readonly string[]): Promise<readonly string[]> {
  return page.evaluate(`(() => {
    const walker = document.createTreeWalker(document.querySelector(${JSON.stringify(selector)}), NodeFilter.SHOW_TEXT)
    const texts = []
    while (walker.nextNode()) texts.push(walker.currentNode)
    let [node, from] = [0, 0]
    const found = ${JSON.stringify(words)}.map((word) => {
      for (; node < texts.length; node++, from = 0) {
        const at = texts[node].data.indexOf(word, from)
        if (at < 0) continue
        from = at + word.length
        const range = document.createRange()
        range.setStart(texts[node], at)
        range.setEnd(texts[node], from)
        return { word, x: range.getBoundingClientRect().x }
      }
      return { word: 'no ' + word, x: 0 }
    })
    return found.toSorted((a, b) => a.x - b.x).map(({ word }) => word)
  })()`)
}

/** As if the tab were in front, or behind another. */
async function see(page: Page, seen: boolean): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${!seen} })
    document.dispatchEvent(new Event('visibilitychange'))`)
}
