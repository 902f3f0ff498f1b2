import { resolve } from 'node:path'
import type { ZodType } from 'zod'
import type { ChatEntry } from '../chat/entry.ts'
import { SpinupError } from '../core/model/error.ts'
import { BALANCERS, CHATS, CLOUDS } from '../registry/registry.ts'
import type { Config } from './config.ts'
import { VARIABLES } from './variables.ts'

type Environment = Readonly<Record<string, string | undefined>>

interface Adapter {
  readonly name: string
  readonly environment: ZodType
}

/** Reads the environment; throws `SpinupError` `configuration` naming each wrong variable and what to do. */
export function readConfig(env: Environment, chats: readonly ChatEntry[] = CHATS): Config {
  // An empty value in an .env file means the same as none.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const read = (adapters: readonly Adapter[]) =>
    adapters.map(({ name, environment }) => ({ name, read: environment.safeParse(given) }))
  const parsed = VARIABLES.safeParse(given)
  const [clouds, balancers, talked] = [read(CLOUDS), read(BALANCERS), read(chats)]
  const adapters = [...clouds, ...balancers, ...talked]
  const issues = [parsed, ...adapters.map((one) => one.read)].flatMap(({ error }) => error?.issues ?? [])
  if (!parsed.success || issues.length > 0) {
    const lines = issues.map(({ path: [name], message }) =>
      name === undefined ? message : `${String(name)}=${shown(String(name), given)}: it takes ${message}`,
    )
    throw new SpinupError('configuration', `Wrong configuration. ${lines.join('. ')}.`)
  }
  const value = parsed.data
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
    clouds: setUp(clouds),
    balancers: setUp(balancers),
    chats: setUp(talked),
    quickchartUrl: value.QUICKCHART_URL ?? null,
  }
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
