import { runCommand } from '../src/cli/run-command.ts'
import { SpinupError } from '../src/core/model/error.ts'
import { findChromium, launchChromium } from '../test/web/chromium.ts'
import { startExampleStats } from '../test/web/example-stats.ts'

const HELP = `How soon the stats page is there in Chromium, and how long a day of eight statistics by ten members takes after that.
Every visit is a browser's first: nothing is in its cache.

  npm run bench -- stats-page [VISITS]`

await runCommand({ help: HELP, words: true }, async ({ positionals: [count = '7'] }) => {
  const chromium = findChromium()
  if (chromium === undefined) throw new SpinupError('configuration', 'Chromium is not installed.')
  const example = await startExampleStats({ hours: 24, members: 10, stats: 8, everyMs: 10_000 })
  const browser = await launchChromium(chromium)
  const stats = 'cpu,memory,queue,checkout.ms,orders,psi,sessions,cache.hits'
  const visits: { readonly paintMs: number; readonly answeredMs: number; readonly drawnMs: number }[] = []
  let bytes = 0
  for (let visit = 0; visit < Number(count) + 1; visit++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } })
    const page = await context.newPage()
    page.on('response', (response) => {
      if (response.url().includes('/api/series')) void response.body().then((body) => (bytes = body.length))
    })
    await page.goto(`${example.web.url}/stats?stats=${stats}&last=24h&by=member`)
    await page.locator('[data-drawn]').waitFor({ timeout: 60_000 })
    const seen = await page.evaluate<(typeof visits)[number]>(`(() => {
      const first = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0
      const series = performance.getEntriesByType('resource').find(({ name }) => name.includes('/api/series'))
      return { paintMs: first, answeredMs: series.responseEnd - first, drawnMs: performance.getEntriesByName('drawn')[0].startTime - first }
    })()`)
    // The first one warms the bot up.
    if (visit > 0) visits.push(seen)
    await context.close()
  }
  const middle = (of: (visit: (typeof visits)[number]) => number): string =>
    `${Math.round(visits.map(of).toSorted((a, b) => a - b)[Math.floor(visits.length / 2)] ?? 0)} ms`
  process.stdout.write(
    `first paint ${middle(({ paintMs }) => paintMs)}; after it, a day of 8 statistics × 10 members (${Math.round(bytes / 1000)} kB of JSON): answered ${middle(({ answeredMs }) => answeredMs)}, drawn ${middle(({ drawnMs }) => drawnMs)}; medians of ${visits.length} visits\n`,
  )
  await browser.close()
  await example.stop()
})
