import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { until } from '../wait.ts'
import { violations } from './axe.ts'
import { findChromium, launchChromium } from './chromium.ts'
import { createSeriesStore } from '../../src/store/series/series-store.ts'
import { examplePool } from '../store/example-state.ts'
import { startExampleStats, type ExampleStats } from './example-stats.ts'

const chromium = findChromium()
const skip = chromium === undefined ? 'Chromium is not installed, so the page is not tested' : false

describe('the stats page, in a browser', { skip }, () => {
  let browser: Browser
  let context: BrowserContext
  let example: ExampleStats
  let problems: string[]

  before(async () => {
    browser = await launchChromium(chromium ?? '')
    example = await startExampleStats({ hours: 30, members: 3, stats: 4, everyMs: 20_000 })
  })
  beforeEach(async () => {
    problems = []
    context = await browser.newContext({ reducedMotion: 'reduce', viewport: { width: 1280, height: 1400 } })
  })
  afterEach(async () => {
    await context.close()
    assert.deepEqual(problems, [])
  })
  after(async () => {
    await browser.close()
    await example.stop()
  })

  async function open(path: string, of: BrowserContext = context): Promise<Page> {
    const page = await of.newPage()
    page.setDefaultTimeout(20_000)
    page.on('pageerror', (error) => problems.push(error.message))
    // What was typed wrongly is answered with 400, which Chromium notes.
    page.on('console', (message) => /Content Security/.test(message.text()) && problems.push(message.text()))
    await page.goto(example.web.url + path)
    return page
  }

  /** Once what the address says is drawn. */
  async function drawn(page: Page): Promise<void> {
    await until(() => page.evaluate<boolean>(`document.getElementById('stats')?.dataset.drawn === location.search`))
  }

  const shown = (page: Page): Promise<readonly string[]> => page.locator('[data-panel] h2').allInnerTexts()
  const query = (page: Page): URLSearchParams => new URL(page.url()).searchParams

  it('takes a newcomer to an episode, beside yesterday, into the channel and to another browser', async () => {
    const page = await open('/')
    await page.getByRole('link', { name: 'Statistics' }).click()
    await page.locator('[data-plot=cpu] .u-over').waitFor()
    assert.deepEqual(await shown(page), ['CPU', 'Memory'])
    await page.getByRole('button', { name: 'Last 6 h' }).click()
    await drawn(page)
    const mark = page.getByRole('link', { name: /Scale out: 2 → 4/ })
    assert.equal(await mark.getAttribute('href'), '/e/e1')

    const plot = await page.locator('[data-plot=cpu] .u-over').boundingBox()
    const { x, width } = (await mark.boundingBox()) ?? assert.fail()
    const y = (plot?.y ?? 0) + 60
    await page.mouse.move(x + width / 2 - 60, y)
    await page.mouse.down()
    await page.mouse.move(x + width / 2 + 120, y, { steps: 4 })
    await page.mouse.up()
    await page.waitForURL(/from=/)
    await drawn(page)
    const [from, to] = ['from', 'to'].map((name) => Date.parse(query(page).get(name) ?? ''))
    const begun = example.rig.now() - 3 * 3_600_000 + 180_000
    assert.ok((from ?? 0) < begun && (to ?? 0) > begun && (to ?? 0) - (from ?? 0) < 2 * 3_600_000)

    await page.getByLabel('Compare with').selectOption('day')
    await drawn(page)
    await page.locator('[data-plot=cpu]').focus()
    await page.keyboard.press('ArrowRight')
    assert.match(await page.locator('#readout').innerText(), /CPU \d+ %.*yesterday \d+ %/)

    await page.getByRole('button', { name: 'Post to channel' }).click()
    await page.getByText('Posted to the pool’s channels.').waitFor()
    const posted = await until(() => example.posted.find((view) => view.kind === 'stats'))
    assert.deepEqual([posted.fromAt, posted.toAt, posted.by], [from, to, 'you'])
    assert.match(posted.chart?.alt ?? '', /CPU and memory of pool web, .*highest/)

    const other = await browser.newContext({ viewport: { width: 1280, height: 1400 } })
    const copied = await open(new URL(page.url()).pathname + new URL(page.url()).search, other)
    await drawn(copied)
    assert.deepEqual(await shown(copied), await shown(page))
    for (const part of ['.range-words', '.mark-link'])
      assert.equal(await copied.locator(part).first().innerText(), await page.locator(part).first().innerText())
    assert.equal(await copied.getByLabel('Compare with').inputValue(), 'day')
    await other.close()

    await page.locator('[data-plot=cpu] .u-over').dblclick()
    await page.waitForURL(/last=6h/)
  })

  it('works by keyboard alone', async () => {
    const page = await open('/stats?stats=cpu,queue&last=6h')
    await drawn(page)
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate('document.activeElement.className'), 'skip')
    await page.keyboard.press('Enter')
    assert.equal(await page.evaluate('document.activeElement.dataset.plot'), 'cpu')
    await page.keyboard.press('End')
    const read = (): Promise<string> => page.locator('#readout').innerText()
    const last = await read()
    assert.match(last, /^\d\d:\d\d: CPU \d+ %, from \d+ % to \d+ %; queue \d/)
    await page.keyboard.press('ArrowLeft')
    assert.notEqual(await read(), last)
    await page.keyboard.press('Enter')
    assert.match(await read(), /Zoom begins here/)
    for (let times = 0; times < 6; times++) await page.keyboard.press('Shift+ArrowLeft')
    await page.keyboard.press('Enter')
    await page.waitForURL(/from=.*to=/)
    await drawn(page)
    await page.locator('[data-plot=cpu]').focus()
    await page.keyboard.press('Escape')
    await page.waitForURL(/last=6h/)
    await drawn(page)
    await page.locator('[data-plot=cpu]').focus()
    await page.keyboard.press('-')
    await page.waitForURL(/last=12h/)
  })

  it('takes a range as it is typed, by the pool’s clocks, and says what it does not understand', async () => {
    const page = await open('/stats?stats=cpu')
    await drawn(page)
    const type = async (text: string): Promise<void> => {
      await page.getByLabel('Range, in words').fill(text)
      await page.keyboard.press('Enter')
    }
    await type('whenever')
    await page.getByRole('alert').filter({ hasText: 'not a stretch of time' }).waitFor()
    await type('yesterday 20:00–21:00')
    await page.waitForURL(/from=/)
    await drawn(page)
    assert.match(await page.locator('.range-words').innerText(), /20:00–21:00 CEST/)
    await type('last 45m')
    await page.waitForURL(/last=45m/)
  })

  it('shows each member, the hottest first, and lets one stand out', async () => {
    const page = await open('/stats?stats=cpu&last=6h')
    await drawn(page)
    await page.getByRole('button', { name: 'By member' }).click()
    const members = page.getByRole('list', { name: 'Members, the hottest first' }).getByRole('button')
    await members.first().waitFor()
    const names = await members.locator('bdi').allInnerTexts()
    assert.deepEqual(names, ['web-3', 'web-2', 'web-1'])
    await members.nth(1).click()
    await page.waitForURL(/solo=web-2/)
    assert.deepEqual(await members.evaluateAll((all) => all.map((one) => one.getAttribute('aria-pressed'))), [
      'false',
      'true',
      'false',
    ])
  })

  it('draws what is reported while it is open, and asks for nothing again', async () => {
    const page = await open('/stats?stats=cpu&last=15m&by=member')
    await drawn(page)
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    const value = page.locator('.panel-value')
    const before = await value.innerText()
    await until(async () => {
      await example.report(10_000)
      return (await value.innerText()) !== before
    })
    assert.deepEqual(
      asked.filter((path) => path === '/api/series'),
      [],
    )
  })

  it('says why there is nothing to see', async () => {
    const never = await open('/stats?stats=temperature')
    await never.getByText(/Nobody has reported temperature yet\. Report it to the agent/).waitFor()
    const long = await open('/stats?stats=cpu&from=2026-09-01T00:00:00Z&to=2026-09-01T01:00:00Z')
    await long.getByText('Nobody reported CPU in this time.').waitFor()
    const live = await open('/stats?stats=cpu&last=1h')
    await drawn(live)
    example.rig.pass(600_000)
    await live.reload()
    await live.getByText(/No sample for (10 min|9 min).*agents have stopped reporting/).waitFor()
  })

  it('says of a pool that is gone that it is, and shows no other in its place', async () => {
    const page = await open('/stats?pool=shop&stats=cpu&last=6h')
    await page.getByRole('heading', { name: 'No pool called shop' }).waitFor()
    assert.equal(await page.locator('[data-plot]').count(), 0)
    await page.getByRole('link', { name: 'web' }).click()
    await drawn(page)
    const phone = await open('/stats?pool=WEB&stats=cpu')
    await drawn(phone)
    assert.equal(query(phone).get('pool'), 'web')
    const wall = await open('/stats/wall?pools=shop,web,<b>x</b>')
    await wall.locator('.wall-tile .u-over').first().waitFor()
    assert.deepEqual(await wall.locator('.wall-tile h2 bdi').allInnerTexts(), ['web', 'shop', '<b>x</b>'])
    assert.equal(await wall.getByText('There is no pool of this name.').count(), 2)
    const none = await open('/stats/wall?pools=shop')
    await none.getByText('There is no pool of this name.').waitFor()
    assert.equal(await none.locator('.wall-tile').count(), 1)
  })

  it('keeps what one pool reports out of another’s view, and goes back no further than it came', async () => {
    await example.rig.services.store.create(examplePool({ id: 'quiet', name: 'quiet' }))
    const page = await open('/stats?pool=web&stats=cpu,queue&last=15m')
    await drawn(page)
    const value = page.locator('.panel-value').first()
    const before = await value.innerText()
    await until(async () => {
      await example.report(10_000)
      return (await value.innerText()) !== before
    })
    await page.getByLabel('Pool').selectOption('quiet')
    await drawn(page)
    await example.report(10_000)
    await page.getByText('No agent has reported yet.').waitFor()
    assert.equal(await page.locator('[data-stat=queue]').count(), 0)
    // Nothing to post, nor a file of nothing.
    assert.equal(await page.locator('#post').isDisabled(), true)
    assert.equal(await page.getByRole('link', { name: 'CSV' }).count(), 0)
    await page.getByLabel('Pool').selectOption('web')
    await drawn(page)
    assert.equal(await page.locator('#post').isDisabled(), false)

    const backButton = page.getByRole('button', { name: 'Back', exact: true })
    await page.getByRole('button', { name: 'Zoom out' }).click()
    await page.waitForURL(/last=30m/)
    assert.equal(await backButton.isEnabled(), true)
    await page.goBack()
    await page.waitForURL(/last=15m/)
    await drawn(page)
    assert.equal(await backButton.isEnabled(), false)
    await page.goForward()
    await page.waitForURL(/last=30m/)
    await page.reload()
    await drawn(page)
    await backButton.click()
    await page.waitForURL(/last=15m/)
    await drawn(page)
    assert.equal(await backButton.isEnabled(), false)
    await example.rig.services.store.remove('quiet')
  })

  it('finds one of hundreds of statistics', async () => {
    await example.rig.services.store.create(examplePool({ id: 'many', name: 'many' }))
    const at = example.rig.now()
    const jobs = Array.from({ length: 45 }, (_, index) => index)
    const batch = [0, 1].map((member) => {
      const stats = Object.fromEntries(jobs.map((job) => [`jobs_${job}_of_${member}`, job]))
      return { poolId: 'many', periodMs: 1000, sample: { memberId: `m${member}`, at, stats: { cpu: 0.5, ...stats } } }
    })
    await createSeriesStore(example.rig.redis, { now: example.rig.now }).append(batch)
    const page = await open('/stats?pool=many&stats=cpu&last=15m')
    await drawn(page)
    assert.equal(await page.locator('[data-stat]').count(), 40)
    await page.getByText('and 51 more').waitFor()
    const find = page.getByRole('searchbox', { name: 'Find a statistic' })
    await find.fill('of_1 JOBS_44')
    await until(async () => (await page.locator('[data-stat]').count()) === 2)
    await page.locator('[data-stat=jobs_44_of_1]').click()
    await drawn(page)
    assert.deepEqual(query(page).get('stats'), 'cpu,jobs_44_of_1')
    // What is drawn stays in sight, whatever is looked for.
    await find.fill('nothing of that name')
    await until(async () => (await page.locator('[data-stat][aria-pressed=true]').count()) === 2)
    assert.equal(await page.locator('[data-stat]').count(), 2)
    await example.rig.services.store.remove('many')
  })

  it('draws the same for those who want less motion, in both themes', async () => {
    const now = example.rig.now()
    const range = `from=${new Date(now - 7_200_000).toISOString()}&to=${new Date(now - 3_600_000).toISOString()}`
    const canvases = `[...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL())`
    for (const colorScheme of ['dark', 'light'] as const) {
      for (const more of ['stats=cpu', 'stats=queue,orders', 'stats=memory&with=day']) {
        const opened = async (reducedMotion: 'reduce' | 'no-preference'): Promise<Page> => {
          const look = await browser.newContext({ viewport: { width: 900, height: 900 }, colorScheme, reducedMotion })
          const page = await open(`/stats?pool=web&${more}&${range}`, look)
          await drawn(page)
          return page
        }
        const pages = [await opened('reduce'), await opened('no-preference')]
        const pictures = (): Promise<readonly (readonly string[])[]> =>
          Promise.all(pages.map((page) => page.evaluate<readonly string[]>(canvases)))
        assert.ok((await pictures()).every(({ length }) => length >= 3))
        // Once their type has come, what was drawn in another one is drawn again.
        const same = async (): Promise<boolean> => {
          const [less = [], usual] = await pictures()
          return less.every((picture, index) => picture === usual?.[index])
        }
        await until(same, { what: `the same pictures: ${colorScheme} ${more}` })
        for (const page of pages) await page.context().close()
      }
    }
  })

  it('fills a wall, legible from three metres', async () => {
    const wide = await browser.newContext({ viewport: { width: 1920, height: 1080 } })
    const page = await open('/stats/wall?pools=web&stats=cpu,memory', wide)
    await page.locator('.wall-tile .u-over').nth(1).waitFor()
    const size = (await page.locator('.wall-value').first().boundingBox())?.height ?? 0
    assert.ok(size >= 90, `${size} px`)
    assert.equal(await page.evaluate('document.documentElement.scrollHeight <= innerHeight'), true)
    await wide.close()
  })

  for (const colorScheme of ['dark', 'light'] as const) {
    for (const width of [1280, 360]) {
      it(`has nothing that axe finds: ${colorScheme}, ${width} px`, async () => {
        const look = await browser.newContext({
          viewport: { width, height: 900 },
          colorScheme,
          reducedMotion: 'reduce',
        })
        const found: string[] = []
        for (const path of [
          '?stats=cpu,queue&last=6h&by=member&with=day',
          '?stats=temperature&last=1h',
          '/wall?last=6h',
        ]) {
          const page = await open(`/stats${path}`, look)
          if (path.startsWith('/')) await page.locator('.u-over').first().waitFor()
          else await drawn(page)
          for (const summary of await page.locator('summary').all()) await summary.click()
          found.push(...(await violations(page)).map((one) => `${path}: ${one}`))
        }
        await look.close()
        assert.deepEqual(found, [])
      })
    }
  }

  it('fits a phone', async () => {
    const phone = await browser.newContext({ viewport: { width: 360, height: 740 }, hasTouch: true })
    const page = await open('/stats?stats=cpu,queue&by=member', phone)
    await drawn(page)
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360)
    await phone.close()
  })
})

describe('scaling by what the stats page shows', { skip }, () => {
  let browser: Browser
  let example: ExampleStats

  before(async () => {
    browser = await launchChromium(chromium ?? '')
    example = await startExampleStats({ hours: 0.5, members: 2, stats: 2, everyMs: 10_000 })
  })
  after(async () => {
    await browser.close()
    await example.stop()
  })

  it('proposes a target to scale by from the last week, and applies it as the policy command does', async () => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(`${example.web.url}/stats?stats=cpu,memory&last=6h`)
    await page.getByRole('button', { name: 'Scale by this' }).click()
    const dialog = page.getByRole('dialog', { name: 'Scale web by memory?' })
    await dialog.getByText('This is what the last week would have been like').waitFor({ timeout: 120_000 })
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await until(async () => (await example.rig.state()).pool.policy.stat === 'memory')
    // The chain is written after the policy.
    const entry = await until(async () => {
      const [newest] = await example.rig.services.auditLog.newest(1, ({ action }) => action === 'policy')
      return newest
    })
    assert.deepEqual([entry.action, entry.actor.name], ['policy', 'you'])
  })
})
