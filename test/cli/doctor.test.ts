import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { DoctorView } from '../../src/core/model/view.ts'
import { createSite, type BotProcess, type Site } from '../scenarios/bot-process.ts'

const PROGRAM = join(import.meta.dirname, '../../src/cli/doctor.ts')
const PASSWORD = 'only for this test'

describe('npm run doctor', () => {
  let site: Site
  let bot: BotProcess
  before(async () => {
    site = await createSite()
  })
  after(() => site.clear())
  const run = (env: Readonly<Record<string, string>>): Promise<{ readonly status: number; readonly text: string }> =>
    new Promise((resolve) => {
      const all = { ...process.env, SPINUP_DATA_DIR: site.dataDir, SPINUP_PORT: '1', ...env }
      execFile(process.execPath, [PROGRAM, '--json'], { env: all, timeout: 90_000 }, (error, text, complaint) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, text: text === '' ? complaint : text }),
      )
    })
  const states = (text: string): Readonly<Record<string, string>> =>
    Object.fromEntries((JSON.parse(text) as DoctorView).checks.map(({ name, state }) => [name, state]))

  it('has the running bot look, and presses the button on its card', async () => {
    bot = await site.start({ SPINUP_CONSOLE_PASSWORD: PASSWORD })
    const { status, text } = await run({ SPINUP_PUBLIC_URL: bot.url, SPINUP_CONSOLE_PASSWORD: PASSWORD })
    assert.equal(status, 0, text)
    const { Redis, Slack, Buttons, ...rest } = states(text)
    assert.deepEqual([Redis, Slack, Buttons, rest['Public address']], ['ok', 'skipped', 'ok', 'ok'], text)
    const buttons = (JSON.parse(text) as DoctorView).checks.at(-1)
    assert.match(buttons?.detail ?? '', /^ok, [\d.]+ m?s from doctor’s press to the edited card$/)
  })

  it('offers who did what as a file, behind the password alone', async () => {
    const path = `${bot.url}/api/audit.ndjson`
    assert.equal((await fetch(path)).status, 401)
    const headers = { authorization: `Bearer ${PASSWORD}` }
    const say = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } }
    await fetch(`${bot.url}/api/console/messages`, {
      ...say,
      body: '{"text": "/spinup connect", "name": "Ada"}',
    })
    const response = await fetch(path, { headers })
    assert.match(response.headers.get('content-disposition') ?? '', /^attachment; filename="spinup-audit.ndjson"$/)
    const [line] = (await response.text()).trim().split('\n')
    const entry = JSON.parse(line ?? '') as { readonly what: string; readonly actor: { readonly name: string } }
    assert.deepEqual([entry.what, entry.actor.name], ['connect', 'Ada'])
    assert.equal((await (await fetch(`${path}?pool=other`, { headers })).text()).trim(), '')
  })

  it('finds the bot where it is when its public address does not answer, or something else does there', async () => {
    const other = createServer((_request, response) => void response.writeHead(502).end('bad gateway')).listen(0)
    await once(other, 'listening')
    const { port } = new URL(bot.url)
    for (const url of ['http://127.0.0.1:1', `http://127.0.0.1:${(other.address() as AddressInfo).port}`]) {
      const { text } = await run({ SPINUP_PUBLIC_URL: url, SPINUP_PORT: port, SPINUP_CONSOLE_PASSWORD: PASSWORD })
      assert.equal(states(text)['Buttons'], 'ok', text)
    }
    other.close()
  })

  it('finds a bot that listens on every address', async () => {
    const { port } = new URL(bot.url)
    for (const SPINUP_HOST of ['0.0.0.0', '::']) {
      const { text } = await run({ SPINUP_HOST, SPINUP_PORT: port, SPINUP_CONSOLE_PASSWORD: PASSWORD })
      assert.equal(states(text)['Buttons'], 'ok', text)
    }
  })

  it('does not take a bot that cannot look for none', async () => {
    const wanting = createServer((request, response) => {
      if (request.url === '/healthz') response.end('{"ok":true}')
      else response.writeHead(503).end('{"code":"storeFailed","message":"Redis could not list the pools."}')
    }).listen(0, '127.0.0.1')
    await once(wanting, 'listening')
    const { port } = wanting.address() as AddressInfo
    const { status, text } = await run({ SPINUP_PORT: String(port), REDIS_URL: 'redis://127.0.0.1:1' })
    wanting.close()
    assert.equal(status, 1)
    const [first] = (JSON.parse(text) as DoctorView).checks
    assert.match(first?.detail ?? '', new RegExp(`^one runs at http://127\\.0\\.0\\.1:${port}, but cannot look$`))
    assert.equal(states(text)['Redis'], 'failed', text)
  })

  it('says so when the password is wrong', async () => {
    const { status, text } = await run({ SPINUP_PUBLIC_URL: bot.url, SPINUP_CONSOLE_PASSWORD: 'something else' })
    assert.equal(status, 1)
    assert.match(text, /Sign in first/)
  })

  it('looks by itself where no bot runs', async () => {
    await bot.stop()
    const { status, text } = await run({ SPINUP_PUBLIC_URL: bot.url, SLACK_BOT_TOKEN: '', DISCORD_TOKEN: '' })
    assert.equal(status, 1)
    assert.deepEqual(states(text), {
      Bot: 'failed',
      Configuration: 'ok',
      Redis: 'ok',
      Clock: 'skipped',
      Slack: 'skipped',
      Discord: 'skipped',
    })
  })

  it('names what is wrong with the configuration, or with Redis', async () => {
    const wrong = await run({ SPINUP_PORT: 'eighty' })
    assert.equal(wrong.status, 1)
    const [check] = (JSON.parse(wrong.text) as DoctorView).checks
    assert.match(check?.detail ?? '', /SPINUP_PORT=eighty: it takes a port number/)
    const away = await run({ SPINUP_PUBLIC_URL: 'http://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' })
    assert.equal(states(away.text)['Redis'], 'failed')
  })
})
