import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import type { Browser, Page } from 'playwright-core'
import { createAccess } from '../../src/accounts/access.ts'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { createConnectService } from '../../src/accounts/connect-service.ts'
import { CONSOLE_CHANNEL } from '../../src/chat/console/chat.ts'
import { startDigitalOcean, type FakeDigitalOcean } from '../../src/demo/cloud/api/digitalocean.ts'
import { BALANCERS } from '../../src/registry/registry.ts'
import { createConnectSessions } from '../../src/store/connect-sessions.ts'
import { createVault } from '../../src/store/vault.ts'
import { digitalocean } from '../accounts/clouds.ts'
import { quiet, startTestRedis, type TestRedis } from '../redis.ts'
import { ADA, exampleLive, exampleViews, GRACE } from '../example-views.ts'
import { violations } from './axe.ts'
import { findChromium, launchChromium } from './chromium.ts'
import { post } from './http.ts'
import { startExampleConsole, type ExampleConsole } from './example-console.ts'

const chromium = findChromium()
const skip = chromium === undefined ? 'Chromium is not installed, so the pages are not tested with axe' : false
const PASSWORD = 'correct horse'

/** Each of the ways a page can look. */
const LOOKS = (['dark', 'light'] as const).flatMap((scheme) =>
  [1280, 360].map((width) => ({ name: `${scheme}, ${width} px`, scheme, width })),
)

