import { pino } from 'pino'
import { ENVIRONMENT_ACCOUNT } from '../accounts/accounts.ts'
import { accountCheck } from '../accounts/check-up.ts'
import type { Chat, ChatHandlers } from '../chat/chat.ts'
import { absentChats, openChats } from '../chats.ts'
import type { Config } from '../config/config.ts'
import { messageOf } from '../core/model/error.ts'
import type { CheckLine, View } from '../core/model/view.ts'
import { failed, ok, runCheck, type Check } from '../engine/doctor/check.ts'
import { absentChat, chatChecks } from '../engine/doctor/checks/chats.ts'
import { clockCheck } from '../engine/doctor/checks/clock.ts'
import { redisCheck } from '../engine/doctor/checks/redis.ts'
import { DIGITALOCEAN_LIMITS } from '../providers/digitalocean/rate-limit.ts'
import { CHATS } from '../registry/registry.ts'
import { obtainSecret } from '../secret.ts'
import { openStorage, type Storage } from '../storage.ts'
import { readStoreHealth } from '../store/health.ts'
import { keys } from '../store/keys.ts'
import { startClock } from '../store/clock.ts'
import { createSharedRateLimit } from '../store/rate-limit.ts'
import { createVault } from '../store/vault.ts'
import { createDoors } from '../web/doors.ts'

/** A chat that is out of reach is not waited for longer. */
const CONNECT_MS = 15_000

/** What can be seen without a bot: the configuration, Redis, the clock, the account of the environment, the chats. */
export async function examineAlone(config: Config): Promise<readonly CheckLine[]> {
  const log = pino({ level: 'silent' })
  const lines: CheckLine[] = [ok('Configuration', 'every variable makes sense')]
  let storage: Storage
  try {
    storage = await openStorage(config, log)
  } catch (error) {
    return [
      ...lines,
      failed('Redis', messageOf(error), 'See that Redis runs, and that REDIS_URL, if it is set, is right.'),
    ]
  }
  const stopping = new AbortController()
  try {
    const { redis } = storage
    const { apiUrl, oauthUrl, token } = config.digitalocean
    const checks: Check[] = [redisCheck(() => readStoreHealth(redis))]
    const outside = { name: 'DigitalOcean', url: `${apiUrl}/account` }
    checks.push(clockCheck(token === null ? null : outside, Date.now))
    if (token !== null) {
      // As the bots count, whose time it is.
      const clock = await startClock({ redis, log })
      stopping.signal.addEventListener('abort', () => void clock.stop())
      const limiter = createSharedRateLimit(redis, {
        key: keys.requests(ENVIRONMENT_ACCOUNT),
        windows: DIGITALOCEAN_LIMITS,
        now: () => clock.now() - clock.steps(),
      })
      const edge = { token: async () => token, apiUrl, limiter, now: Date.now, log, signal: stopping.signal }
      checks.push(accountCheck(edge, oauthUrl, true))
    }
    checks.push(...absentChats(config, CHATS).map(({ name, variable }) => absentChat(name, variable)))
    const found = await Promise.all([...checks.map((check) => runCheck(check)), chatLines(config, storage)])
    return [...lines, ...found.flat()]
  } finally {
    stopping.abort()
    await storage.close()
  }
}

/** Connects each chat for a moment, so that it can say whether it hears. */
async function chatLines(config: Config, { redis }: Storage): Promise<readonly CheckLine[]> {
  const log = pino({ level: 'silent' })
  const secret = await obtainSecret(config.secret, config.dataDir)
  const chats = await openChats(config, CHATS, {
    redis,
    charts: { png: async () => null },
    vault: createVault(redis, secret),
    doors: createDoors(CHATS.map(({ name }) => name)),
    publicUrl: config.publicUrl ?? `http://${config.host}:${config.port}`,
    now: Date.now,
    log,
  })
  const lines = await Promise.all(
    chats.map(async (chat) => {
      await connected(chat)
      const found = await Promise.all(chatChecks([chat], null).map((check) => runCheck(check)))
      await chat.stop()
      return found.flat()
    }),
  )
  return lines.flat()
}

/** Why it did not connect is what its own checks tell. */
async function connected(chat: Chat): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CONNECT_MS)))
  await Promise.race([chat.start(NOBODY_HOME).catch(() => undefined), late])
  clearTimeout(timer)
}

const AWAY: readonly View[] = [
  {
    kind: 'error',
    code: 'unavailable',
    message: 'Spinup is not running just now; nothing was changed.',
    suggestion: null,
    example: null,
  },
]

const NOBODY_HOME: ChatHandlers = {
  command: async () => AWAY,
  action: async () => AWAY,
  form: async () => AWAY,
  complete: async () => [],
  home: async () => AWAY,
}
