import { resolve } from 'node:path'
import { SpinupError } from '../core/model/error.ts'
import type { Config } from './config.ts'
import { slackOf } from './slack.ts'
import { TOGETHER, VARIABLES } from './variables.ts'

/** Reads the environment; throws `SpinupError` `configuration` naming each wrong variable and what to do. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  // An empty value in an .env file means the same as none.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = VARIABLES.safeParse(given)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0])
      // A Redis URL may hold a password before its @.
      const shown = /SECRET|PASSWORD|TOKEN|WEBHOOK_BALANCER_URL/.test(name) ? '…' : given[name]?.replace(/^.*@/s, '…@')
      return `${name}=${shown}: it takes ${issue.message}`
    })
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
    local:
      value.SPINUP_LOCAL_APP === undefined
        ? null
        : {
            appDir: resolve(value.SPINUP_LOCAL_APP),
            dropletName: value.SPINUP_LOCAL_NAME,
            vcpus: value.SPINUP_LOCAL_VCPUS,
            memoryBytes: value.SPINUP_LOCAL_MEMORY_MB * 1024 * 1024,
            bootMs: value.SPINUP_LOCAL_BOOT,
            snapshotMs: value.SPINUP_LOCAL_SNAPSHOT,
            dollarsPerHour: 0.006,
          },
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
    slack: slackOf(value),
    discord:
      value.DISCORD_TOKEN === undefined ? null : { token: value.DISCORD_TOKEN, apiUrl: value.DISCORD_API_URL ?? null },
    quickchartUrl: value.QUICKCHART_URL ?? null,
  }
}
