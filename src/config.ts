import { resolve } from 'node:path'
import { z } from 'zod'
import { parseDuration } from './core/model/duration.ts'
import { SpinupError } from './core/model/error.ts'

/** Everything Spinup is told from outside, checked once at start. */
export interface Config {
  /** null: Spinup runs its own Redis in its data folder. */
  readonly redisUrl: string | null
  readonly host: string
  readonly port: number
  /** Where agents and browsers reach the bot; null: its own address. */
  readonly publicUrl: string | null
  readonly dataDir: string
  /** Signs and encrypts; null: made on first start and kept in the data folder. */
  readonly secret: string | null
  readonly consolePassword: string | null
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** How soon a crashed bot's work is taken over, ms. */
  readonly takeoverMs: number
  /** Between two comparisons of Redis, the account and the balancer, ms. */
  readonly reconcileMs: number
  /** Where visitors reach the built-in balancer. */
  readonly balancer: { readonly host: string; readonly port: number }
  /** The cloud on this machine; null: not offered. */
  readonly local: LocalConfig | null
  readonly digitalocean: DigitalOceanConfig
  /** Balancers reached by the environment; null: not set, so it is asked for on the connect page. */
  readonly haproxy: { readonly address: string; readonly backend: string } | null
  readonly caddy: { readonly admin: string; readonly handler: string | null } | null
  readonly webhook: WebhookConfig | null
  /** null: Slack is not talked to. */
  readonly slack: SlackConfig | null
  readonly discord: DiscordConfig | null
  /** Charts are drawn there; null: here. */
  readonly quickchartUrl: string | null
}

export interface SlackConfig {
  /** null: Slack's own. */
  readonly apiUrl: string | null
  /** Of the installation's own workspace; null: workspaces install the app themselves. */
  readonly botToken: string | null
  /** Socket Mode; null: requests come to `/slack/events`, signed. */
  readonly appToken: string | null
  readonly signingSecret: string | null
  /** Lets other workspaces install the app. */
  readonly clientId: string | null
  readonly clientSecret: string | null
}

export interface DiscordConfig {
  readonly token: string
  /** null: Discord's own. */
  readonly apiUrl: string | null
}

export interface DigitalOceanConfig {
  readonly apiUrl: string
  readonly oauthUrl: string
  /** An account that needs no linking; null: none. */
  readonly token: string | null
  /** This installation's application at DigitalOcean; null: accounts are linked by pasting a token. */
  readonly clientId: string | null
  readonly clientSecret: string | null
  /** Between looks at something that takes its time, ms. */
  readonly pollMs: number
  /** Every other wait at DigitalOcean, as a share of the usual; tests are less patient. */
  readonly patience: number
}

export interface WebhookConfig {
  readonly url: string
  readonly secret: string
  readonly format: 'json' | 'form'
  readonly settleMs: number
}

export interface LocalConfig {
  /** Folder of the app that runs on the first droplet. */
  readonly appDir: string
  readonly dropletName: string
  readonly vcpus: number
  readonly memoryBytes: number
  readonly bootMs: number
  readonly snapshotMs: number
  readonly dollarsPerHour: number
}

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'a port number from 0 to 65535, e.g. 8080')
  .transform(Number)
  .refine((value) => value <= 65_535, 'a port number from 0 to 65535, e.g. 8080')

const span = (example: string) =>
  z.string().transform((text, context) => {
    const ms = parseDuration(text)
    if (ms !== null) return ms
    context.addIssue({ code: 'custom', message: `a duration, e.g. ${example}` })
    return z.NEVER
  })

const url = (what: string) =>
  z
    .string()
    // `localhost:8080` parses too, as a URL of the scheme `localhost:`.
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), what)
    .transform((text) => text.replace(/\/+$/, ''))

const number = (least: number, most: number, example: string) =>
  z
    .string()
    .transform(Number)
    .refine((value) => value >= least && value <= most, `a number from ${least} to ${most}, e.g. ${example}`)

const secret = (what: string) => z.string().regex(/^\S+$/, what)

