import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { exchange } from '../attack/raw.ts'
import { running } from '../running.ts'
import { startTestRedis } from '../redis.ts'
import { violations } from './axe.ts'
import { findChromium, launchChromium } from './chromium.ts'
import { startExampleConsole } from './example-console.ts'
import { ask, type Answer } from './http.ts'

const chromium = findChromium()
const skip = chromium === undefined ? 'Chromium is not installed, so the pages are not opened' : false
/** As Chromium asks when a person opens an address. */
const PERSON = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'
const PASSWORD = 'correct horse battery'

async function startConsoles(): Promise<{ readonly open: string; readonly locked: string; stop(): Promise<void> }> {
  const server = await startTestRedis()
  const redis = await server.connect()
  const open = await startExampleConsole(redis, { episode: async () => null })
  const locked = await startExampleConsole(redis, { password: PASSWORD })
  return {
    open: open.web.url,
    locked: locked.web.url,
    async stop() {
      await open.close()
      await locked.close()
      await server.stop()
    },
  }
}

describe('what cannot be shown', () => {
  const consoles = running(startConsoles)
  const get = (url: string, accept: string, headers = {}): Promise<Answer> =>
    ask(url, { headers: { accept, ...headers } })

  const CASES: readonly (readonly [path: string, status: number, says: RegExp])[] = [
    ['/nothing', 404, /There is nothing at \/nothing\./],
    ['/nothing/at/all?x=1', 404, /nothing at \/nothing\/at\/all\./],
    ['/docs/nothing', 404, /There is no such page/],
    ['/docs/slack/nothing', 404, /There is no such page/],
    ['/docs/404.html', 404, /There is no such page/],
    ['/docs/%', 400, /The address \/docs\/% cannot be read/],
    [`/e/${'x'.repeat(200)}`, 414, /A name in that address is too long/],
    ['/api/console/actions', 405, /\/api\/console\/actions takes POST, not GET/],
    ['/e/UNKNOWN', 404, /no longer known/],
    ['/e/%3Cb%3E', 404, /no longer known/],
    ['/connect/OLD', 404, /nothing at \/connect\/OLD/],
    ['/stats/unknown', 404, /nothing at/],
    ['/charts/gone.png', 404, /no longer kept/],
    ['/charts/gone.png?theme=pink', 400, /Charts are at/],
    ['/assets/none.js', 404, /There is no such file/],
    ['/join?link=used', 404, /nothing at \/join/],
  ]

  it('is a page for a person, and code and message for a program', async () => {
    for (const [path, status, says] of CASES) {
      const page = await get(consoles.open + path, PERSON)
      assert.equal(page.status, status, path)
      assert.match(page.headers['content-type'] ?? '', /^text\/html/, path)
      assert.match(page.body, /<h1/, path)
      assert.match(page.body, says, path)
      assert.match(page.body, /href="\/docs\/"/, path)
      assert.match(String(page.headers['content-security-policy']), /default-src 'none'/, path)
      for (const accept of ['*/*', 'application/json', 'application/json, text/html;q=0.5', 'text/html;q=0', '']) {
        const answer = await get(consoles.open + path, accept)
        assert.equal(answer.status, status, path)
        const { code, message } = JSON.parse(answer.body) as { readonly code: string; readonly message: string }
        assert.match(code, /^(notFound|badInput)$/, `${path} as ${accept}`)
        assert.match(message, says, path)
      }
    }
  })

  it('never repeats an address as HTML', async () => {
    for (const path of ['/<script>alert(1)</script>', '/"onload=x', '/a&b', '/docs/<script>%'])
      assert.doesNotMatch((await get(consoles.open + path, PERSON)).body, /<script>alert|"onload|\/a&b|docs\/<s/, path)
  })

  it('is said in the same form where what came is no request', async () => {
    for (const [text, status, says] of [
      ['nonsense\r\n\r\n', 400, /^That is no HTTP request/],
      ['GET / HTTP/1.1\r\nHost: x\r\nA: \x7f\r\n\r\n', 400, /^That is no HTTP request/],
      [`GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, 431, /longer than 16 KiB/],
      [`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, /longer than 16 KiB/],
      ['\x16\x03\x01\x02\x00\x01', 400, /^That is no HTTP request/],
    ] as const) {
      const [head = '', body = ''] = (await exchange(consoles.open, text)).split('\r\n\r\n')
      assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} `), text.slice(0, 60))
      const { code, message } = JSON.parse(body) as { readonly code: string; readonly message: string }
      assert.equal(code, 'badInput')
      assert.match(message, says)
    }
  })

  it('is not said of what follows a request that is being answered, for which it would be the answer', async () => {
    const [api, after] = ['GET /docs/ HTTP/1.1\r\nHost: x\r\n\r\n', 'nonsense\r\n\r\n']
    assert.doesNotMatch(await exchange(consoles.open, api + after), /^HTTP\/1\.1 400/)
  })

  it('says to whom the console is closed that it is, and where to go', async () => {
    const closed = await get(`${consoles.locked}/charts/one.png`, PERSON)
    assert.equal(closed.status, 401)
    assert.match(closed.body, /Sign in first: the console is protected.*[\s\S]*<a href="\/login">Sign in<\/a>/)
    const proxied = await get(`${consoles.open}/`, PERSON, { 'x-forwarded-for': '203.0.113.9' })
    assert.equal(proxied.status, 403)
    assert.match(proxied.body, /came through a proxy[\s\S]*SPINUP_CONSOLE_PASSWORD/)
    const foreign = await get(`${consoles.open}/`, PERSON, { host: 'evil.example' })
    assert.equal(foreign.status, 403)
    assert.match(foreign.body, /does not answer to that host name/)
  })

  describe('in a browser', { skip }, () => {
    let browser: Browser
    before(async () => void (browser = await launchChromium(chromium ?? '')))
    after(() => browser.close())

    for (const colorScheme of ['dark', 'light'] as const) {
      for (const width of [1280, 360]) {
        it(`has nothing that axe finds, and fits: ${colorScheme}, ${width} px`, async () => {
          for (const path of ['/nothing', `/${'long'.repeat(60)}`, '/docs/nothing', '/docs/slack/nothing']) {
            const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme })
            const page = await context.newPage()
            const missing: string[] = []
            page.on(
              'response',
              (response) => response.status() >= 400 && missing.push(new URL(response.url()).pathname),
            )
            await page.goto(consoles.open + path)
            await page.evaluate('document.fonts.ready')
            if (process.env['SHOTS'] !== undefined)
              await page.screenshot({
                path: `${process.env['SHOTS']}/${path.replaceAll('/', '_').slice(0, 20)}-${colorScheme}-${width}.png`,
              })
            assert.deepEqual([await violations(page), missing], [[], [path]])
            assert.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0, path)
            await context.close()
          }
        })
      }
    }

    it('can be read where the console’s styles are refused', async () => {
      const context = await browser.newContext({ extraHTTPHeaders: { 'x-forwarded-for': '203.0.113.9' } })
      const page = await context.newPage()
      await page.goto(consoles.open)
      await page.getByText('Set SPINUP_CONSOLE_PASSWORD and start the bot again').waitFor()
      assert.equal(await page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth"), '640px')
      if (process.env['SHOTS'] !== undefined) await page.screenshot({ path: `${process.env['SHOTS']}/refused.png` })
      await context.close()
    })

    it('finds another page of the documentation from one that there is not, at any depth', async () => {
      const page = await browser.newPage()
      await page.goto(`${consoles.open}/docs/slack/nothing`)
      await page.keyboard.press('/')
      await page.keyboard.type('silent')
      await page.locator('#found a').first().click()
      await page.waitForURL(/\/docs\/[a-z]+(#|$)/)
      await page.locator('article h1').waitFor()
      await page.close()
    })
  })
})
