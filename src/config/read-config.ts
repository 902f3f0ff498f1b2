import { resolve } from 'node:path'
import { z, type ZodType } from 'zod'
import type { ChatEntry } from '../chat/entry.ts'
import { SpinupError } from '../core/model/error.ts'
import { BALANCERS, CHATS, CLOUDS } from '../registry/registry.ts'
import type { TrustedProxies } from '../core/model/address.ts'
import { address, port, proxies, span, url } from './values.ts'

type Environment = Readonly<Record<string, string | undefined>>

interface Adapter {
  readonly name: string
  readonly environment: ZodType
}

/** Reads the environment, of which `warnings` are known; throws `SpinupError` `configuration` naming each wrong variable and what to do. */
export function readConfig(
  env: Environment,
  chats: readonly ChatEntry[] = CHATS,
  warnings: readonly string[] = [],
): Config {
  const { parsed, clouds, balancers, talked, faults } = parse(env, chats)
  if (!parsed.success || faults.length > 0) {
    throw new SpinupError('configuration', `Wrong configuration. ${faults.map(({ words }) => words).join('. ')}.`)
  }
  const value = parsed.data
  return {
    redisUrl: value.REDIS_URL ?? null,
    host: value.SPINUP_HOST,
    port: value.SPINUP_PORT,
    publicUrl: value.SPINUP_PUBLIC_URL ?? null,
    trustedProxies: value.SPINUP_TRUST_PROXY ?? null,
    dataDir: resolve(value.SPINUP_DATA_DIR),
    secret: value.SPINUP_SECRET ?? null,
    backupPassphrase: value.SPINUP_BACKUP_PASSPHRASE ?? null,
    consolePassword: value.SPINUP_CONSOLE_PASSWORD ?? null,
    apiToken: value.SPINUP_TOKEN ?? null,
    logLevel: value.SPINUP_LOG_LEVEL,
    takeoverMs: value.SPINUP_TAKEOVER,
    reconcileMs: value.SPINUP_RECONCILE,
    clouds: setUp(clouds),
    balancers: setUp(balancers),
    chats: setUp(talked),
    quickchartUrl: value.QUICKCHART_URL ?? null,
    warnings,
  }
}

/** Something that is wrong, without a full stop; `variable` null: of several together. */
export interface Fault {
  readonly variable: string | null
  readonly words: string
}

/** All that `readConfig` would refuse. */
export function faultsIn(env: Environment): readonly Fault[] {
  return parse(env, CHATS).faults
}

function parse(env: Environment, chats: readonly ChatEntry[]) {
  // An empty value in an .env file means the same as none.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const read = (adapters: readonly Adapter[]) =>
    adapters.map(({ name, environment }) => ({ name, read: environment.safeParse(given) }))
  const parsed = VARIABLES.safeParse(given)
  const [clouds, balancers, talked] = [read(CLOUDS), read(BALANCERS), read(chats)]
  const all = [parsed, ...[...clouds, ...balancers, ...talked].map((one) => one.read)]
  const faults = all
    .flatMap(({ error }) => error?.issues ?? [])
    .map(({ path: [name], message }): Fault => {
      if (name === undefined) return { variable: null, words: message }
      return { variable: String(name), words: `${String(name)}=${shown(String(name), given)}: it takes ${message}` }
    })
  return { parsed, clouds, balancers, talked, faults }
}

/** What each adapter read, by its name; one that is not set up is left out. */
function setUp(
  adapters: readonly { readonly name: string; readonly read: { readonly data?: unknown } }[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    adapters.flatMap(({ name, read: { data = null } }) => (data === null ? [] : [[name, data]])),
  )
}

/** A value as it may be repeated; a webhook's URL may be secret, and a Redis URL hold a password before its @. */
function shown(name: string, given: Environment): string | undefined {
  return /SECRET|PASSWORD|TOKEN|KEY|WEBHOOK/.test(name) ? '…' : given[name]?.replace(/^.*@/s, '…@')
}

