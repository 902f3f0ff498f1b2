/**
 * Takes pictures of the stats page with Chromium, for looking at it while working on it:
 *   node test/web/stats-shots.ts FOLDER
 */
import { join } from 'node:path'
import { findChromium, launchChromium } from './chromium.ts'
import { startExampleStats } from './example-stats.ts'

const [folder] = process.argv.slice(2)
const chromium = findChromium()
if (folder === undefined || chromium === undefined) throw new Error('say into which folder, and install chromium')
const example = await startExampleStats({ hours: 26, members: 4, stats: 8, everyMs: 10_000 })
const browser = await launchChromium(chromium)
const SHOTS = [
  ['desktop-dark', 'dark', 1440, 1000, '/stats?last=6h'],
  ['desktop-light', 'light', 1440, 1000, '/stats?stats=cpu,checkout.ms&last=6h&by=member&with=day'],
  ['phone', 'dark', 360, 800, '/stats?stats=cpu,queue&last=6h'],
  ['wall', 'dark', 1920, 1080, '/stats/wall?stats=cpu,memory,queue,orders&last=6h'],
  ['wall-light', 'light', 1920, 1080, '/stats/wall?last=6h'],
  ['phone-light', 'light', 360, 800, '/stats?stats=cpu&last=6h&by=member'],
] as const
for (const [name, colorScheme, width, height, path] of SHOTS) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    deviceScaleFactor: width < 500 ? 2 : 1,
  })
  const page = await context.newPage()
  page.on('console', (message) => message.type() === 'error' && console.error(name, message.text()))
  page.on('pageerror', (error) => console.error(name, error))
  await page.goto(example.web.url + path)
  await page.locator('.u-over').first().waitFor()
  await page.waitForTimeout(700)
  if (name === 'desktop-dark') await page.mouse.move(800, 480)
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: width < 500 })
  await context.close()
}
await browser.close()
await example.stop()
