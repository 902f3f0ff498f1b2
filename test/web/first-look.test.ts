import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { TRAIL_MS, type Trails } from '../../src/core/model/message.ts'
import { createAssets } from '../../src/web/assets.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { until } from '../wait.ts'
import { ADA, exampleLive, exampleViews } from '../example-views.ts'
import { findChromium, launchChromium } from './chromium.ts'
import { startExampleConsole, type ExampleConsole } from './example-console.ts'

const chromium = findChromium()
const skip = chromium === undefined ? 'Chromium is not installed, so the first look is not tested' : false

/** Slow 3G: bytes a second, and ms before the first of them. */
const RATE = 400_000 / 8
const LATENCY_MS = 400
const WANTED_MS = 2000

describe('the first look at the console', { skip }, () => {
  let browser: Browser
  let redis: TestRedis
  let example: ExampleConsole
  const live = exampleLive(Date.now())
  const stored = async (): Promise<Trails> => {
    const now = Date.now()
    const points = Array.from({ length: 30 }, (_, at) => [now - TRAIL_MS + (at + 1) * 5000, at / 30, null] as const)
    return { [live.status.of.id]: { stat: live.status.stat, points } }
  }

  before(async () => {
    redis = await startTestRedis()
    browser = await launchChromium(chromium ?? '')
    const assets = createAssets()
    await assets.warm()
    example = await startExampleConsole(await redis.connect(), {
      live: async () => [{ ...live, at: Date.now() }],
      past: stored,
      assets,
    })
    for (const kind of Object.keys(exampleViews(0))) await example.chat.post(`/spinup ${kind}`, ADA)
  })
  after(async () => {
    await browser.close()
    await example.close()
    await redis.stop()
  })

  async function slowly(): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
    const page = await context.newPage()
    const devtools = await context.newCDPSession(page)
    await devtools.send('Network.enable')
    await devtools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: LATENCY_MS,
      downloadThroughput: RATE,
      uploadThroughput: RATE,
    })
    return page
  }

  it('has its first message within two seconds on slow 3G, by what is sent before it', async (t) => {
    const page = await slowly()
    const sizes: number[] = []
    const asked: string[] = []
    let shown = false
    page.on('request', (request) => {
      const prefetched = request.headers()['sec-purpose'] !== undefined || request.headers()['purpose'] !== undefined
      if (!shown && !prefetched) asked.push(new URL(request.url()).pathname)
    })
    page.on('response', (response) => {
      if (!shown && response.request().resourceType() === 'document')
        sizes.push(Number(response.headers()['content-length'] ?? 0))
    })
    const begun = performance.now()
    await page.goto(example.web.url, { waitUntil: 'commit' })
    await page.locator('[data-card] .card-title').last().waitFor()
    const took = performance.now() - begun
    shown = true
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    t.diagnostic(`${Math.round(took)} ms, ${asked.length} requests, ${bytes} bytes: ${asked.join(' ')}`)
    // All there is to wait for is the page itself: what a busy machine adds is not its fault.
    assert.ok(LATENCY_MS + (bytes / RATE) * 1000 < 0.75 * WANTED_MS, `${bytes} bytes`)
    assert.ok(took < 3 * WANTED_MS, `${took} ms`)
    await page.context().close()
  })

  it('comes out of the browser’s own store the second time', async () => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(example.web.url)
    await page.locator('[data-card]').last().waitFor()
    // By then what it did not need at first has come, too.
    const fetched = `performance.getEntriesByType('resource').map(({ name }) => name).join(' ')`
    const wanted = ['first-', 'console-style-', 'console-', 'inter-latin-400', 'inter-latin-600']
    await until(async () => {
      const names: string = await page.evaluate(fetched)
      return wanted.every((name) => names.includes(`/assets/${name}`))
    })
    const cached: boolean[] = []
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Network.enable')
    devtools.on('Network.responseReceived', ({ response }) => {
      if (/\.(js|css|woff2)$/.test(response.url) && !/\/assets\/icon/.test(response.url))
        cached.push(
          response.fromDiskCache === true || response.fromPrefetchCache === true || response.encodedDataLength === 0,
        )
    })
    await page.goto('about:blank')
    await page.goto(example.web.url)
    await page.locator('[data-card]').last().waitFor()
    assert.ok(cached.length > 0 && cached.every(Boolean), String(cached))
    await page.context().close()
  })

  it('has sparklines of the last minutes, which nobody watched', async () => {
    const page = await (await browser.newContext()).newPage()
    // Nothing but the page itself: what is drawn was in it.
    await page.route('**/api/**', (route) => route.abort())
    await page.goto(example.web.url)
    const line = page.locator('.tile-load .spark-line').first()
    await line.waitFor({ state: 'attached' })
    const points = ((await line.getAttribute('d')) ?? '').split(/[ML]/).length - 1
    assert.ok(points >= 15, `${points} points`)
    await page.context().close()
  })
})
