import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import type { Redis } from 'ioredis'
import { connectRedis } from '../../src/store/connection.ts'
import { createIdentities } from '../../src/store/identities.ts'
import { createPoolStore } from '../../src/store/pool-store.ts'
import { makePlace, startRedisServer } from '../../src/store/redis-server.ts'
import { quiet } from '../redis.ts'
import { until } from '../wait.ts'
import { createSite, type BotProcess, type Site } from './bot-process.ts'
import { connect, say, settledAt } from './story.ts'

/** However slow this machine is, nothing is given up. */
const ENV = { SPINUP_RECONCILE: '2s', DIGITALOCEAN_PATIENCE: '1' }
const root = join(import.meta.dirname, '../..')

describe('a pool that is backed up, wiped and restored', () => {
  let site: Site
  let bot: BotProcess
  let redis: Redis
  let dir = ''
  let file = ''
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spinup-backup-'))
    file = join(dir, 'site.backup')
    site = await createSite()
    bot = await site.start(ENV)
    redis = connectRedis({ path: (await makePlace(site.dataDir)).socket }, { name: 'test', log: quiet })
    await connect(site, bot)
    await say(bot, '/spinup policy max=4 mode=observe')
    await say(bot, '/spinup scale 2')
    await settledAt(bot, 2)
  })
  after(async () => {
    redis.disconnect()
    await site.clear()
    await rm(dir, { recursive: true, force: true })
  })
  const run = async (program: 'backup' | 'restore', ...words: string[]): Promise<string> => {
    const env = { PATH: process.env['PATH'], SPINUP_DATA_DIR: site.dataDir }
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, `src/cli/${program}.ts`), ...words], {
      env,
    })
    return stdout
  }
  const clones = () => site.cloud.state.dropletsTagged('spinup')

  it('is copied while a scale out is under way', async () => {
    await say(bot, '/spinup scale 3')
    const store = createPoolStore(redis)
    await until(async () => (await store.load('web'))?.operations.length === 1, { what: 'the operation' })
    await until(() => clones().length === 2, { what: 'its droplet' })
    assert.match(await run('backup', file), /1 pool \(web\)/)
    for (const key of await redis.keys('*'))
      assert.match(key, /^(?:spinup:|\{bull\}:spinup-operations)/, 'nothing else is kept')
    await settledAt(bot, 3)
  })

  it('has all of it again: what was under way ends once, and what was made since is counted and offered', async () => {
    await say(bot, '/spinup scale 4')
    await settledAt(bot, 4)
    const since = clones().map(({ id }) => id)
    assert.equal(since.length, 3)
    await bot.stop()
    const server = await startRedisServer({ dataDir: site.dataDir, log: quiet })
    await until(() => redis.flushall(), { what: 'an empty Redis' })
    assert.match(await run('restore', file), /Put back in/)
    bot = await site.start(ENV)
    await server.stop()

    await settledAt(bot, 3)
    const shown = async (): Promise<string> => JSON.stringify((await bot.client.after(0)).messages)
    const unknown = await until(
      async () => {
        const found = /\/spinup adopt (\d+)/.exec(await shown())?.[1]
        return found === undefined ? null : Number(found)
      },
      { what: 'the droplet that was made since to be offered' },
    )
    assert.ok(since.includes(unknown))
    assert.deepEqual(
      clones().map(({ id }) => id),
      since,
      'nothing was made or deleted',
    )
    // Four is the maximum, and the one that is not a member is paid for, too.
    assert.match(
      (await bot.client.say('/spinup up 1')).text,
      /maximum of 4, with 1 droplet that I do not know, allows 3/,
    )
    await say(bot, `/spinup adopt ${unknown}`)
    await settledAt(bot, 4)
    assert.deepEqual(
      clones().map(({ id }) => id),
      since,
      'nothing was made or deleted',
    )
    await until(async () => (await createIdentities(redis).ledger.about('web', ['web-4'])).has('web-4'), {
      what: 'its agent to be known again',
    })
    assert.match((await bot.client.say('/spinup history 50')).text, /A backup of .* was put back/)
  })
})
