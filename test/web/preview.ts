/**
 * Shows the console with a view of every kind and a made-up pool that breathes, for looking at it while working on it:
 *   node test/web/preview.ts [port]            serves until Ctrl-C
 *   node test/web/preview.ts --shots FOLDER    takes screenshots with Chromium instead
 * With --pools of a team of so many; pictures are then of their rows alone, closed and open.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { CONSOLE_CHANNEL, type ConsoleChat } from '../../src/chat/console/chat.ts'
import type { Live } from '../../src/core/model/message.ts'
import { startTestRedis } from '../redis.ts'
import { findChromium, launchChromium } from './chromium.ts'
import { startExampleConsole } from './example-console.ts'
import { ADA, exampleLive, exampleViews, GRACE } from '../example-views.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { shots: { type: 'string' }, pools: { type: 'string', default: '1' } },
})
const NAMES = ['web', 'api', 'worker-images', 'admin', 'mail'] as const
/** What differs of each next one: its load, its traffic, its members. */
const SHARES = [1, 0.55, 1.5, 0.1, 0.3] as const
let looks = 0
const redis = await startTestRedis()
const example = await startExampleConsole(await redis.connect(), {
  port: Number(positionals[0] ?? 0),
  live: async () => pools(now()),
  liveMs: values.shots === undefined ? 1000 : 60,
})
await fill(example.chat)
if (values.shots === undefined) {
  console.log(`${example.web.url} (Ctrl-C ends it)`)
  await new Promise((resolve) => process.once('SIGINT', resolve))
} else {
  await shoot(values.shots)
}
await example.close()
await redis.stop()

/** For pictures a second passes at every look, so that the sparklines have something to show. */
function now(): number {
  return values.shots === undefined ? Date.now() : Date.now() + ++looks * 1000
}

function pools(now: number): readonly Live[] {
  const count = Number(values.pools)
  return NAMES.slice(0, count).map((name, index) => {
    const live = breathing(now + index * 7000)
    const share = SHARES[index] ?? 1
    const { status } = live
    const value = (status.value ?? 0) * share
    const members = status.members.slice(0, index === 0 ? undefined : index + 1)
    return {
      ...live,
      at: now,
      rps: index === 2 ? null : live.rps === null ? null : Math.round(live.rps * share),
      p95Ms: index === 2 ? null : live.p95Ms,
      inFlight: index === 2 ? null : live.inFlight,
      status: { ...status, pool: name, of: { id: name, name, named: count > 1 }, value, members },
    }
  })
}

/** A load that swings, so that bars, numbers and sparklines can be seen moving. */
function breathing(now: number): Live {
  const live = exampleLive(now)
  const swing = Math.sin(now / 9000)
  return {
    ...live,
    rps: 412 + Math.round(160 * swing),
    p95Ms: 48 + Math.round(20 * swing),
    status: {
      ...live.status,
      value: 0.66 + 0.22 * swing,
      members: live.status.members.map((m) => ({
        ...m,
        load: m.load === null ? null : Math.min(1, m.load * (0.8 + 0.25 * swing)),
      })),
    },
  }
}

async function fill(chat: ConsoleChat): Promise<void> {
  const views = exampleViews(Date.now())
  for (const [kind, view] of Object.entries(views)) {
    await chat.post(`/spinup ${kind}`, kind.length % 2 === 0 ? ADA : GRACE)
    if (kind === 'proposal' && view.kind === 'proposal') {
      const card = { id: 'decided', at: Date.now() }
      await chat.show(CONSOLE_CHANNEL, { ...card, revision: 1, view })
      const decided = { ...view, state: 'approved', by: ADA, decidedAt: Date.now(), actions: [] } as const
      await chat.show(CONSOLE_CHANNEL, { ...card, revision: 2, view: decided })
    }
  }
}

async function shoot(folder: string): Promise<void> {
  const chromium = findChromium()
  if (chromium === undefined) throw new Error('install chromium first')
  const browser = await launchChromium(chromium)
  const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }
  for (const [name, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ['dark', 'light'] as const) {
      const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 2 })
      await context.addInitScript(() => localStorage.setItem('spinup.name', 'Ada'))
      const page = await context.newPage()
      page.on('console', (message) => message.type() === 'error' && console.error(message.text()))
      page.on('pageerror', (error) => console.error(error))
      await page.goto(example.web.url)
      await page.locator('[data-card]').last().waitFor()
      await page.locator('[data-live=load]').first().waitFor()
      // Long enough for the sparklines to show something.
      await page.waitForTimeout(2500)
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) })
      const row = page.locator('.pool-row summary').first()
      if ((await row.count()) === 0) await wholeChannel(page, join(folder, `${name}-${colorScheme}-channel`))
      else {
        await row.click()
        await page.screenshot({ path: join(folder, `${name}-${colorScheme}-open.png`) })
      }
      await context.close()
    }
  }
  await browser.close()
}

/** The channel at its full length, in pieces that can be looked at. */
async function wholeChannel(page: Page, path: string): Promise<void> {
  const height = await page.locator('#channel').evaluate((channel) => channel.scrollHeight)
  const width = page.viewportSize()?.width ?? 1440
  await page.setViewportSize({ width, height: height + 400 })
  await page.waitForTimeout(600)
  const box = await page.locator('.scroll').boundingBox()
  if (box === null) return
  const piece = width > 900 ? 1100 : 1500
  for (let index = 0; index * piece < box.height; index++) {
    const y = box.y + index * piece
    const clip = { x: box.x, y, width: box.width, height: Math.min(piece, box.y + box.height - y) }
    await page.screenshot({ path: `${path}-${index + 1}.png`, clip })
  }
}
