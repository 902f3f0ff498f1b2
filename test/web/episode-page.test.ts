import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { CONSOLE_CHANNEL } from '../../src/chat/console/chat.ts'
import type { EpisodePage } from '../../src/core/model/message.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { ADA, exampleViews } from '../example-views.ts'
import { findChromium, launchChromium } from './chromium.ts'
import { startExampleConsole, type ExampleConsole } from './example-console.ts'
import { ask } from './http.ts'

const chromium = findChromium()
const skip = chromium === undefined ? 'Chromium is not installed, so the page is not tested' : false
const PASSWORD = 'correct horse'

describe('the page of a scale event, in a browser', { skip }, () => {
  let browser: Browser
  let context: BrowserContext
  let redis: TestRedis
  let example: ExampleConsole
  let problems: string[]
  const views = exampleViews(Date.now())
  const known: EpisodePage = {
    cardId: 'episode:ab12',
    at: Date.now() - 60_000,
    view: views.episode,
    decision: views.decision,
    timeline: [
      { at: Date.now() - 60_000, who: 'Spinup', what: 'Scale out: 2 → 4.', result: '', outcome: 'begun' },
      { at: Date.now() - 30_000, who: 'Ada', what: '/spinup pin 4', result: 'Pinned <b>at</b> 4', outcome: 'done' },
    ],
  }

  before(async () => {
    redis = await startTestRedis()
    browser = await launchChromium(chromium ?? '', ['--host-resolver-rules=MAP chat.example 127.0.0.1'])
  })
  beforeEach(async () => {
    await redis.flush()
    problems = []
    context = await browser.newContext({ reducedMotion: 'reduce' })
    example = await start({})
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

  async function start(options: Parameters<typeof startExampleConsole>[1]): Promise<ExampleConsole> {
    return startExampleConsole(await redis.connect(), {
      episode: async (id) => (id === 'ab12' ? known : null),
      ...options,
    })
  }

  async function open(path: string): Promise<Page> {
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    page.on('pageerror', (error) => problems.push(error.message))
    await page.goto(example.web.url + path)
    return page
  }

  it('is led to from the card, shows all there is, and changes as the card does', async () => {
    const view = { ...views.episode, page: { id: 'ab12', url: null } }
    await example.chat.show(CONSOLE_CHANNEL, { id: 'episode:ab12', revision: 1, at: Date.now(), view })
    const page = await open('/')
    await page.getByRole('link', { name: 'Timeline' }).click()
    await page.getByRole('heading', { level: 1, name: 'scaling out 2 → 4' }).waitFor()
    assert.match(await page.title(), /scaling out 2 → 4/)
    for (const name of ['Now', 'Timeline', 'Decision'])
      assert.equal(await page.getByRole('heading', { level: 2, name, exact: true }).count(), 1, name)
    assert.match(await page.locator('.timeline').innerText(), /Scale out: 2 → 4\.[\s\S]*Ada · Pinned <b>at<\/b> 4/)
    assert.equal(await page.locator('.episode-page .chart img').count(), 1)
    const settled = { ...view, stage: 'settled', endedAt: view.startedAt + 40_000 } as const
    await example.chat.show(CONSOLE_CHANNEL, { id: 'episode:ab12', revision: 2, at: Date.now(), view: settled })
    await page.getByRole('heading', { level: 1, name: 'scaled out 2 → 4 in 40 s' }).waitFor()
    await page.getByRole('link', { name: 'Console' }).click()
    await page.locator('#channel').waitFor()
  })

  it('is the card alone where only the channel still has it, and says so where nobody has', async () => {
    await example.chat.show(CONSOLE_CHANNEL, { id: 'episode:old', revision: 1, at: 1, view: views.episode })
    const page = await open('/e/old')
    await page.locator('.episode-page .card').waitFor()
    assert.equal(await page.getByRole('heading', { level: 2, name: 'Decision' }).count(), 0)
    for (const path of ['/e/gone', '/e/..%2f..', '/e/%00', `/e/${'x'.repeat(65)}`]) {
      const { status, body } = await ask(example.web.url + path)
      assert.ok(status === 404, `${path} ${status}`)
      if (path === '/e/gone') assert.match(body, /no longer known/)
    }
  })

  it('is behind the password, and there after it was given', async () => {
    await example.close()
    example = await start({ password: PASSWORD })
    const { status, headers, body } = await ask(`${example.web.url}/e/ab12`)
    assert.deepEqual([status, headers.location, body.includes('scaling')], [303, '/login', false])
    const page = await open('/e/ab12?from=chat')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'scaling out 2 → 4' }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/e/ab12')
    await page.goto(example.web.url)
    await page.locator('#channel').waitFor()
    assert.equal(new URL(page.url()).pathname, '/', 'once, not for good')
  })

  it('opens from a link in a chat for those who have signed in before', async () => {
    await example.close()
    example = await start({ password: PASSWORD })
    const page = await open('/login')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.locator('#channel').waitFor()
    await page.route('http://chat.example/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<a href="${example.web.url}/e/ab12">Timeline</a>` }),
    )
    await page.goto('http://chat.example/')
    await page.getByRole('link').click()
    await page.getByRole('heading', { level: 1, name: 'scaling out 2 → 4' }).waitFor()
    await context.clearCookies()
    await page.goto('http://chat.example/')
    await page.getByRole('link').click()
    await page.getByLabel('Password').waitFor()
  })

  it('takes a person’s answer', async () => {
    await example.close()
    example = await start({ episode: async () => ({ ...known, view: views.proposal }) })
    const page = await open('/e/ab12')
    await page.locator('[data-action="approve:p1"]').click()
    await page.locator('[data-action="approve:p1"][data-state=done]').waitFor()
    assert.deepEqual(example.heard, [`${ADA.id.replace('ada', 'you')} approve:p1`])
  })
})
