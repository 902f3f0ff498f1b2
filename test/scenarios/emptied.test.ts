import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { connectRedis } from '../../src/store/connection.ts'
import { makePlace } from '../../src/store/redis-server.ts'
import { quiet } from '../redis.ts'
import { until } from '../wait.ts'
import { createSite, type BotProcess, type Site } from './bot-process.ts'
import { connect, say, settledAt } from './story.ts'

describe('a bot whose Redis', () => {
  let site: Site
  let bot: BotProcess
  let redis: Redis
  before(async () => {
    site = await createSite()
    bot = await site.start({ SPINUP_RECONCILE: '2s' })
    redis = connectRedis({ path: (await makePlace(site.dataDir)).socket }, { name: 'test', log: quiet })
    await connect(site, bot)
    await say(bot, '/spinup policy max=3 mode=observe')
    await say(bot, '/spinup up 1')
    await settledAt(bot, 2)
    await until(async () => (await redis.get('spinup:installation')) !== null)
  })
  after(async () => {
    redis.disconnect()
    await site.clear()
  })
  const shown = async (): Promise<string> => JSON.stringify((await bot.client.after(0)).messages)
  const errors = (): string => JSON.stringify(bot.log.filter((line) => line['level'] === 50))

  it('is full of data answers what is asked, and says why nothing can be changed', async () => {
    await redis.config('SET', 'maxmemory', '1mb')
    const { text: status } = await bot.client.say('/spinup status')
    assert.match(status, /2 members|2 of|web/)
    const { text: refused } = await bot.client.say('/spinup pause')
    assert.match(refused, /memory is full, so it takes no changes/)
    await redis.config('SET', 'maxmemory', '0')
    assert.doesNotMatch((await bot.client.say('/spinup pause for 1m')).text, /memory is full/)
    await say(bot, '/spinup resume')
  })

  it('was emptied while clones run says so at once, names them, and is not taken for a new one', async () => {
    await until(async () => (await redis.get('spinup:installation')) !== null)
    await redis.flushall()
    await until(() => errors().includes('Redis was emptied: web'), { timeoutMs: 40_000 })
    const clone = site.cloud.state.dropletsTagged('spinup')[0]?.name ?? '?'
    await until(async () => (await shown()).includes(`nobody looks after it: ${clone}`))
    await bot.stop()
    bot = await site.start({ SPINUP_RECONCILE: '2s' })
    await until(() => errors().includes('Redis was emptied: web'), {
      what: 'the next start says so, too',
      timeoutMs: 40_000,
    })
  })

  it('was emptied is whole again when the droplet is connected again, and its clones are offered for adoption', async () => {
    await connect(site, bot)
    await until(async () => (await shown()).includes('Every pool is in Redis again'), { timeoutMs: 40_000 })
    const { id } = site.cloud.state.dropletsTagged('spinup')[0]!
    await until(async () => (await shown()).includes(`/spinup adopt ${id}`), { timeoutMs: 60_000 })
  })
})

describe('a bot whose log cannot be written', () => {
  const MAIN = join(import.meta.dirname, '../../src/main.ts')
  const sites: Site[] = []
  after(async () => {
    for (const site of sites) await site.clear()
  })
  const started = async (stderr: number | 'pipe') => {
    const site = await createSite(null)
    sites.push(site)
    const env = {
      PATH: process.env['PATH'] ?? '',
      SPINUP_DATA_DIR: site.dataDir,
      SPINUP_PORT: '0',
      SPINUP_BALANCER_PORT: '0',
      SPINUP_LOG_LEVEL: 'debug',
    }
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', stderr, 'ipc'] })
    const [message] = (await once(child, 'message')) as [{ url: string }]
    return { child, url: message.url }
  }
  const works = async (url: string): Promise<boolean> => {
    const answer = await fetch(`${url}/api/console/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"text":"/spinup help"}',
    })
    return answer.ok
  }

  it('because its disk is full works on', async () => {
    const { child, url } = await started(openSync('/dev/full', 'w'))
    for (let turn = 0; turn < 20; turn++) assert.ok(await works(url))
    assert.equal(child.exitCode, null)
    child.kill()
    await once(child, 'exit')
  })

  it('because nobody reads it any more works on', async () => {
    const { child, url } = await started('pipe')
    child.stderr?.destroy()
    for (let turn = 0; turn < 20; turn++) assert.ok(await works(url))
    assert.equal(child.exitCode, null)
    child.kill()
    await once(child, 'exit')
  })
})