/** Everything Spinup is given from outside, checked once at start. */
export interface Config {
  /** null: Spinup runs its own Redis in its data folder. */
  readonly redisUrl: string | null
  readonly host: string
  readonly port: number
  /** Where agents and browsers reach the bot; null: its own address. */
  readonly publicUrl: string | null
  /** Whose word is taken for where a request came from; null: nobody's. */
  readonly trustedProxies: TrustedProxies | null
  readonly dataDir: string
  /** Signs and encrypts; null: made on first start and kept in the data folder. */
  readonly secret: string | null
  /** Opens backups, which then hold the secret; null: the secret opens them. */
  readonly backupPassphrase: string | null
  readonly consolePassword: string | null
  /** What programs beside the bot call its API with. */
  readonly apiToken: string | null
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** How soon a crashed bot's work is taken over, ms. */
  readonly takeoverMs: number
  /** Between two comparisons of Redis, the account and the balancer, ms. */
  readonly reconcileMs: number
  /** What each cloud, balancer and chat platform that is set up reads of the environment, by its name; for it alone. */
  readonly clouds: Readonly<Record<string, unknown>>
  readonly balancers: Readonly<Record<string, unknown>>
  readonly chats: Readonly<Record<string, unknown>>
  /** Charts are drawn there; null: here. */
  readonly quickchartUrl: string | null
  /** What the doctor says of how it was given, in sentences. */
  readonly warnings: readonly string[]
}

/** The variables that no adapter reads for itself: what each takes, and what it is where it is not set. */
export const VARIABLES = z.object({
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/.+/, 'a URL such as redis://127.0.0.1:6379')
    .optional()
    .meta({
      about: 'A Redis 7 or Valkey 8, or later. Without it Spinup runs its own in the data folder.',
      example: 'redis://127.0.0.1:6379',
    }),
  SPINUP_HOST: z.string().min(1).default('127.0.0.1').meta({
    about: 'Where the console, its API and the agents’ door listen. Anything but loopback needs a console password.',
    example: '127.0.0.1',
  }),
  SPINUP_PORT: port.default(8080).meta({ about: 'The port there; 0: any free one.', example: '8080' }),
  SPINUP_PUBLIC_URL: address.optional().meta({
    about: 'How agents and browsers reach the bot, where that differs from the above.',
    example: 'https://spinup.example.com',
  }),
  SPINUP_TRUST_PROXY: proxies.optional().meta({
    about: 'Proxies whose X-Forwarded-For is believed: how many there are in a row, or their addresses.',
    example: '127.0.0.1',
  }),
  SPINUP_DATA_DIR: z
    .string()
    .min(1)
    .default('.spinup')
    .meta({ about: 'Where everything is kept.', example: '.spinup' }),
  SPINUP_SECRET: z
    .string()
    .min(16, 'at least 16 characters, e.g. the output of: openssl rand -hex 32')
    .optional()
    .meta({
      about: 'Signs and encrypts; made on first start and kept in the data folder when unset: openssl rand -hex 32',
      example: '',
    }),
  SPINUP_BACKUP_PASSPHRASE: z.string().min(12, 'at least 12 characters').optional().meta({
    about: 'Opens backups, which then hold the secret above as well; without it that secret opens them.',
    example: '',
  }),
  SPINUP_CONSOLE_PASSWORD: z.string().min(8, 'at least 8 characters').optional().meta({
    about: 'Protects the console; required to listen beyond loopback, and with a public address.',
    example: '',
  }),
  SPINUP_TOKEN: z.string().startsWith('spt_', 'a token that /spinup token new makes').optional().meta({
    about: 'For programs that call the API, such as npm run policy; the bot itself needs none.',
    example: '',
  }),
  SPINUP_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], 'debug, info, warn or error')
    .default('info')
    .meta({ about: 'debug, info, warn or error.', example: 'info' }),
  SPINUP_TAKEOVER: span('10s')
    .default(10_000)
    .meta({ about: 'How soon the work of a bot that crashed is taken over by another.', example: '10s' }),
  SPINUP_RECONCILE: span('1m')
    .default(60_000)
    .meta({ about: 'How often Redis, the account and the balancer are compared.', example: '1m' }),
  QUICKCHART_URL: url('a URL such as https://quickchart.io').optional().meta({
    about: 'Draws the charts there instead of here; the numbers of a chart then leave this machine.',
    example: 'https://quickchart.io',
  }),
})