const SCHEMA = z.object({
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/.+/, 'a URL such as redis://127.0.0.1:6379')
    .optional(),
  SPINUP_HOST: z.string().min(1).default('127.0.0.1'),
  SPINUP_PORT: port.default(8080),
  SPINUP_PUBLIC_URL: url('a URL such as https://spinup.example.com').optional(),
  SPINUP_DATA_DIR: z.string().min(1).default('.spinup'),
  SPINUP_SECRET: z.string().min(16, 'at least 16 characters, e.g. the output of: openssl rand -hex 32').optional(),
  SPINUP_CONSOLE_PASSWORD: z.string().min(8, 'at least 8 characters').optional(),
  SPINUP_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], 'debug, info, warn or error').default('info'),
  SPINUP_TAKEOVER: span('10s').default(10_000),
  SPINUP_RECONCILE: span('1m').default(60_000),
  SPINUP_BALANCER_HOST: z.string().min(1).default('127.0.0.1'),
  SPINUP_BALANCER_PORT: port.default(8081),
  SPINUP_LOCAL_APP: z.string().min(1).optional(),
  SPINUP_LOCAL_NAME: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'lower-case letters, digits and -, e.g. web')
    .default('web'),
  SPINUP_LOCAL_VCPUS: number(0.05, 16, '0.25').default(0.25),
  SPINUP_LOCAL_MEMORY_MB: number(64, 65_536, '512').default(512),
  SPINUP_LOCAL_BOOT: span('5s').default(5000),
  SPINUP_LOCAL_SNAPSHOT: span('3s').default(3000),
  DIGITALOCEAN_API_URL: url('a URL such as https://api.digitalocean.com/v2').default('https://api.digitalocean.com/v2'),
  DIGITALOCEAN_OAUTH_URL: url('a URL such as https://cloud.digitalocean.com/v1/oauth').default(
    'https://cloud.digitalocean.com/v1/oauth',
  ),
  DIGITALOCEAN_TOKEN: secret('a token as DigitalOcean shows it, e.g. dop_v1_…').optional(),
  DIGITALOCEAN_CLIENT_ID: z.string().min(1).optional(),
  DIGITALOCEAN_CLIENT_SECRET: secret('the client secret of that application').optional(),
  DIGITALOCEAN_POLL: span('5s').default(5000),
  DIGITALOCEAN_PATIENCE: number(0.01, 10, '1').default(1),
  HAPROXY_ADDRESS: z
    .string()
    .regex(/^(unix:\/.+|tcp:\/\/.+:\d+)$/, 'its runtime API, e.g. unix:/run/haproxy/admin.sock or tcp://10.0.0.2:9999')
    .optional(),
  HAPROXY_BACKEND: z
    .string()
    .regex(/^[\w.:-]+$/, 'the name of a backend, e.g. app')
    .optional(),
  CADDY_ADMIN: z
    .string()
    .regex(/^(unix:\/.+|http:\/\/.+)$/, 'its admin API, e.g. http://127.0.0.1:2019 or unix:/run/caddy/admin.sock')
    .optional(),
  CADDY_HANDLER: z.string().min(1).optional(),
  WEBHOOK_BALANCER_URL: url('a URL such as https://balancer.internal/spinup').optional(),
  WEBHOOK_BALANCER_SECRET: z
    .string()
    .min(16, 'at least 16 characters, e.g. the output of: openssl rand -hex 32')
    .optional(),
  WEBHOOK_BALANCER_FORMAT: z.enum(['json', 'form'], 'json or form').default('json'),
  WEBHOOK_BALANCER_SETTLE: span('30s').default(30_000),
  SLACK_BOT_TOKEN: z
    .string()
    .regex(/^xoxb-\S+$/, 'a bot token, which begins with xoxb-')
    .optional(),
  SLACK_APP_TOKEN: z
    .string()
    .regex(/^xapp-\S+$/, 'an app-level token with connections:write, which begins with xapp-')
    .optional(),
  SLACK_SIGNING_SECRET: secret('the signing secret on the app’s page “Basic Information”').optional(),
  SLACK_CLIENT_ID: secret('the client id on the app’s page “Basic Information”').optional(),
  SLACK_CLIENT_SECRET: secret('the client secret on the app’s page “Basic Information”').optional(),
  SLACK_API_URL: url('a URL such as https://slack.com/api').optional(),
  DISCORD_TOKEN: secret('the token on the application’s page “Bot”').optional(),
  DISCORD_API_URL: url('a URL such as https://discord.com/api').optional(),
  QUICKCHART_URL: url('a URL such as https://quickchart.io').optional(),
})

/** Variables that mean something only together. */
const TOGETHER: readonly (readonly [one: keyof z.infer<typeof SCHEMA>, other: keyof z.infer<typeof SCHEMA>])[] = [
  ['HAPROXY_ADDRESS', 'HAPROXY_BACKEND'],
  ['HAPROXY_BACKEND', 'HAPROXY_ADDRESS'],
  ['CADDY_HANDLER', 'CADDY_ADMIN'],
  ['WEBHOOK_BALANCER_URL', 'WEBHOOK_BALANCER_SECRET'],
  ['WEBHOOK_BALANCER_SECRET', 'WEBHOOK_BALANCER_URL'],
  ['DIGITALOCEAN_CLIENT_SECRET', 'DIGITALOCEAN_CLIENT_ID'],
  ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET'],
  ['SLACK_CLIENT_SECRET', 'SLACK_CLIENT_ID'],
]

/** Reads the environment; throws `SpinupError` `configuration` naming each wrong variable and what to do. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  // An empty value in an .env file means the same as none.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = SCHEMA.safeParse(given)
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

/** A way in (a token, or an app to install) and a way to hear (a socket, or signed requests) are both needed. */
function slackOf(value: z.infer<typeof SCHEMA>): SlackConfig | null {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = value
  const { SLACK_CLIENT_ID: clientId, SLACK_CLIENT_SECRET: clientSecret } = value
  const wayIn = botToken ?? clientId
  const wayToHear = appToken ?? signingSecret
  if (wayIn === undefined && wayToHear === undefined) return null
  if (wayIn === undefined) {
    throw new SpinupError(
      'configuration',
      'Wrong configuration. Slack needs SLACK_BOT_TOKEN as well, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET to let workspaces install the app.',
    )
  }
  if (wayToHear === undefined) {
    throw new SpinupError(
      'configuration',
      'Wrong configuration. Slack needs SLACK_APP_TOKEN as well (Socket Mode), or SLACK_SIGNING_SECRET (requests to /slack/events).',
    )
  }
  return {
    apiUrl: value.SLACK_API_URL ?? null,
    botToken: botToken ?? null,
    appToken: appToken ?? null,
    signingSecret: signingSecret ?? null,
    clientId: clientId ?? null,
    clientSecret: clientSecret ?? null,
  }
}
