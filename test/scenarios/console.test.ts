import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { until } from '../wait.ts'
import { findChromium, launchChromium } from '../web/chromium.ts'
import { walkConnectPage } from '../../src/demo/connect-page.ts'
import { createSite, type BotProcess, type Site } from './bot-process.ts'

const chromium = findChromium()
const skip = chromium === undefined ? 'Chromium is not installed, so the console is not used as a person would' : false
/** Snapshots, boots and joins are real, on a machine that may be busy. */
const PATIENCE_MS = 60_000

describe('the console in a browser, with a real bot', { skip }, () => {
  let site: Site
  let bot: BotProcess
  let browser: Browser
  let page: Page
  const problems: string[] = []

  before(async () => {
    site = await createSite()
    bot = await site.start()
    browser = await launchChromium(chromium ?? '')
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      colorScheme: 'dark',
      reducedMotion: 'reduce',
    })
    page = await context.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    await page.goto(bot.url)
  })
  after(async () => {
    await browser?.close()
    await site?.clear()
  })

  const cards = (kind: string): Locator => page.locator(`#channel [data-kind=${kind}]`)
  const press = (label: string, where: Locator = page.locator('#channel')): Promise<void> =>
    where.getByRole('button', { name: label }).click()
  const inService = (count: number): Promise<void> =>
    page.locator('[data-live=members]', { hasText: new RegExp(`^${count} of`) }).waitFor()

  /** Types a line into the composer by keyboard and sends it. */
  async function type(line: string): Promise<void> {
    await page.locator('#line').focus()
    await page.keyboard.type(line)
    await page.keyboard.press('Enter')
  }

  it('leads from an empty channel to a watched pool by a button, the page it links to, and one card', async () => {
    await page.getByText('Ready for the front page?').waitFor()
    await page.getByText('No pool yet').waitFor()
    await shot(page, '1-empty')
    await press('Connect a pool')
    const offer = cards('answer').filter({ hasText: 'Connect a droplet' })
    await offer.waitFor()
    const link = /http:\S+\/connect\?link=[\w-]+/.exec(await offer.innerText())?.[0] ?? ''
    const choices = { account: 'environment', droplet: 'web', balancer: 'builtin', port: site.cloud.appPort } as const
    const line = await walkConnectPage(link, choices)
    const card = cards('connect')
    await card.getByText('Run this line on the droplet').waitFor()
    // An edit keeps the element; a card drawn again would lose the mark.
    await card.evaluate((element) => element.setAttribute('data-same', ''))
    await shot(page, '2-agent')
    await site.cloud.runInstallLine(line)
    await press('Shut down and take the snapshot', card)
    await card.getByText('Connected: web').waitFor()
    await page.locator('#channel [data-same]', { hasText: 'Connected: web' }).waitFor()
    assert.equal(await cards('connect').count(), 1)
    assert.deepEqual(await card.getByRole('button').allInnerTexts(), ['Status', 'Policy'])
    await inService(1)
    await shot(page, '3-connected')
  })

  it('pins by keyboard, acknowledges, and settles the episode where it stands', async () => {
    await page.locator('#line').focus()
    await page.keyboard.type('/spinup pi')
    await page.locator('#completions li', { hasText: '/spinup pin' }).waitFor()
    await page.keyboard.press('Tab')
    assert.equal(await page.locator('#line').inputValue(), '/spinup pin')
    await page.keyboard.type(' 3 for 10m')
    await page.keyboard.press('Enter')
    await cards('answer').getByText('web is pinned at 3 members for 10 min').waitFor()
    const episode = cards('episode')
    await episode.getByText('scaling out').waitFor()
    await episode.evaluate((element) => element.setAttribute('data-same', ''))
    await shot(page, '4-working')
    await page.locator('#channel [data-same][data-kind=episode]', { hasText: /scaled out 1 → 3/ }).waitFor()
    assert.equal(await episode.count(), 1)
    assert.match(await episode.locator('.card-title').innerText(), /: scaled out 1 → 3 in \d/)
    await inService(3)
    await page.locator('.rail .override', { hasText: 'Pinned at 3 members' }).waitFor()
    await shot(page, '5-settled')
  })

  it('turns a proposal into its outcome when it is approved', async () => {
    await type('/spinup unpin')
    await cards('answer').getByText('web is unpinned').waitFor()
    await page.locator('.rail .override').waitFor({ state: 'detached' })
    await type('/spinup mode approve')
    await page.locator('.rail .badge', { hasText: 'approve' }).waitFor()
    await type(
      '/spinup policy min=1 max=5 target=5% tolerance=0% window=2s stat=memory scale-in-window=24h scale-out-cooldown=1s',
    )
    const open = cards('proposal').filter({ has: page.getByRole('button', { name: 'Scale to 5' }) })
    await open.waitFor()
    await shot(page, '6-proposal')
    const id = await open.getAttribute('data-card')
    const proposal = page.locator(`[data-card="${id}"]`)
    await proposal.evaluate((element) => element.setAttribute('data-same', ''))
    await press('Scale to 5', proposal)
    // Once; this browser keeps it.
    await page.getByLabel('Your name').last().fill('Ada')
    await page.getByRole('button', { name: 'Go on' }).click()
    // The card that asked goes on as the scale event that it led to.
    await page.locator('[data-same][data-kind=episode]', { hasText: 'approved by Ada' }).waitFor()
    await page.locator('[data-same][data-kind=episode]', { hasText: /scaled out 3 → 5/ }).waitFor()
    assert.equal(await proposal.getByRole('button', { name: 'Scale to 5' }).count(), 0)
    await inService(5)
    assert.equal(site.cloud.state.droplets.size, 5)
    await shot(page, '7-approved')
  })

  it('shows a chart with its numbers in words, in the theme of the page', async () => {
    await type('/spinup stats cpu last 5m')
    const image = cards('stats').locator('.chart img')
    const loaded = (): Promise<boolean> => image.evaluate((element) => element.complete && element.naturalWidth > 0)
    await until(loaded, { what: 'the chart', timeoutMs: PATIENCE_MS })
    assert.match((await image.getAttribute('alt')) ?? '', /\d+ %/)
    const bytes = async (): Promise<Buffer> => {
      const source = (await image.getAttribute('src')) ?? ''
      return (await page.request.get(new URL(source, bot.url).href)).body()
    }
    const dark = await bytes()
    await shot(page, '8-stats')
    await page.getByRole('button', { name: 'Switch to light theme' }).click()
    await until(async () => !(await bytes()).equals(dark), { what: 'another picture' })
    await until(loaded, { what: 'the light chart', timeoutMs: PATIENCE_MS })
    await shot(page, '9-light')
  })

  it('suggests the right line for a wrong one', async () => {
    await type('/spinup sttaus')
    const card = cards('error')
    await card.getByText('There is no command called “sttaus”.').waitFor()
    await card.getByRole('button', { name: '/spinup status' }).first().click()
    assert.equal(await page.locator('#line').inputValue(), '/spinup status')
    await page.keyboard.press('Enter')
    await cards('status').waitFor()
    await type('/spinup why')
    await cards('decision').first().waitFor()
    await type('/spinup history')
    await cards('history').waitFor()
    await shot(page, '10-status')
  })

  it('did all of it without an error in the page', () => assert.deepEqual(problems, []))
})

/** With SPINUP_SHOTS set: pictures to look at, also as a phone sees it. */
async function shot(page: Page, name: string): Promise<void> {
  if (process.env['SPINUP_SHOTS'] === undefined) return
  const wide = page.viewportSize()
  await page.screenshot({ path: join(tmpdir(), `spinup-console-${name}.png`) })
  await page.setViewportSize({ width: 390, height: 844 })
  await page.screenshot({ path: join(tmpdir(), `spinup-console-${name}-phone.png`) })
  if (wide !== null) await page.setViewportSize(wide)
}
