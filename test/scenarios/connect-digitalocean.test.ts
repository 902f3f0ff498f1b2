import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { NEEDED_SCOPES } from '../../src/providers/digitalocean/scopes.ts'
import { startDigitalOcean, type FakeDigitalOcean } from '../../src/demo/cloud/api/digitalocean.ts'
import { until } from '../wait.ts'
import { findChromium, launchChromium } from '../web/chromium.ts'
import { createSite, type BotProcess, type Site } from './bot-process.ts'

const chromium = findChromium()
const skip = chromium === undefined ? 'Chromium is not installed, so the connect page is not walked' : false

/** A port that the bot will have, as the OAuth application names its address beforehand. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('connecting a DigitalOcean account', { skip }, () => {
  let site: Site
  let bot: BotProcess
  let browser: Browser
  let page: Page
  let cloud: FakeDigitalOcean
  let app: Server
  let origin: number
  let problems: string[]

  before(async () => {
    browser = await launchChromium(chromium ?? '')
    app = createServer((request, response) => {
      response.writeHead(request.url === '/health' ? 200 : 404).end('ok')
    }).listen(0, '127.0.0.1')
    await once(app, 'listening')
  })
  after(async () => {
    await browser.close()
    app.close()
  })
  beforeEach(async () => {
    const port = await freePort()
    cloud = await startDigitalOcean({
      applications: [
        {
          clientId: 'spinup',
          clientSecret: null,
          redirectUris: [`http://127.0.0.1:${port}/connect/callback`],
          name: 'Spinup',
        },
      ],
    })
    origin = cloud.state.addDroplet({ name: 'shop', ip: '127.0.0.1', port: appPort() }).id
    for (let index = 1; index <= 40; index++) cloud.state.addDroplet({ name: `worker-${index}` })
    site = await createSite(null)
    bot = await site.start({
      SPINUP_PORT: String(port),
      SPINUP_LOG_LEVEL: 'debug',
      DIGITALOCEAN_API_URL: cloud.url,
      DIGITALOCEAN_OAUTH_URL: cloud.oauthUrl,
      DIGITALOCEAN_CLIENT_ID: 'spinup',
      DIGITALOCEAN_POLL: '50ms',
    })
    const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, reducedMotion: 'reduce' })
    page = await context.newPage()
    page.setDefaultTimeout(30_000)
    problems = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) problems.push(message.text())
    })
  })
  afterEach(async () => {
    await page.context().close()
    await site.clear()
    await cloud.stop()
    assert.deepEqual(problems, [], 'the pages ran without errors, also of their content policy')
  })

  const appPort = (): number => (app.address() as AddressInfo).port
  const link = async (line = '/spinup connect'): Promise<string> => {
    const { text } = await bot.client.say(line)
    return /(http:\S+\/connect\?link=\S+)/.exec(text)?.[1] ?? assert.fail(text)
  }
  const shot = async (name: string): Promise<void> => {
    if (process.env['SHOTS'] === '1')
      await page.screenshot({ path: join(tmpdir(), `connect-${name}.png`), fullPage: true })
  }
  const goOn = (name = 'Continue'): Promise<void> => page.getByRole('button', { name, exact: true }).click()
  const title = (words: string): Promise<void> => page.getByRole('heading', { level: 1, name: words }).waitFor()
  /** What the page is made of, once all of it is there: it can be seen before its end has come. */
  const source = async (): Promise<string> => {
    await page.waitForLoadState()
    return await page.content()
  }
  const paste = async (token: string): Promise<void> => {
    const field = page.getByLabel('Personal access token')
    // After one that was refused the form is open.
    if (!(await field.isVisible())) await page.getByText('Or paste a personal access token').click()
    await field.fill(token)
    await goOn('Check the token')
  }

  it('leads by logging in from a link in the channel to a linked pool and its install line', async () => {
    await page.goto(await link())
    await title('Connect a droplet')
    await shot('1-open')
    await goOn()
    await title('Your DigitalOcean account')
    await shot('2-account')
    await page.getByRole('link', { name: 'Log in with DigitalOcean' }).click()
    await page.getByRole('button', { name: 'Authorize application' }).click()
    await title('Which droplet runs your site?')
    await page.getByText('and 11 more').waitFor()
    await shot('3-droplets')
    await page.getByLabel('Search droplets').fill('sho')
    await until(async () => (await page.locator('#results .pick').count()) === 1, { what: 'the one droplet that fits' })
    await page.getByText('shop', { exact: true }).click()
    await shot('4-droplet')
    await goOn()
    await title('Which balancer is in front of it?')
    await page.getByText('HAProxy', { exact: true }).click()
    await shot('5-haproxy')
    await page.getByText('Built-in', { exact: true }).click()
    await goOn()
    await title('Clones of shop')
    await page.getByLabel('Port').fill(String(appPort()))
    await shot('6-members')
    await goOn()
    await title('Is this right?')
    await page.getByText('answered 200').waitFor()
    await shot('7-confirm')
    await goOn('Connect shop')
    await title('shop is linked')
    await shot('8-done')
    const line = await page.locator('#line').innerText()
    assert.match(line, /^curl -fsSL '?http:\S+\/install\.sh\?key=spe_\S+ \| sudo sh$/)

    const { text } = await bot.client.say('/spinup status')
    assert.doesNotMatch(text, /No droplet is connected/)
    const told = async (): Promise<boolean> => {
      const messages = JSON.stringify(await bot.client.after(0))
      return messages.includes('Install the agent') && messages.includes('install.sh')
    }
    await until(told, { what: 'the card with the install line in the channel' })
    await bot.client.say('/spinup connect restart')
  })

  it('says what a pasted token lacks and why, takes one that does, and lets none out again', async () => {
    const scopes = NEEDED_SCOPES.map(({ scope }) => scope)
    const weak = cloud.state.addToken({ scopes: scopes.filter((scope) => !/^droplet:(create|delete)$/.test(scope)) })
    await page.goto(await link())
    await goOn()
    await title('Your DigitalOcean account')
    assert.match(await source(), /monitoring<\/code> read<\/th>\s*<td>[^<]*health checks say; optional/)
    await paste(weak.value)
    await page.getByRole('alert').getByText('lacks 2 scopes').waitFor()
    assert.match(await page.getByRole('alert').innerText(), /droplet:create to create clones/)
    await shot('9-lacks')
    assert.ok(!(await source()).includes(weak.value))
    await paste('dop_v1_0123456789abcdef')
    await page.getByRole('alert').getByText('does not accept this token').waitFor()
    const strong = cloud.state.addToken({ scopes })
    await paste(strong.value)
    await title('Which droplet runs your site?')
    const pages = [await source()]
    for (const step of ['account', 'droplet', 'balancer']) {
      await page.goto(`${bot.url}/connect/${step}`)
      pages.push(await source())
    }
    const redis = join(site.dataDir, 'redis')
    const stored = await Promise.all(
      (await readdir(redis, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')),
    )
    const everything = [...pages, ...stored, JSON.stringify(bot.log), JSON.stringify(await bot.client.after(0))]
    assert.ok(stored.join('').includes('spinup:vault'), 'the append-only file was looked at')
    for (const token of [weak.value, strong.value]) {
      for (const text of everything) assert.ok(!text.includes(token.slice(8, 40)))
    }
  })

  it('hooks on to the account’s own load balancer, with its port and health path', async () => {
    const front = cloud.state.addBalancer({ name: 'front', dropletIds: [origin] })
    cloud.state.addBalancer({ name: 'by-tag', tag: 'web' })
    await until(() => cloud.state.balancers.get(front.id)?.status === 'active')
    await page.goto(await link())
    await goOn()
    await paste(cloud.token)
    await page.getByText('shop', { exact: true }).click()
    await goOn()
    await page.getByText('serves it already').waitFor()
    assert.ok(
      await page.getByLabel('DigitalOcean load balancer').isChecked(),
      'it serves the droplet, so it is offered',
    )
    assert.ok(await page.locator('.pick[data-unfit]', { hasText: 'by-tag' }).locator('input').isDisabled())
    await shot('10-load-balancer')
    await goOn()
    await page.getByLabel('Port').fill(String(appPort()))
    await page.getByLabel('Health path').fill('health')
    await goOn()
    await page.getByRole('alert').getByText('begins with a slash').waitFor()
    await page.getByLabel('Health path').fill('/health')
    await goOn()
    await page.getByText('DigitalOcean load balancer front').waitFor()
    await goOn('Connect shop')
    await title('shop is linked')
  })

  it('uses a link up once, for one browser, and refuses what is not from it', async () => {
    const url = await link()
    for (let preview = 0; preview < 3; preview++)
      assert.equal((await fetch(url)).status, 200, 'a preview spends nothing')
    await page.goto(url)
    await goOn()
    await title('Your DigitalOcean account')
    assert.equal((await fetch(url)).status, 410)
    const again = new URLSearchParams({ link: new URL(url).searchParams.get('link') ?? '' })
    const post = (path: string, body: URLSearchParams, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${bot.url}/connect/${path}`, { method: 'POST', body, headers, redirect: 'manual' })
    assert.equal((await post('open', again)).status, 410)
    assert.equal((await fetch(`${bot.url}/connect/droplet`)).status, 403, 'no session')
    const [cookie] = await page.context().cookies(`${bot.url}/connect`)
    assert.ok(cookie?.httpOnly && cookie.sameSite === 'Lax' && cookie.path === '/connect')
    const session = { cookie: `${cookie.name}=${cookie.value}` }
    const token = new URLSearchParams({ token: cloud.token })
    assert.equal((await post('token', token, session)).status, 403, 'no secret of the form')
    assert.equal((await post('token', token, { ...session, origin: 'https://evil.example' })).status, 403)
    const back = await fetch(`${bot.url}/connect/callback?code=x&state=y`, { headers: session })
    assert.equal(back.status, 403, 'nobody asked for that code')
    await page.goto(`${bot.url}/connect/confirm`)
    await title('Your DigitalOcean account')
  })

  it('goes on after the person said no at DigitalOcean', async () => {
    await page.goto(await link())
    await goOn()
    await page.getByRole('link', { name: 'Log in with DigitalOcean' }).click()
    await page.getByRole('button', { name: 'Deny' }).click()
    await page.getByRole('alert').getByText('You did not allow it').waitFor()
    await paste(cloud.token)
    await title('Which droplet runs your site?')
  })
})
