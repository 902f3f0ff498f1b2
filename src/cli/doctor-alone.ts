import { pino } from 'pino'
import { createAccess } from '../accounts/access.ts'
import { accountCheck } from '../accounts/check-up.ts'
import { clockOf, createClouds } from '../accounts/clouds.ts'
import type { Chat, ChatHandlers } from '../chat/chat.ts'
import { absentChats, openChats } from '../chats.ts'
import type { Config } from '../config/read-config.ts'
import { addressHere } from '../core/model/address.ts'
import { messageOf } from '../core/model/error.ts'
import type { CheckLine, View } from '../core/model/view.ts'
import { failed, ok, runCheck, type Check } from '../engine/doctor/check.ts'
import { absentChat, chatChecks, givenWrong } from '../engine/doctor/checks/installation.ts'
import { reachCheck } from '../engine/doctor/checks/address.ts'
import { clockCheck } from '../engine/doctor/checks/clock.ts'
import { redisCheck } from '../engine/doctor/checks/redis.ts'
import { CHATS, CLOUDS } from '../registry/registry.ts'
import { obtainSecret } from '../secret.ts'
import { openStorage, type Storage } from '../storage.ts'
import { readStoreHealth } from '../store/health.ts'
import { startClock } from '../store/clock.ts'
import { createVault } from '../store/vault.ts'
import { createChatRoutes } from '../web/chat-routes.ts'

/** A chat that is unreachable is not waited for longer. */
const CONNECT_MS = 15_000

/** What can be seen without a bot: the configuration, Redis, the clock, the account of the environment, the chats. */
export async function examineAlone(config: Config): Promise<readonly CheckLine[]> {
  const log = pino({ level: 'silent' })
  const lines: CheckLine[] =
    config.warnings.length > 0 ? [...givenWrong(config.warnings)] : [ok('Configuration', 'every variable makes sense')]
  let storage: Storage
  try {
    storage = await openStorage(config, log)
  } catch (error) {
    return [
      ...lines,
      failed('Redis', messageOf(error), 'Check that Redis runs, and that REDIS_URL, if it is set, is right.'),
    ]
  }
  const stopping = new AbortController()
  try {
    const { redis } = storage
    const { all, areHere } = createClouds(CLOUDS, config.clouds, { redirectUri: '', now: Date.now })
    const own = all.filter(({ ready }) => ready.token !== null)
    const checks: Check[] = [redisCheck(() => readStoreHealth(redis))]
    checks.push(clockCheck(own[0] === undefined ? null : clockOf(own[0]), Date.now))
    if (own.length > 0) {
      // As the bots count, whose time it is.
      const clock = await startClock({ redis, log })
      stopping.signal.addEventListener('abort', () => void clock.stop())
      const { signal } = stopping
      const tokens = new Map(own.map(({ entry, ready }) => [entry.environmentAccount, ready.token ?? '']))
      const accounts = { token: async (id: string) => tokens.get(id) ?? '' }
      const access = createAccess({ accounts, redis, clock, log, signal })
      checks.push(reachCheck(ownAddress(config), { addresses: null, here: areHere }))
      checks.push(...own.map((cloud) => accountCheck(cloud, access(cloud.entry, cloud.entry.environmentAccount), true)))
    }
    checks.push(...absentChats(config, CHATS).map(({ name, variable }) => absentChat(name, variable)))
    const found = await Promise.all([...checks.map((check) => runCheck(check)), chatLines(config, storage)])
    return [...lines, ...found.flat()]
  } finally {
    stopping.abort()
    await storage.close()
  }
}

/** As agents and browsers would reach a bot of this configuration. */
function ownAddress({ publicUrl, host, port }: Config): string {
  return publicUrl ?? addressHere(host, port)
}

/** Connects each chat for a moment, so that it can say whether it hears. */
async function chatLines(config: Config, { redis }: Storage): Promise<readonly CheckLine[]> {
  const log = pino({ level: 'silent' })
  const secret = await obtainSecret(config.secret, config.dataDir)
  const chats = await openChats(config, CHATS, {
    redis,
    charts: { png: async () => null },
    vault: createVault(redis, secret),
    chatRoutes: createChatRoutes(CHATS.map(({ name }) => name)),
    publicUrl: ownAddress(config),
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
    message: 'Spinup is not running right now; nothing was changed.',
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
