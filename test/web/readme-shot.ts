import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { until } from '../wait.ts'
import { findChromium, launchChromium } from './chromium.ts'

/**
 * Takes the README's picture of a running demo, once its overload has been answered:
 *
 *   npm run demo                                          in one terminal, and at once
 *   node test/web/readme-shot.ts http://127.0.0.1:8080    in another
 */
const FILE = join(import.meta.dirname, '../../docs/console.png')
const MOST_BYTES = 400_000
/** Origin and clones. */
const SERVING = 4
/** Visitors are served quickly again. */
const QUICK_MS = 250
const QUICK_LOOKS = 5

const [url] = process.argv.slice(2)
const chromium = findChromium()
if (url === undefined) throw new Error('Give the URL of a running demo, e.g. http://127.0.0.1:8080')
if (chromium === undefined) throw new Error('Install chromium first')

const browser = await launchChromium(chromium)
try {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    deviceScaleFactor: 1,
    reducedMotion: 'reduce',
  })
  await page.goto(url)
  const card = await answered(page)
  await frame(page, card)
  const png = await page.screenshot()
  if (png.length > MOST_BYTES) throw new Error(`The picture has ${png.length} bytes; at most ${MOST_BYTES} are wanted.`)
  await mkdir(join(FILE, '..'), { recursive: true })
  await writeFile(FILE, png)
  console.log(`${FILE}: ${png.length} bytes`)
} finally {
  await browser.close()
}

/** The newest scale out, when enough members serve, none is on its way and the visitors feel it. */
async function answered(page: Page): Promise<Locator> {
  const outs = page.locator('[data-kind=episode]', { hasText: /scaled out/ })
  let quick = 0
  let seen = ''
  await until(
    async () => {
      const all = await page.locator('.rail .member').count()
      const serving = await page.locator('.rail .member[data-phase=inService]').count()
      const working = await page.locator('[data-kind=episode]', { hasText: 'scaling' }).count()
      const trail = (await page.locator('.tile-rps path.spark-line').last().getAttribute('d')) ?? ''
      if (trail === seen) return false
      seen = trail
      const p95 = Number.parseInt((await page.locator('[data-live=p95]').innerText()).replaceAll(',', ''), 10)
      const well = serving >= SERVING && serving === all && working === 0 && (await outs.count()) > 0
      quick = well && p95 < QUICK_MS ? quick + 1 : 0
      return quick === QUICK_LOOKS
    },
    { what: `${SERVING} members that serve quickly`, timeoutMs: 180_000 },
  )
  return outs.last()
}

/** Brings the card into the middle of the channel, with its chart loaded and nothing hovered. */
async function frame(page: Page, card: Locator): Promise<void> {
  const image = card.locator('.chart img')
  await until(() => image.evaluate((element) => element.complete && element.naturalWidth > 0), { what: 'the chart' })
  await page.mouse.move(400, 5)
  await page.locator('#line').blur()
  await card.evaluate((element) => element.scrollIntoView({ block: 'center' }))
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
}
