import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fastify } from 'fastify'
import type { Browser, Page } from 'playwright-core'
import type { ConsoleChat } from '../../src/chat/console/chat.ts'
import { addDocs } from '../../src/web/docs.ts'
import { sendError } from '../../src/web/failures.ts'
import { running } from '../running.ts'
import { quiet, startTestRedis } from '../redis.ts'
import { violations } from './axe.ts'
import { findChromium, launchChromium } from './chromium.ts'
import { startExampleConsole, type ExampleConsole } from './example-console.ts'

const chromium = findChromium()
const skip = chromium === undefined ? 'Chromium is not installed, so the pages are not opened' : false

const PASSWORD = 'correct horse battery'

async function startSite(): Promise<{ readonly url: string; readonly chat: ConsoleChat; stop(): Promise<void> }> {
  const server = await startTestRedis()
  const console: ExampleConsole = await startExampleConsole(await server.connect(), {
    password: PASSWORD,
  })
  return {
    url: console.web.url,
    chat: console.chat,
    async stop() {
      await console.close()
      await server.stop()
    },
  }
}

describe('the documentation that a bot serves', () => {
  const site = running(startSite)
  const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${site.url}${path}`, { headers, redirect: 'manual' })
  const ids = (html: string): readonly string[] => [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!)
  const linksOf = (html: string): readonly string[] =>
    [...html.matchAll(/ (?:href|src)="([^"]+)"/g)].map(([, link]) => link!.replaceAll('&amp;', '&'))

  it('is built by a clone at the first visit, and open to anyone, with the headers of every page', async () => {
    const moved = await get('/docs')
    assert.deepEqual([moved.status, moved.headers.get('location')], [302, '/docs/'])
    const first = await get('/docs/')
    assert.equal(first.status, 200)
    const policy = first.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/)
    assert.equal(first.headers.get('x-content-type-options'), 'nosniff')
    assert.match(await first.text(), /<h1 id="spinup">Spinup<\/h1>/)
    const known = await get('/docs/', { 'if-none-match': first.headers.get('etag') ?? '' })
    assert.equal(known.status, 304)
    assert.equal((await get('/')).status, 303, 'the console itself asks to sign in')
  })

  it('leads nowhere else: every link, picture, script and anchor of every page is there', async () => {
    const pages = new Map<string, readonly string[]>()
    const waiting = ['/docs/']
    const dead: string[] = []
    const anchors: (readonly [from: string, to: string, id: string])[] = []
    while (waiting.length > 0) {
      const path = waiting.pop()!
      if (pages.has(path)) continue
      const response = await get(path)
      const type = response.headers.get('content-type') ?? ''
      if (response.status !== 200) dead.push(path)
      const html = type.startsWith('text/html') ? await response.text() : ''
      pages.set(path, ids(html))
      for (const link of linksOf(html)) {
        const { origin, pathname, hash } = new URL(link, `${site.url}${path}`)
        // The console's own, and what is on the web.
        if (origin !== site.url || !pathname.startsWith('/docs')) continue
        waiting.push(pathname)
        if (hash !== '') anchors.push([path, pathname, decodeURIComponent(hash.slice(1))])
      }
    }
    const lost = anchors.filter(([, to, id]) => pages.get(to)?.includes(id) !== true)
    assert.deepEqual([dead, lost], [[], []])
    assert.ok(pages.size > 40, `${pages.size} files`)
    assert.ok(anchors.length > 100, `${anchors.length} anchors`)
  })

  it('has no other file of the machine, whatever a path says', async () => {
    for (const path of ['/docs/../package.json', '/docs/%2e%2e/package.json', '/docs/..%2fpackage.json', '/docs/none'])
      assert.equal((await get(path)).status, 404, path)
  })

  describe('that cannot be built', () => {
    const folders: string[] = []
    after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

    /** A bot's pages alone, whose site is made by that script. */
    async function made(
      script: string | null,
      built: string,
    ): Promise<{ readonly folder: string; get(): Promise<Answer> }> {
      const folder = await mkdtemp(join(tmpdir(), 'spinup-docs-test-'))
      folders.push(folder)
      const source = join(folder, 'build.js')
      if (script !== null) await writeFile(source, script.replaceAll('FOLDER', JSON.stringify(folder)))
      const app = fastify()
      app.setErrorHandler(sendError)
      addDocs(app, { log: quiet, source, built: join(folder, built) })
      return {
        folder,
        get: async () => {
          const { statusCode, body } = await app.inject('/docs/')
          return { status: statusCode, body }
        },
      }
    }
    interface Answer {
      readonly status: number
      readonly body: string
    }

    it('says in a line what to do, and is not tried again for each who asks', async () => {
      const count = `require('fs').appendFileSync(FOLDER + '/runs', 'x'); throw new Error('no generator')`
      const { folder, get } = await made(count, 'none')
      const answers = [await get(), ...(await Promise.all([get(), get(), get()]))]
      assert.deepEqual(
        answers.map(({ status }) => status),
        [503, 503, 503, 503],
      )
      assert.match(answers[0]?.body ?? '', /npm ci && npm run docs/)
      assert.equal(await readFile(join(folder, 'runs'), 'utf8'), 'x')
    })

    it('is shown as it was built before, where there is such', async () => {
      const { folder, get } = await made(`throw new Error('no generator')`, 'dist')
      await mkdir(join(folder, 'dist'))
      await writeFile(join(folder, 'dist/index.html'), 'from before')
      assert.deepEqual(await get(), { status: 200, body: 'from before' })
    })

    it('is said to be missing from a package that was made without', async () => {
      const { status, body } = await (await made(null, 'none')).get()
      assert.equal(status, 503)
      assert.match(body, /This package was made without it/)
    })

    it('is built without the bot’s secrets around it', async () => {
      process.env['SPINUP_SECRET_OF_THE_TEST'] = 'seen'
      const tell = `const fs = require('fs'); fs.writeFileSync(process.argv[3] + '/index.html', JSON.stringify(process.env))`
      const { status, body } = await (await made(tell, 'none')).get()
      delete process.env['SPINUP_SECRET_OF_THE_TEST']
      assert.equal(status, 200)
      assert.doesNotMatch(body, /OF_THE_TEST/)
    })
  })

  it('needs no style or script within a page', async () => {
    for (const name of ['', 'judgement', 'api', 'slack', 'changelog']) {
      const html = await (await get(`/docs/${name}`)).text()
      assert.doesNotMatch(html, / style=| on\w+=|<script(?! src| type="module" src)|<style/, name)
    }
  })

  describe('in a browser', { skip }, () => {
    let browser: Browser
    before(async () => void (browser = await launchChromium(chromium ?? '')))
    after(() => browser.close())

    async function open(
      path: string,
      { width = 1280, scheme = 'dark' as 'dark' | 'light' } = {},
    ): Promise<{ readonly page: Page; readonly errors: string[] }> {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme })
      context.setDefaultTimeout(90_000)
      const page = await context.newPage()
      const errors: string[] = []
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
      page.on('pageerror', (error) => errors.push(String(error)))
      await page.goto(`${site.url}/docs/${path}`)
      await page.locator('.menu details[data-ready]').waitFor()
      return { page, errors }
    }

    for (const scheme of ['dark', 'light'] as const) {
      for (const width of [1280, 360]) {
        it(`has nothing that axe finds, and fits: ${scheme}, ${width} px`, async () => {
          for (const path of ['', 'start', 'judgement', 'slack', 'troubleshooting']) {
            const { page, errors } = await open(path, { width, scheme })
            assert.deepEqual([await violations(page), errors], [[], []], path)
            const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
            assert.equal(wider, 0, `${path} is wider than the screen`)
            await page.context().close()
          }
        })
      }
    }

    it('finds by any word, goes there by keyboard, and asks nobody else', async () => {
      const { page, errors } = await open('')
      const asked: string[] = []
      page.on('request', (request) => asked.push(new URL(request.url()).origin))
      await page.keyboard.press('/')
      await page.keyboard.type('silent mem')
      await page.locator('#found a').first().waitFor()
      assert.deepEqual(await violations(page), [])
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/docs\/[a-z]+/)
      await page.keyboard.press('/')
      await page.keyboard.type('qqqq')
      await page.getByText('Nothing about “qqqq”.').waitFor()
      assert.deepEqual(errors, [])
      assert.deepEqual([...new Set(asked)], [site.url])
      await page.context().close()
    })

    it('shows what was found within the screen, however wide that is', async () => {
      for (const width of [320, 390, 768, 899, 900, 1280]) {
        const { page } = await open('production', { width })
        await page.locator('#query').fill('token scope')
        await page.locator('#found a').first().waitFor()
        const box = await page.locator('#found').boundingBox()
        assert.ok(box !== null && box.x >= 0 && box.x + box.width <= width, `${width} px: ${JSON.stringify(box)}`)
        assert.ok(box.y < 80, 'below the field')
        await page.context().close()
      }
    })

    it('is led to from the console: from its welcome, and below its line', async () => {
      const context = await browser.newContext()
      context.setDefaultTimeout(90_000)
      const page = await context.newPage()
      await page.goto(`${site.url}/login`)
      await page.locator('#password').fill(PASSWORD)
      await page.keyboard.press('Enter')
      await page.getByRole('link', { name: 'how to begin' }).waitFor()
      await page.locator('.composer-foot').getByRole('link', { name: 'Documentation' }).click()
      await page.getByRole('heading', { level: 1, name: 'Spinup' }).waitFor()
      await context.close()
    })

    it('keeps the theme that was chosen, as the console does', async () => {
      const { page } = await open('')
      await page.locator('#theme').click()
      await page.goto(`${site.url}/docs/slack`)
      assert.equal(await page.locator('html').getAttribute('data-theme'), 'light')
      await page.context().close()
    })
  })
})