describe('every page, for everybody', { skip }, () => {
  let browser: Browser
  let server: TestRedis
  let redis: Redis
  let cloud: FakeDigitalOcean
  let full: ExampleConsole
  let several: ExampleConsole
  let empty: ExampleConsole
  const views = exampleViews(Date.now())
  const page = { id: 'ab12', url: null }

  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
    browser = await launchChromium(chromium ?? '')
    cloud = await startDigitalOcean({ limits: { perMinute: 100_000, perHour: 100_000 } })
    cloud.state.addDroplet({ name: 'shop' })
    const live = exampleLive(Date.now())
    full = await startExampleConsole(redis, {
      live: async () => [{ ...live, at: Date.now() }],
      episode: async (id) =>
        id === 'gone'
          ? null
          : {
              cardId: 'episode:ab12',
              at: Date.now(),
              view: views.episode,
              decision: views.decision,
              timeline: (['begun', 'done', 'failed'] as const).map((outcome) => ({
                at: Date.now(),
                who: 'Ada',
                what: 'Scale out: 2 → 4.',
                result: outcome,
                outcome,
              })),
            },
      connect: { sessions: createConnectSessions(redis), service: service() },
    })
    for (const [index, kind] of Object.keys(views).entries())
      await full.chat.post(`/spinup ${kind}`, index % 2 === 0 ? ADA : { ...GRACE, name: `Grace ${index}` })
    const shown = { id: 'episode:ab12', revision: 1, at: Date.now(), view: { ...views.episode, page } }
    await full.chat.show(CONSOLE_CHANNEL, shown)
    const states = ['approved', 'denied', 'expired', 'superseded'] as const
    for (const state of states)
      await full.chat.show(CONSOLE_CHANNEL, {
        id: state,
        revision: 1,
        at: Date.now(),
        view: { ...views.proposal, state, by: ADA, decidedAt: Date.now(), actions: [] },
      })
    for (const stage of ['settled', 'failed'] as const)
      await full.chat.show(CONSOLE_CHANNEL, {
        id: stage,
        revision: 1,
        at: Date.now(),
        view: { ...views.episode, stage, endedAt: Date.now() },
      })
    const asking = [{ action: 'ask:deny:p1', label: 'Deny', style: 'danger' }] as const
    const question = { ...views.proposal, actions: asking }
    const names = ['web', 'api', 'worker']
    const other = await startTestRedis()
    const otherRedis = await other.connect()
    several = await startExampleConsole(otherRedis, {
      live: async () =>
        names.map((name) => ({
          ...live,
          at: Date.now(),
          status: { ...live.status, pool: name, of: { id: name, name, named: true } },
        })),
    })
    for (const [id, view] of Object.entries({ episode: views.episode, ask: question }))
      await several.chat.show(CONSOLE_CHANNEL, { id, revision: 1, at: Date.now(), view })
    const third = await startTestRedis()
    empty = await startExampleConsole(await third.connect(), { password: PASSWORD })
    const { close } = empty
    empty = {
      ...empty,
      close: async () =>
        close()
          .then(() => Promise.all([other.stop(), third.stop()]))
          .then(() => undefined),
    }
  })
  after(async () => {
    await browser.close()
    for (const example of [full, several, empty]) await example.close()
    await cloud.stop()
    await server.stop()
  })

  function service(): ReturnType<typeof createConnectService> {
    const shared = { redis, now: Date.now, log: quiet }
    const vault = createVault(redis, 'a secret of sixteen')
    const clouds = digitalocean({ apiUrl: cloud.url, oauthUrl: cloud.oauthUrl, token: cloud.token })
    const accounts = createAccounts({ ...shared, vault, clouds })
    const { signal } = new AbortController()
    const clock = { now: Date.now, steps: () => 0 }
    return createConnectService({
      clouds,
      accounts,
      vault,
      access: createAccess({ ...shared, accounts, clock, signal }),
      now: Date.now,
      log: quiet,
      signal,
      balancers: BALANCERS.map((entry) => ({ entry, env: null })),
      mostMembers: 5,
      reach: async () => ({ name: 'Public address', state: 'ok', detail: 'https://bot.example', fix: null }),
      probe: async () => ({ healthy: true, detail: 'answered 200' }),
      inUse: async () => false,
      connect: async () => ({ pool: 'shop', line: 'curl -fsSL https://bot.example/install.sh | sudo sh' }),
      relink: async () => ({ pool: 'shop' }),
    })
  }

  async function open({ scheme, width }: (typeof LOOKS)[number], url: string, ready: string): Promise<Page> {
    const viewport = { width, height: 900 }
    const context = await browser.newContext({ viewport, colorScheme: scheme, reducedMotion: 'reduce' })
    const opened = await context.newPage()
    opened.setDefaultTimeout(20_000)
    await opened.goto(url)
    await opened.locator(ready).first().waitFor()
    return opened
  }

  for (const look of LOOKS) {
    it(`has nothing that axe finds: ${look.name}`, async (t) => {
      const found: string[] = []
      let pages = 0
      const check = async (opened: Page, name: string): Promise<void> => {
        pages++
        for (const one of await violations(opened)) found.push(`${name}: ${one}`)
      }
      const board = await open(look, full.web.url, '[data-live=load]')
      await board.locator('#scroll').evaluate((scroll) => (scroll.scrollTop = 0))
      await board.getByRole('button', { name: /earlier/ }).waitFor({ state: 'detached' })
      if (look.width < 900) await board.locator('.rail-toggle').click()
      await check(board, 'the whole channel')
      await board.context().close()

      const rows = await open(look, several.web.url, '.pool-row')
      await rows.locator('.pool-row summary').first().click()
      await check(rows, 'several pools')
      await rows.locator('#line').fill('/spinup sta')
      await rows.locator('#completions li').first().waitFor()
      await check(rows, 'completions')
      await rows.keyboard.press('Escape')
      await rows.locator('.chart-open').last().click()
      await rows.locator('.lightbox').waitFor()
      await check(rows, 'a chart enlarged')
      await rows.keyboard.press('Escape')
      await rows.locator('[data-action^="ask:"]').last().click()
      await rows.locator('dialog.form').waitFor()
      await check(rows, 'a form')
      await rows.keyboard.press('Escape')
      if (look.width > 900) await rows.locator('#wall').click()
      await check(rows, 'the wall')
      await rows.context().close()

      const own = await open(look, `${full.web.url}/e/ab12`, '.episode-page .card')
      await check(own, 'the page of a scale event')
      await own.goto(`${full.web.url}/e/gone`)
      await check(own, 'a page that is gone')
      await own.context().close()

      const login = await open(look, empty.web.url, '#password')
      await check(login, 'sign in')
      await login.locator('#password').fill('wrong')
      await login.keyboard.press('Enter')
      await login.getByRole('alert').waitFor()
      await check(login, 'a wrong password')
      await login.locator('#password').fill(PASSWORD)
      await login.keyboard.press('Enter')
      await login.getByRole('button', { name: 'Connect a pool' }).waitFor()
      await check(login, 'an empty console')
      await login.context().close()

      const proof = { authorization: `Bearer ${PASSWORD}` }
      const invited = await post(`${empty.web.url}/api/console/people`, { name: `Dana ${look.name}` }, proof)
      const { searchParams } = new URL((JSON.parse(invited.body) as { url: string }).url)
      const address = `${empty.web.url}/join?link=${searchParams.get('link') ?? ''}`
      const guest = await open(look, address, 'main')
      await check(guest, 'an invitation')
      await guest.getByRole('button', { name: 'Continue' }).click()
      await guest.locator('#password').waitFor()
      await check(guest, 'what an invitation gives')
      await guest.goto(address)
      await check(guest, 'an invitation that was used')
      await guest.context().close()

      const asker = { actor: ADA, place: { platform: 'console', channel: 'console', tenant: null }, roles: [] }
      const link = await createConnectSessions(redis).createLink({ asker, poolId: null })
      const connect = await open(look, `${full.web.url}/connect?link=${link}`, 'main')
      await check(connect, 'connect: begin')
      for (let step = 0; step < 8; step++) {
        const before = connect.url()
        const choice = connect.locator('input[type=radio]:not(:checked):not(:disabled)').first()
        if (
          !/account/.test(before) &&
          (await choice.count()) > 0 &&
          (await connect.locator('input[type=radio]:checked').count()) === 0
        )
          await choice.check()
        const account = connect.getByRole('button', { name: /Use the bot/ })
        const next = (await account.count()) > 0 ? account : connect.locator('main form .primary').last()
        if ((await next.count()) === 0) break
        await next.first().click()
        await connect.waitForLoadState()
        await check(connect, `connect: ${new URL(connect.url()).pathname}`)
        if (connect.url() === before) break
      }
      await connect.context().close()
      t.diagnostic(`${pages} views, ${found.length} violations`)
      assert.equal(found.join('\n'), '')
      assert.ok(pages >= 19, `${pages} views were looked at`)
    })
  }

  it('can be used by keyboard alone, past what is beside the channel', async () => {
    const board = await open(LOOKS[0] ?? assert.fail(), full.web.url, '[data-live=load]')
    const first = `document.querySelector('button, a[href], summary, input, [tabindex]')`
    await board.evaluate(`${first}.focus()`)
    assert.equal(await board.evaluate('document.activeElement.className'), 'skip')
    assert.equal(await board.locator('.skip').evaluate((link) => link.checkVisibility()), true)
    await board.keyboard.press('Enter')
    assert.equal(await board.evaluate('document.activeElement.id'), 'line')
    // Everything that can be pressed can be come to, and is seen to have the focus.
    const unreachable =
      await board.evaluate(`[...document.querySelectorAll('button, a[href], summary, input, [tabindex]')]
      .filter((one) => one.checkVisibility() && one.tabIndex < 0 && !one.closest('[role=listbox], article'))
      .map((one) => one.outerHTML.slice(0, 80))`)
    assert.deepEqual(unreachable, [])
    await board.context().close()
  })
})
