import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { CONSOLE_CHANNEL } from '../../src/chat/console/chat.ts'
import type { Live } from '../../src/core/model/message.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { until } from '../wait.ts'
import { findChromium, launchChromium } from './chromium.ts'
import { startExampleConsole, type ExampleConsole } from './example-console.ts'
import { ADA, exampleLive, exampleViews } from '../example-views.ts'

const chromium = findChromium()
const skip = chromium === undefined ? 'Chromium is not installed, so the console page is not tested' : false

describe('the console page', { skip }, () => {
  let browser: Browser
  let redis: TestRedis
  let example: ExampleConsole
  let page: Page
  let problems: string[]
  let pools: readonly string[]
  const views = exampleViews(Date.now())

  before(async () => {
    redis = await startTestRedis()
    browser = await launchChromium(chromium ?? '')
  })
  beforeEach(async () => {
    await redis.flush()
    pools = ['shop']
    example = await startExampleConsole(await redis.connect(), {
      live: async () => pools.map((name) => livePool(name, pools.length > 1)),
      liveMs: 50,
    })
  })
  afterEach(async () => {
    await page.context().close()
    await example.close()
    assert.deepEqual(problems, [], 'the page ran without errors, also of its content policy')
  })
  after(async () => {
    await browser.close()
    await redis.stop()
  })

  async function open(options: BrowserContextOptions = {}, ready = '#channel[aria-busy=false]'): Promise<void> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      ...options,
    })
    page = await context.newPage()
    page.setDefaultTimeout(20_000)
    problems = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY_RESPONSE/.test(message.text()))
        problems.push(message.text())
    })
    await page.goto(example.web.url)
    await page.locator(ready).waitFor()
  }

  it('draws every kind of view', async () => {
    for (const kind of Object.keys(views)) await example.chat.post(`/spinup ${kind}`, ADA)
    await open()
    await page.locator('.earlier').waitFor({ state: 'detached' })
    for (const kind of Object.keys(views)) {
      assert.equal(await page.locator(`[data-kind=${kind}] .card-title`).count(), 1, kind)
    }
    const text = await page.locator('#channel').innerText()
    for (const words of [
      'Pinned at 3 members',
      'What you can type',
      'shop-origin',
      'shop: scaling out 2 → 4, 1 of 2 in service',
      'would scale out 2 → 4',
      'Take the golden snapshot',
      'Did you mean',
      'shop: what if target 80 % → 50 %, max 5 → 6?',
      '8 min 41 s',
    ]) {
      assert.ok(text.includes(words), words)
    }
  })

  it('edits a card where it stands', async () => {
    await open()
    await example.chat.show(CONSOLE_CHANNEL, { id: 'e', revision: 1, at: Date.now(), view: views.episode })
    await page.locator('[data-card=e]', { hasText: 'scaling out 2 → 4' }).waitFor()
    await page.locator('[data-card=e]').evaluate((card) => card.setAttribute('data-same', ''))
    const settled = { ...views.episode, stage: 'settled', endedAt: views.episode.startedAt + 40_000 } as const
    await example.chat.show(CONSOLE_CHANNEL, { id: 'e', revision: 2, at: Date.now(), view: settled })
    await page.locator('[data-card=e][data-same]', { hasText: 'scaled out 2 → 4 in 40 s' }).waitFor()
    assert.equal(await page.locator('[data-card]').count(), 1)
  })

  it('moves a card that changes after other messages to the end', async () => {
    const order = (): Promise<(string | null)[]> =>
      page.locator('#channel [data-card]').evaluateAll((cards) => cards.map((card) => card.getAttribute('data-card')))
    for (const id of ['a', 'b', 'c']) {
      await example.chat.show(CONSOLE_CHANNEL, { id, revision: 1, at: Date.now(), view: views.answer })
    }
    await open()
    assert.deepEqual(await order(), ['a', 'b', 'c'])
    await example.chat.show(CONSOLE_CHANNEL, { id: 'a', revision: 2, at: Date.now(), view: views.episode })
    await page.locator('[data-card=a]', { hasText: 'scaling out' }).waitFor()
    assert.deepEqual(await order(), ['b', 'c', 'a'])
    await page.reload()
    await page.locator('[data-card=a]').waitFor()
    assert.deepEqual(await order(), ['b', 'c', 'a'])
  })

  it('keeps what is seldom pressed in a menu, and what is told in detail a press away', async () => {
    const settled = { ...views.episode, stage: 'settled', endedAt: Date.now() } as const
    await example.chat.show(CONSOLE_CHANNEL, { id: 'e', revision: 1, at: Date.now(), view: settled })
    await open()
    const card = page.locator('[data-card=e]')
    const pin = card.getByRole('button', { name: 'Pin at 4 for 1 h' })
    assert.deepEqual([await pin.isVisible(), await card.getByText('detected').first().isVisible()], [false, false])
    await card.getByText('Details').click()
    await card.getByText('detected').first().waitFor()
    await card.getByLabel('More').focus()
    await page.keyboard.press('Enter')
    await pin.click()
    await until(() => example.heard.length > 0, { what: 'the press' })
    assert.deepEqual(example.heard, ['console:you run:/spinup pin 4 for 1h'])
  })

  it('shows no tick where a press was refused, and says why', async () => {
    const actions = [{ action: 'run:/spinup pni', label: 'Pin', style: 'plain' }] as const
    const view = { ...views.answer, actions }
    await example.chat.show(CONSOLE_CHANNEL, { id: 'x', revision: 1, at: Date.now(), view })
    await open()
    await page.route('**/api/console/actions', (route) => route.fulfill({ json: { views: [views.error] } }))
    const button = page.locator('[data-card=x] [data-action]')
    await button.click()
    await page.locator('.toast', { hasText: 'There is no command' }).waitFor()
    assert.equal(await button.getAttribute('data-state'), 'idle')
  })

  it('completes by keyboard, sends, and recalls', async () => {
    await open()
    await page.locator('#theme').focus()
    await page.keyboard.press('/')
    await page.keyboard.type('/spinup sta')
    await page.locator('#completions li').nth(1).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    assert.equal(await page.locator('#line').getAttribute('aria-activedescendant'), 'completion-1')
    await page.keyboard.press('Enter')
    assert.equal(await page.locator('#line').inputValue(), '/spinup stats')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
    await page.locator('[data-kind=stats]').waitFor()
    assert.equal(await page.locator('#line').inputValue(), '')
    await page.keyboard.type('/spinup stat')
    await page.locator('#completions li').first().waitFor()
    await page.keyboard.press('Tab')
    assert.equal(await page.locator('#line').inputValue(), '/spinup status')
    await page.keyboard.press('Enter')
    await page.locator('[data-kind=status]').waitFor()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    assert.equal(await page.locator('#line').inputValue(), '/spinup stats')
    assert.deepEqual(example.heard, ['console:you /spinup stats', 'console:you /spinup status'])
  })

  it('completes what is typed while an earlier answer is on its way', async () => {
    await open()
    const asked: string[] = []
    // The first is never answered: what is typed next breaks it off.
    await page.route('**/api/console/complete?**', (route) => {
      asked.push(route.request().url())
      return asked.length === 1 ? undefined : route.continue()
    })
    await page.locator('#line').focus()
    await page.keyboard.type('/spinup sta')
    await until(() => asked.length >= 1, { what: 'completions to be asked for' })
    await page.keyboard.type('t')
    await page.locator('#completions li').first().waitFor()
    assert.match(asked.at(-1) ?? '', /stat$/)
  })

  it('presses a button once, as the person it was told', async () => {
    await example.chat.show(CONSOLE_CHANNEL, { id: 'p', revision: 1, at: Date.now(), view: views.proposal })
    await open()
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('Your name').press('Enter')
    await page.locator('[data-card=p] [data-action="approve:p1"]').dblclick()
    await until(() => example.heard.length > 0, { what: 'the press' })
    const decided = { ...views.proposal, state: 'approved', by: ADA, decidedAt: Date.now(), actions: [] } as const
    await example.chat.show(CONSOLE_CHANNEL, { id: 'p', revision: 2, at: Date.now(), view: decided })
    await page.locator('[data-card=p]', { hasText: 'approved by Ada' }).waitFor()
    assert.equal(await page.locator('[data-card=p] button').count(), 0)
    assert.deepEqual(example.heard, ['console:ada approve:p1'])
  })

  it('asks in a dialog what a button needs to know, and sends it with the press', async () => {
    const actions = [
      { action: 'ask:deny:p1', label: 'Deny', style: 'danger' },
      { action: 'ask:deny:gone', label: 'Stale', style: 'plain' },
    ] as const
    await example.chat.show(CONSOLE_CHANNEL, {
      id: 'p',
      revision: 1,
      at: Date.now(),
      view: { ...views.proposal, actions },
    })
    await open()
    const deny = page.locator('[data-card=p]').getByRole('button', { name: 'Deny' })
    await deny.click()
    // Once, before one's first answer: the browser keeps it.
    const who = page.getByRole('dialog', { name: 'Who are you?' })
    await page.keyboard.press('Escape')
    await who.waitFor({ state: 'detached' })
    assert.deepEqual([await deny.getAttribute('data-state'), example.heard], ['idle', []])
    await deny.click()
    await who.getByLabel('Your name').fill('Grace')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Keep 4, not 3?' })
    await dialog.waitFor()
    const reason = dialog.getByLabel('Why?')
    assert.equal(await reason.evaluate((field) => field.matches(':focus')), true, 'one can type at once')
    assert.equal(await dialog.getByLabel('Until').inputValue(), 'b')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    assert.equal(await deny.evaluate((button) => button.matches(':focus')), true, 'the focus is back')
    assert.equal(await deny.getAttribute('data-state'), 'idle')

    await deny.click()
    await reason.fill('   ')
    await dialog.getByRole('button', { name: 'Deny' }).click()
    assert.equal(await dialog.isVisible(), true, 'blanks are no reason')
    await reason.fill(' we deploy ')
    await dialog.getByLabel('Until').selectOption('a')
    await dialog.getByRole('button', { name: 'Deny' }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.deepEqual(example.heard, ['console:grace ask:deny:p1 {"reason":"we deploy","until":"a"}'])

    await page.locator('[data-card=p]').getByRole('button', { name: 'Stale' }).click()
    await page.locator('.toast', { hasText: 'There is no command' }).waitFor()
    assert.equal(await page.getByRole('dialog').count(), 0)
  })

  it('keeps what was typed into a dialog when it cannot be sent', async () => {
    const actions = [{ action: 'ask:deny:p1', label: 'Deny', style: 'danger' }] as const
    await example.chat.show(CONSOLE_CHANNEL, {
      id: 'p',
      revision: 1,
      at: Date.now(),
      view: { ...views.proposal, actions },
    })
    await open()
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('Your name').press('Enter')
    await page.locator('[data-card=p]').getByRole('button', { name: 'Deny' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Why?').fill('we deploy')
    await page.route('**/api/console/actions', (route) => route.fulfill({ status: 503, json: { message: 'Not now.' } }))
    await dialog.getByRole('button', { name: 'Deny' }).click()
    await dialog.getByText('Not now.').waitFor()
    assert.equal(await dialog.getByLabel('Why?').inputValue(), 'we deploy')
    await page.unroute('**/api/console/actions')
    await dialog.getByRole('button', { name: 'Deny' }).click()
    await dialog.waitFor({ state: 'detached' })
    problems = problems.filter((problem) => !problem.includes('503'))
    assert.equal(example.heard.length, 1)
  })

  it('shows how far an episode is, who approved it, and what its card told before', async () => {
    const view = {
      ...views.episode,
      approval: { state: 'approved', by: [ADA], note: null },
      earlier: [{ at: Date.now() - 300_000, from: 4, to: 2, reason: 'Quiet for long.' }],
    } as const
    await example.chat.show(CONSOLE_CHANNEL, { id: 'e', revision: 1, at: Date.now(), view })
    const asked = { ...views.proposal, quorum: 2, votes: [ADA], approvers: ['Slack group S06'] }
    await example.chat.show(CONSOLE_CHANNEL, { id: 'p', revision: 1, at: Date.now(), view: asked })
    await open()
    const card = page.locator('[data-card=e]')
    assert.deepEqual(
      await card.locator('.stepper strong').allInnerTexts(),
      ['shop-3', 'shop-4'],
      'open while it goes on',
    )
    await card.getByText('approved by Ada').waitFor()
    await card.getByText('Quiet for long.').waitFor()
    const text = await page.locator('[data-card=p]').innerText()
    assert.match(text, /scale in 4 → 3\? 1 of 2 yes[\s\S]*Yes from Ada/)
    assert.match(text, /Slack group S06 may answer/)
  })

  it('keeps the chosen theme, and asks for charts in it', async () => {
    await example.chat.post('/spinup stats', ADA)
    await open({ colorScheme: 'dark' })
    const source = (): Promise<string | null> => page.locator('.chart img').getAttribute('src')
    assert.match((await source()) ?? '', /theme=dark/)
    const background = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const dark = await background()
    await page.getByRole('button', { name: 'Switch to light theme' }).click()
    await until(async () => (await background()) !== dark, { what: 'another background' })
    assert.match((await source()) ?? '', /theme=light/)
    await page.reload()
    await page.getByRole('button', { name: 'Switch to dark theme' }).waitFor()
  })

  it('shows the pool live', async () => {
    await open()
    await page.locator('[data-live=load]', { hasText: '84 %' }).waitFor()
    assert.match(await page.locator('[data-live=members]').innerText(), /3\s+of 6/)
    assert.match(await page.locator('.rail [data-member=shop-4]').innerText(), /booting/)
    await page.locator('.sparkline .spark-line').first().waitFor({ state: 'attached' })
  })

  it('shows each of several pools in a row, whose details stay its own when another is gone', async () => {
    pools = ['web', 'api', 'worker']
    for (const viewport of [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ]) {
      if (viewport.width === 390) await page.context().close()
      pools = ['web', 'api', 'worker']
      await open({ viewport })
      const rows = page.locator('.pool-row')
      await until(async () => (await rows.count()) === 3)
      const end = await rows.last().boundingBox()
      assert.ok(end !== null && end.y + end.height < viewport.height * 0.62, 'all are seen without scrolling')
      assert.deepEqual(await rows.locator('[data-live=members]').allInnerTexts(), Array(3).fill('3 of 6'))
      assert.equal(await page.locator('.pool-row-more').first().isVisible(), false)
      await page.locator('[data-pool=api] summary').click()
      await page.locator('[data-pool=api] .members').waitFor()
      pools = ['api', 'worker']
      await until(async () => (await rows.count()) === 2)
      assert.deepEqual(await rows.evaluateAll((all) => all.map((row) => row.hasAttribute('open'))), [true, false])
      assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true)
    }
  })

  it('fits a phone without scrolling sideways', async () => {
    for (const kind of Object.keys(views)) await example.chat.post(`/spinup ${kind}`, ADA)
    for (const width of [360, 390]) {
      await open({ viewport: { width, height: 740 } })
      await page.locator('[data-live=load]').waitFor()
      await page.locator('.rail-toggle').click()
      const wide = await page.evaluate(`[...document.querySelectorAll('#app, .scroll, .rail, .card')]
        .filter((element) => element.scrollWidth > element.clientWidth + 1).map((element) => element.className)`)
      assert.deepEqual(wide, [], `at ${width} px`)
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width)
      if (width === 360) await page.context().close()
    }
  })

  it('shows titles whole and numbers in one piece at 360 pixels, however long they are', async () => {
    const long = 'a-shop-whose-name-nobody-ever-shortened-2'
    const odd = exampleLive(Date.now())
    const members = odd.status.members.map((one) => ({ ...one, id: `${long}-${one.id}`, rps: 123_456.7 }))
    const status = {
      ...odd.status,
      stat: 'queue_depth_of_the_worker_that_sends_mail',
      value: 1_234_567,
      target: 900_000,
    }
    const huge: Live = {
      ...odd,
      rps: 1_234_567,
      p95Ms: 98_765,
      status: { ...status, members, pool: long, dollarsPerHour: 1234.5 },
    }
    for (const shown of [
      () => livePool('shop', false),
      () => ({ ...huge, at: Date.now() }),
      () => livePool(long, true),
    ]) {
      await example.close()
      example = await startExampleConsole(await redis.connect(), { live: async () => [shown()], liveMs: 50 })
      for (const kind of Object.keys(views)) await example.chat.post(`/spinup ${kind}`, ADA)
      await example.chat.post('/spinup whatif', { ...ADA, name: long })
      await open({ viewport: { width: 360, height: 740 } })
      await page.locator('[data-live=load]').waitFor()
      if (await page.locator('.rail-toggle').isVisible()) await page.locator('.rail-toggle').click()
      const clipped = await page.evaluate(`[...document.querySelectorAll('body *')].filter((element) => {
        const { overflowX, clipPath } = getComputedStyle(element)
        return overflowX === 'hidden' && clipPath === 'none' && element.scrollWidth > element.clientWidth + 1
      }).map((element) => element.className)`)
      assert.deepEqual(clipped, [])
      const broken = await page.evaluate(`(() => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
        const found = []
        while (walker.nextNode()) {
          const node = walker.currentNode
          if (node.parentElement.closest('script, code, [class=hidden]')) continue
          for (const match of node.data.matchAll(/[$]?\\d[\\d.,]*(?: (?:%|ms|s|min|h)\\b)?/g)) {
            const range = document.createRange()
            range.setStart(node, match.index)
            range.setEnd(node, match.index + match[0].length)
            if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) found.push(node.data.trim())
          }
        }
        return found
      })()`)
      assert.deepEqual(broken, [], 'these are broken')
      await page.context().close()
    }
    await open()
  })

  it('leads an empty channel to the first step', async () => {
    await open()
    await page.getByRole('button', { name: 'Connect a pool' }).click()
    await page.locator('[data-kind=connect]').waitFor()
    assert.deepEqual(example.heard, ['console:you /spinup connect'])
  })

  it('tells of new messages to somebody who reads further up, and does not move them', async () => {
    for (const kind of Object.keys(views)) await example.chat.post(`/spinup ${kind}`, ADA)
    await open()
    await page.locator('.earlier').waitFor({ state: 'detached' })
    await page.locator('#scroll').hover()
    await page.mouse.wheel(0, -3000)
    const top = (): Promise<number> => page.locator('#scroll').evaluate((scroll) => scroll.scrollTop)
    await until(
      async () => (await page.locator('#scroll').evaluate((s) => s.scrollHeight - s.scrollTop - s.clientHeight)) > 500,
    )
    let before = await top()
    await until(async () => {
      const then = before
      before = await top()
      return before === then
    })
    await example.chat.post('/spinup error', ADA)
    await page.getByRole('button', { name: '2 new messages' }).waitFor()
    assert.equal(await top(), before)
    await page.getByRole('button', { name: '2 new messages' }).click()
    await until(
      async () => (await page.locator('#scroll').evaluate((s) => s.scrollHeight - s.scrollTop - s.clientHeight)) < 5,
    )
    assert.equal(await page.locator('.new-pill').isVisible(), false)
  })

  it('stays at the end when a card from above moves there', async () => {
    const put = async (id: string, revision: number): Promise<void> =>
      example.chat.show(CONSOLE_CHANNEL, { id, revision, at: Date.now(), view: views.episode })
    for (const id of 'abcdef') await put(id, 1)
    await open()
    const last = (): Promise<string | null> => page.locator('#channel [data-card]').last().getAttribute('data-card')
    for (const id of 'abcdef') {
      await put(id, 2)
      await until(async () => (await last()) === id)
      await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
      const left = await page.locator('#scroll').evaluate((s) => s.scrollHeight - s.scrollTop - s.clientHeight)
      assert.ok(left < 2, `${id}: ${left} px from the end`)
    }
  })

  it('does not move somebody who scrolls up in the very frame in which messages grow', async () => {
    for (const kind of Object.keys(views)) await example.chat.post(`/spinup ${kind}`, ADA)
    await open()
    await page.locator('.earlier').waitFor({ state: 'detached' })
    const [before, after] = await page.evaluate<number[]>(`(async () => {
      const scroll = document.getElementById('scroll')
      const channel = document.getElementById('channel')
      const grow = () => new Promise((seen) => {
        channel.append(Object.assign(document.createElement('div'), { style: 'flex: none; height: 5000px' }))
        new ResizeObserver((_, observer) => seen(observer.disconnect())).observe(channel)
      })
      await grow()
      scroll.scrollTop -= 3000
      const top = scroll.scrollTop
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
      await grow()
      return [top, scroll.scrollTop]
    })()`)
    assert.equal(after, before)
  })

  it('says when it lost the bot, and fills in what it missed once it is back', async () => {
    await open()
    await page.locator('[data-live=load]').waitFor()
    const port = Number(new URL(example.web.url).port)
    await example.close()
    await page.getByText('Reconnecting…').waitFor()
    example = await startExampleConsole(await redis.connect(), { port })
    await example.chat.post('/spinup error', ADA)
    await page.locator('[data-kind=error]').waitFor()
    await page.getByText('Reconnecting…').waitFor({ state: 'hidden' })
  })

  it('lets people in and out by password', async () => {
    await example.close()
    example = await startExampleConsole(await redis.connect(), { password: 'correct horse' })
    await open({}, '#password')
    await page.getByLabel('Password').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Password').fill('correct horse')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Connect a pool' }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Password').waitFor()
    problems = problems.filter((problem) => !problem.includes('401'))
  })

  it('leads to the sign-in when its own is over, and to a page without a channel while Redis is away', async () => {
    await example.close()
    example = await startExampleConsole(await redis.connect(), { password: 'correct horse' })
    const port = Number(new URL(example.web.url).port)
    await open({}, '#password')
    await page.getByLabel('Password').fill('correct horse')
    await page.keyboard.press('Enter')
    await page.locator('#channel[aria-busy=false]').waitFor()
    await example.close()
    example = await startExampleConsole(await redis.connect(), { password: 'another one', port })
    await page.getByLabel('Password').waitFor()
    await example.close()
    const gone = await redis.connect()
    example = await startExampleConsole(gone)
    gone.disconnect()
    await page.goto(example.web.url)
    await page.getByRole('button', { name: 'Connect a pool' }).waitFor()
    problems = problems.filter((problem) => !/401|503|500/.test(problem))
  })

  it('shows words from people and droplets as words', async () => {
    const title = '<img src=x onerror="window.hacked=1"> & <script>window.hacked=1</script>'
    await example.chat.show(CONSOLE_CHANNEL, {
      id: 'x',
      revision: 1,
      at: Date.now(),
      view: { ...views.answer, title, text: 'javascript:alert(1) http://a.example/"onmouseover="window.hacked=1' },
    })
    await open()
    assert.equal(await page.locator('[data-card=x] .card-title').innerText(), title)
    assert.equal(await page.evaluate('window.hacked'), undefined)
    assert.equal(await page.locator('[data-card=x] a').getAttribute('href'), 'http://a.example/')
  })

  it('dances when told', async () => {
    await open()
    await page.locator('#line').fill('/spinup disco')
    await page.keyboard.press('Enter')
    await page.locator('body.disco .disco-ball').waitFor({ state: 'attached' })
    await page.keyboard.press('Escape')
    await page.locator('body:not(.disco)').waitFor()
    assert.deepEqual(example.heard, [], 'nobody else hears of it')
  })
})

function livePool(name: string, named: boolean): Live {
  const live = exampleLive(Date.now())
  return { ...live, status: { ...live.status, pool: name, of: { id: name, name, named } } }
}
