import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { createAuditLog } from '../../src/store/audit.ts'
import { connectRedis } from '../../src/store/connection.ts'
import { createOutbox } from '../../src/store/outbox.ts'
import { createPoolStore } from '../../src/store/pool-store.ts'
import { makePlace } from '../../src/store/redis-server.ts'
import { readStateVersion, STATE_VERSION } from '../../src/store/state-version.ts'
import { HOME_TEAM, startSlack, type FakeSlack } from '../fakes/slack/slack.ts'
import { startVisitors, type Visitors } from '../faults/visitors.ts'
import { quiet } from '../redis.ts'
import { until } from '../wait.ts'
import { createSite, type BotProcess, type Site } from './bot-process.ts'
import { connect, say, settledAt } from './story.ts'

const root = join(import.meta.dirname, '../..')
const CHANNEL = 'ops'

/** The last commit before there was a package; null: this checkout has no history that goes so far back. */
function earlier(): string | null {
  const git = (...words: string[]): string =>
    execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const added = git('log', '--diff-filter=A', '--format=%H', '--', 'bin/spinup.js').split('\n').at(-1) ?? ''
    return git('rev-parse', '--verify', `${added}^`)
  } catch {
    return null
  }
}

const from = earlier()
const skip = from === null && 'the commit to upgrade from is not in this checkout'

describe('two bots of an earlier version, replaced one after the other', { skip }, () => {
  let dir = ''
  let site: Site
  let slack: FakeSlack
  let redis: Redis
  let visitors: Visitors
  let one: BotProcess
  let two: BotProcess
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spinup-upgrade-'))
    execFileSync('sh', ['-c', `git archive ${from} | tar -x -C ${dir}`], { cwd: root })
    await symlink(join(root, 'node_modules'), join(dir, 'node_modules'))
    assert.ok(!existsSync(join(dir, 'bin/spinup.js')))
    slack = await startSlack({ workspaces: [{ team: HOME_TEAM, name: 'Acme', channels: [CHANNEL] }] })
    site = await createSite()
    one = await start(join(dir, 'src/main.ts'))
    await connect(site, one)
    two = await start(join(dir, 'src/main.ts'), { SPINUP_PORT: '0' })
    redis = connectRedis({ path: (await makePlace(site.dataDir)).socket }, { name: 'test', log: quiet })
    await slack.people.type('notify all', { channel: CHANNEL })
    await say(one, '/spinup policy max=4 mode=observe')
    visitors = startVisitors(
      () => one.balancerUrl,
      (ms) => (ms > 500 ? '/slow' : '/'),
    )
  })
  after(async () => {
    await visitors?.stop()
    redis?.disconnect()
    await site?.clear()
    await slack?.close()
    await rm(dir, { recursive: true, force: true })
  })
  const start = (program?: string, env: Readonly<Record<string, string>> = {}): Promise<BotProcess> => {
    const own = {
      SLACK_BOT_TOKEN: slack.install(HOME_TEAM).text,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      // However slow this machine is, nothing is given up.
      DIGITALOCEAN_PATIENCE: '1',
      ...env,
    }
    return site.start(own, program)
  }
  const clones = () => site.cloud.state.dropletsTagged('spinup')
  const operations = async (): Promise<number | undefined> =>
    (await createPoolStore(redis).load('web'))?.operations.length
  /** A member serves a moment before the operation that made it is over. */
  const allOver = (): Promise<unknown> =>
    until(async () => (await operations()) === 0, { what: 'the last operation to end' })
  /** Orders a scale out, and comes back when its droplet is made and the operation is not over yet. */
  const underWay = async (bot: BotProcess, count: number): Promise<void> => {
    await allOver()
    await say(bot, `/spinup scale ${count}`)
    await until(() => clones().length === count - 1, { what: `droplet ${count}` })
    assert.equal(await operations(), 1)
  }

  it('go on with the scale out that is under way, whichever is replaced', async () => {
    await underWay(one, 2)
    await one.stop()
    one = await start()
    assert.deepEqual((await readStateVersion(redis)).version, STATE_VERSION)
    await settledAt(one, 2)

    // Each at its own address again: agents know the bot that made their droplet by it.
    // An old one and a new one side by side: what either is asked, either may do.
    await underWay(two, 3)
    await settledAt(one, 3)
    await underWay(one, 4)
    await two.stop()
    two = await start(undefined, { SPINUP_PORT: new URL(two.url).port })
    await settledAt(one, 4)
    await settledAt(two, 4)
  })

  it('have lost no operation, no message and no request, and made no droplet too many', async () => {
    await allOver()
    assert.equal(clones().length, 3)
    assert.equal(site.cloud.state.droplets.size, 4)
    const state = await createPoolStore(redis).load('web')
    assert.deepEqual(
      state?.members.map(({ dropletId }) => Number(dropletId)).toSorted((a, b) => a - b),
      [...site.cloud.state.droplets.keys()].toSorted((a, b) => a - b),
    )

    const log = createAuditLog(redis)
    assert.equal((await log.verify()).kind, 'whole')
    const scaled = await log.newest(1000, ({ action }) => action === 'scaleOut')
    assert.deepEqual(
      scaled.map(({ outcome }) => outcome),
      ['done', 'done', 'done'],
    )
    assert.equal((await log.newest(1000, ({ outcome }) => outcome === 'unknown' || outcome === 'failed')).length, 0)

    await until(async () => (await createOutbox(redis).waiting()).length === 0, { what: 'every card to be delivered' })
    const shown = slack.cards(CHANNEL).map(({ text }) => text)
    for (const to of [2, 3, 4]) {
      assert.equal(shown.filter((text) => text.includes(`${to - 1} → ${to}`)).length, 1, shown.join('\n'))
    }
    await visitors.stop()
    assert.deepEqual(visitors.failures, [])
    assert.ok(visitors.sent > 100, `${visitors.sent} requests`)
  })
})
