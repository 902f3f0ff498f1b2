import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { createConsoleClient, type ConsoleClient } from '../../src/cli/console-client.ts'
import { connectRedis } from '../../src/store/connection.ts'
import { createIdentities } from '../../src/store/identities.ts'
import { makePlace } from '../../src/store/redis-server.ts'
import { freePort } from '../balancers/free-port.ts'
import { HOME_TEAM, startSlack, type FakeSlack } from '../fakes/slack/slack.ts'
import { quiet } from '../redis.ts'
import { createSite, type BotProcess, type Site } from '../scenarios/bot-process.ts'
import { connect, say } from '../scenarios/story.ts'
import { startNginx, type Nginx } from './nginx.ts'

/** Something an attacker tries; `run` answers whether it worked: that they got in, or that others were kept out. */
export interface Try {
  readonly name: string
  readonly kind: 'in' | 'stall'
  readonly run: () => Promise<boolean>
}

/** One way to the bot and the balancer. */
export interface Way {
  readonly how: 'direct' | 'nginx'
  readonly bot: string
  readonly front: string
}

export const PASSWORD = 'correct horse battery'
export const SECRET = 'the secret of the attacked'

/** A real bot with a pool, at a Slack that stands in; behind nginx where there is one. */
export interface Stage {
  readonly dataDir: string
  readonly direct: Way
  /** A text: why there is none. */
  readonly behind: Way | { readonly why: string }
  readonly slack: FakeSlack
  readonly redis: Redis
  readonly pool: string
  client(): ConsoleClient
  /** Starts the bot anew, with that beside what it always has. */
  restart(env: Readonly<Record<string, string>>): Promise<void>
  enrolment(memberId: string): Promise<string>
  memberKey(memberId: string): Promise<string>
  /** Everything in Redis and in the logs, as text. */
  kept(): Promise<string>
  log(): string
  stop(): Promise<void>
}

export async function openStage(): Promise<Stage> {
  const slack = await startSlack()
  const site = await createSite()
  try {
    return await open(slack, site)
  } catch (error) {
    await site.clear()
    await slack.close().catch(() => undefined)
    throw error
  }
}

async function open(slack: FakeSlack, site: Site): Promise<Stage> {
  const [port, front] = [await freePort(), await freePort()]
  const usual = {
    SPINUP_PORT: String(port),
    SPINUP_BALANCER_PORT: String(front),
    SPINUP_SECRET: SECRET,
    SPINUP_RECONCILE: '2s',
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.install(HOME_TEAM).text,
    SLACK_APP_TOKEN: slack.appToken,
  }
  let bot: BotProcess = await site.start(usual)
  const logs: (readonly object[])[] = [bot.log]
  const redis = connectRedis({ path: (await makePlace(site.dataDir)).socket }, { name: 'attack', log: quiet })
  await connect(site, bot)
  await say(bot, '/spinup policy mode=observe')
  const nginx: Nginx | { readonly why: string } = await startNginx([port, front])
  const identities = createIdentities(redis)
  const pool = (await redis.smembers('spinup:pools'))[0] ?? 'web'
  const log = (): string => JSON.stringify(logs)
  return {
    dataDir: site.dataDir,
    direct: { how: 'direct', bot: `http://127.0.0.1:${port}`, front: `http://127.0.0.1:${front}` },
    behind: 'why' in nginx ? nginx : { how: 'nginx', bot: nginx.before(port), front: nginx.before(front) },
    slack,
    redis,
    pool,
    client: () => createConsoleClient(bot.url, 'Ada', PASSWORD),
    async restart(env) {
      await bot.stop()
      bot = await site.start({ ...usual, ...env })
      logs.push(bot.log)
    },
    enrolment: (memberId) => identities.createEnrolment({ poolId: pool, memberId, ttlMs: 60_000 }),
    memberKey: (memberId) => identities.issue(pool, memberId),
    async kept() {
      const texts = await Promise.all((await redis.keys('*')).map((key) => textOf(redis, key)))
      const balancer = await readFile(join(site.dataDir, 'balancer', 'balancer.log'), 'utf8')
      return [...texts, log(), balancer].join('\n')
    },
    log,
    async stop() {
      redis.disconnect()
      if (!('why' in nginx)) await nginx.stop()
      await site.clear()
      await slack.close().catch(() => undefined)
    },
  }
}

async function textOf(redis: Redis, key: string): Promise<string> {
  switch (await redis.type(key)) {
    case 'hash':
      return JSON.stringify(await redis.hgetall(key))
    case 'list':
      return JSON.stringify(await redis.lrange(key, 0, -1))
    case 'set':
      return JSON.stringify(await redis.smembers(key))
    case 'zset':
      return JSON.stringify(await redis.zrange(key, '0', '-1'))
    case 'stream':
      return JSON.stringify(await redis.xrange(key, '-', '+'))
    default:
      return (await redis.getBuffer(key))?.toString('latin1') ?? ''
  }
}
