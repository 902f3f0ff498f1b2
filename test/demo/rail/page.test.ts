import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { at, felt, FRESH, over, type FromPage } from '../../../src/demo/rail/browser/state.ts'
import { createRail } from '../../../src/demo/rail/serve.ts'
import { startTestRedis, type TestRedis } from '../../redis.ts'
import { until } from '../../wait.ts'
import { findChromium, launchChromium } from '../../web/chromium.ts'
import { startExampleConsole, type ExampleConsole } from '../../web/example-console.ts'

const chromium = findChromium()
const skip = chromium === undefined ? 'Chromium is not installed, so the rail is not tested' : false
const LONG =
  'Twenty times as many readers: pages take seconds, and Spinup orders clones after 2.4 s, which is said at some length.'

describe('the rail in a browser', { skip }, () => {
  let browser: Browser
  let redis: TestRedis
  let example: ExampleConsole
  let page: Page
  const asked: FromPage[] = []
  const problems: string[] = []
  const rail = createRail((message) => asked.push(message))
  before(async () => {
    redis = await startTestRedis()
    browser = await launchChromium(chromium ?? '')
    example = await startExampleConsole(await redis.connect(), { extension: rail })
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
    page.setDefaultTimeout(20_000)
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    await page.goto(example.web.url)
    await page.waitForSelector('.story-step')
  })
  after(async () => {
    await browser.close()
    await example.close()
    await redis.stop()
    assert.deepEqual(problems, [], 'the page ran without errors, also of its content policy')
  })
  const show = async (next: typeof FRESH): Promise<void> => {
    rail.show(next)
    const wanted = next.steps.map((step) => step.text)
    const shown = (): Promise<string> => page.locator('.story-text').allTextContents().then(String)
    await until(async () => (await shown()) === String(wanted), { what: 'the rail to show it' })
  }

  it('marks the present step alone, with its sentence, and says it to page readers', async () => {
    await show(at(FRESH, 'Front page', LONG))
    const current = page.locator('[aria-current]')
    assert.equal(await current.count(), 1)
    assert.equal(await current.getAttribute('aria-current'), 'step')
    assert.match((await current.textContent()) ?? '', /^Front page, now/)
    assert.equal(await page.locator('#demo-rail [role=status]').textContent(), `Front page: ${LONG}`)
    const states = await page.locator('.story-step').evaluateAll((all) => all.map((one) => one.dataset['state']))
    assert.deepEqual(states, ['done', 'done', 'now', 'next', 'next'])
  })

  it('always shows what visitors feel, in colours that say how it is', async () => {
    for (const [ms, words, feel] of [
      [38, '38 ms', 'good'],
      [900, '900 ms', 'warn'],
      [7240, '7.2 s', 'bad'],
    ] as const) {
      rail.show(felt(at(FRESH, 'Quiet', 'Few.'), ms))
      await page.waitForSelector(`.story-felt[data-feel=${feel}]`)
      assert.equal(await page.locator('.story-number').textContent(), words)
    }
    assert.match((await page.locator('.story-line').getAttribute('d')) ?? '', /^M/)
  })

  it('leaves the console whole, on a desk and on a phone, however long the sentence is', async () => {
    for (const [width, height] of [
      [1280, 800],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height })
      const tops: number[] = []
      for (const text of ['Short.', LONG]) {
        await show(at(FRESH, 'Front page', text))
        assert.ok(await page.locator('.story-number').isVisible())
        assert.ok(await page.locator('[aria-current] .story-text').isVisible())
        const box = await page.locator('#composer').boundingBox()
        assert.ok(box !== null && box.y + box.height <= height, `the composer ends at ${box?.y} of ${height}`)
        tops.push((await page.locator('#app').boundingBox())?.y ?? -1)
        const wide = await page.locator('html').evaluate((root) => root.scrollWidth)
        assert.ok(wide <= width, `${wide} px of ${width}`)
      }
      if (width > 900) continue
      assert.equal(tops[0], tops[1], 'the console keeps its place')
    }
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  it('offers three ways on when the story has ended, and waits while a crowd is there', async () => {
    assert.equal(await page.locator('.story-next').isVisible(), false)
    await show(over(at(FRESH, 'Calm', 'All is quiet.'), null))
    assert.deepEqual(await page.locator('.story-next button').allTextContents(), [
      'Connect your own droplet',
      'Send another crowd',
      'Try approve mode',
    ])
    asked.length = 0
    await page.getByRole('button', { name: 'Send another crowd' }).click()
    await page.getByRole('button', { name: 'Try approve mode' }).click()
    await until(() => asked.length === 2, { what: 'both wishes' })
    assert.deepEqual(asked, [{ wish: 'crowd' }, { wish: 'approve' }])

    await page.getByRole('button', { name: 'Connect your own droplet' }).click()
    assert.match((await page.getByRole('dialog').textContent()) ?? '', /npm start/)
    await page.keyboard.press('Escape')
    assert.equal(await page.getByRole('dialog').count(), 0)

    rail.show({ ...at(over(FRESH, null), 'Front page', 'Again.'), asks: true })
    await page.getByRole('button', { name: 'Back to auto mode' }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Send another crowd' }).isDisabled(), true)
  })
})
