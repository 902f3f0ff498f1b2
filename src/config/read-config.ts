import { resolve } from 'node:path'
import { SpinupError } from '../core/model/error.ts'
import type { ChatEntry } from '../chat/entry.ts'
import { CHATS } from '../registry/registry.ts'
import type { Config } from './config.ts'
import { TOGETHER, VARIABLES } from './variables.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Reads the environment; throws `SpinupError` `configuration` naming each wrong variable and what to do. */
export function readConfig(env: Environment, chats: readonly ChatEntry[] = CHATS): Config {
  // An empty value in an .env file means the same as none.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = VARIABLES.safeParse(given)
  const talked = chats.map(({ name, environment }) => ({ name, read: environment.safeParse(given) }))
  const issues = [parsed, ...talked.map(({ read }) => read)].flatMap(({ error }) => error?.issues ?? [])
  if (!parsed.success || issues.length > 0) {
    const lines = issues.map(({ path: [name], message }) =>
      name === undefined ? message : `${String(name)}=${shown(String(name), given)}: it takes ${message}`,
    )
    throw new SpinupError('configuration', `Wrong configuration. ${lines.join('. ')}.`)
  }
  const value = parsed.data
  const alone = TOGETHER.filter(([one, other]) => value[one] !== undefined && value[other] === undefined)
  if (alone.length > 0) {
    const lines = alone.map(([one, other]) => `${one} is set, and needs ${other} as well`)
    throw new SpinupError('configuration', `Wrong configuration. ${lines.join('. ')}.`)
  }
  return {
    redisUrl: value.REDIS_URL ?? null,
    host: value.SPINUP_HOST,
    port: value.SPINUP_PORT,
    publicUrl: value.SPINUP_PUBLIC_URL ?? null,
    dataDir: resolve(value.SPINUP_DATA_DIR),
    secret: value.SPINUP_SECRET ?? null,
    consolePassword: value.SPINUP_CONSOLE_PASSWORD ?? null,
    logLevel: value.SPINUP_LOG_LEVEL,
    takeoverMs: value.SPINUP_TAKEOVER,
    reconcileMs: value.SPINUP_RECONCILE,
    balancer: { host: value.SPINUP_BALANCER_HOST, port: value.SPINUP_BALANCER_PORT },
    digitalocean: {
      apiUrl: value.DIGITALOCEAN_API_URL,
      oauthUrl: value.DIGITALOCEAN_OAUTH_URL,
      token: value.DIGITALOCEAN_TOKEN ?? null,
      clientId: value.DIGITALOCEAN_CLIENT_ID ?? null,
      clientSecret: value.DIGITALOCEAN_CLIENT_SECRET ?? null,
      pollMs: value.DIGITALOCEAN_POLL,
      patience: value.DIGITALOCEAN_PATIENCE,
    },
    haproxy:
      value.HAPROXY_ADDRESS === undefined || value.HAPROXY_BACKEND === undefined
        ? null
        : { address: value.HAPROXY_ADDRESS, backend: value.HAPROXY_BACKEND },
    caddy: value.CADDY_ADMIN === undefined ? null : { admin: value.CADDY_ADMIN, handler: value.CADDY_HANDLER ?? null },
    webhook:
      value.WEBHOOK_BALANCER_URL === undefined || value.WEBHOOK_BALANCER_SECRET === undefined
        ? null
        : {
            url: value.WEBHOOK_BALANCER_URL,
            secret: value.WEBHOOK_BALANCER_SECRET,
            format: value.WEBHOOK_BALANCER_FORMAT,
            settleMs: value.WEBHOOK_BALANCER_SETTLE,
          },
    chats: Object.fromEntries(
      talked.flatMap(({ name, read: { data = null } }) => (data === null ? [] : [[name, data]])),
    ),
    quickchartUrl: value.QUICKCHART_URL ?? null,
  }
}

/** A value as it may be repeated; a Redis URL may hold a password before its @. */
function shown(name: string, given: Environment): string | undefined {
  return /SECRET|PASSWORD|TOKEN|WEBHOOK_BALANCER_URL/.test(name) ? '…' : given[name]?.replace(/^.*@/s, '…@')
}
