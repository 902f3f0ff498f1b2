import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createSite, type BotProcess, type Site } from './bot-process.ts'

/** A real bot, from the line that orders a token to the log that must not have it. */
describe('the API of a real bot', () => {
  let site: Site
  let bot: BotProcess
  let token = ''
  let link = ''
  before(async () => {
    site = await createSite(null)
    bot = await site.start({ SPINUP_LOG_LEVEL: 'debug' })
  })
  after(() => site?.clear())

  const get = (path: string, authorization?: string): Promise<Response> =>
    fetch(bot.url + path, authorization === undefined ? {} : { headers: { authorization } })

  it('gives a token by a link that is typed for, once', async () => {
    const { text } = await bot.client.say('/spinup token new deploy can=read,scale for 30d')
    link = /http:\S+\/token\?link=[\w-]{43}/.exec(text)?.[0] ?? ''
    assert.equal((await fetch(link)).status, 200, text)
    const form = new URLSearchParams({ link: new URL(link).searchParams.get('link') ?? '' })
    const page = await (await fetch(`${bot.url}/token`, { method: 'POST', body: form })).text()
    token = /spt_[\w-]{43}/.exec(page)?.[0] ?? ''
    assert.notEqual(token, '', page)
    assert.equal((await fetch(link)).status, 410)
  })

  it('answers by it, refuses without, and says that it is ready', async () => {
    const pools = await get('/api/pools', `Bearer ${token}`)
    assert.deepEqual([pools.status, await pools.json()], [200, { pools: [] }])
    const scaled = await fetch(`${bot.url}/api/scale`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'a' },
      body: '{"count": 2}',
    })
    assert.equal(scaled.status, 404)
    assert.equal((await get('/api/policy', `Bearer ${token}`)).status, 403)
    assert.equal((await get('/api/pools', `Bearer spt_${'x'.repeat(43)}`)).status, 401)
    assert.equal((await get('/readyz')).status, 200)
    assert.match(await (await get('/metrics')).text(), /^spinup_outbox_cards \d+$/m)
    assert.equal(((await (await get('/api/openapi.json')).json()) as { openapi: string }).openapi, '3.1.0')
  })

  it('has the token in nothing that it writes: the log, the channel, the history, Redis’s files', async () => {
    await bot.client.say('/spinup token')
    const channel = JSON.stringify(await bot.client.after(0))
    const history = await (await get('/api/audit.ndjson')).text()
    assert.match(history, /token new deploy can=read,scale for 30 d/)
    assert.match(history, /token deploy made and seen/)
    await site.stopBots()
    const files = await readdir(site.dataDir, { recursive: true, withFileTypes: true })
    const texts = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
    )
    const secret = new URL(link).searchParams.get('link')!
    for (const [where, text] of [
      ['log', JSON.stringify(bot.log)],
      ['history', history],
      ...texts.map((one) => ['files', one]),
    ])
      for (const part of [token, token.slice(4), token.slice(4, 24), secret]) assert.ok(!text!.includes(part), where)
    assert.ok(!channel.includes(token.slice(4)))
    assert.ok(
      texts.some((text) => text.includes('deploy')),
      'the files were read',
    )
  })
})
