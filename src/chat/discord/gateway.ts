import {
  Client,
  Events,
  GatewayIntentBits,
  REST,
  Status,
  type Guild,
  type Interaction,
  type RESTOptions,
} from 'discord.js'
import type { Logger } from 'pino'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import { chatFailure, TOKEN_REFUSED } from './failure.ts'

const PATIENCE_MS = 30_000

/** A connected client: it hears interactions and knows the guilds, and nothing else. */
export interface Gateway {
  readonly client: Client<true>
  /** It hears now. */
  connected(): boolean
  stop(): Promise<void>
}

/** Connects; resolves when the guilds are known. Throws `chatFailed`, for good when Discord refuses the token. */
export async function connectGateway(options: {
  readonly token: string
  readonly apiUrl: string | null
  readonly log: Logger
  readonly signal: AbortSignal
  readonly onInteraction: (interaction: Interaction) => void
  readonly onGuild: (guild: Guild) => void
}): Promise<Gateway> {
  const { log, signal } = options
  // Guilds is not a privileged intent: no messages, no members, no presences are received.
  const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: restOptions(options.apiUrl) })
  client.on(Events.InteractionCreate, options.onInteraction)
  client.on(Events.GuildCreate, options.onGuild)
  client.on(Events.GuildAvailable, options.onGuild)
  client.on(Events.ShardDisconnect, ({ code }) =>
    log.error({ code }, 'Discord ended the connection for good; reset the token and start again'),
  )
  client.on(Events.ShardReconnecting, () => log.warn('Discord’s gateway is away; connecting again'))
  client.on(Events.ShardResume, () => log.info('Discord’s gateway is back'))
  try {
    await within(signal, ready(client, options.token))
  } catch (error) {
    await client.destroy().catch(() => undefined)
    throw connectFailure(error)
  }
  // From here on these are weather; while connecting they ended it.
  client.on(Events.Error, (error) => log.warn({ reason: messageOf(error) }, 'Discord’s gateway'))
  client.on(Events.ShardError, (error) => log.warn({ reason: messageOf(error) }, 'Discord’s gateway'))
  return {
    // `ClientReady` has come.
    client: client as Client<true>,
    // `isReady` stays true when the connection breaks.
    connected: () => client.isReady() && client.ws.shards.every(({ status }) => status === Status.Ready),
    stop: () => client.destroy(),
  }
}

async function ready(client: Client, token: string): Promise<void> {
  const come = new Promise<void>((resolve, reject) => {
    client.once(Events.ClientReady, () => resolve())
    client.once(Events.ShardError, reject)
    client.once(Events.Error, reject)
  })
  // Whichever of the two fails first is reported; the other must be handled too.
  come.catch(() => undefined)
  await client.login(token)
  await come
}

function within(signal: AbortSignal, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer for ${PATIENCE_MS} ms`)), PATIENCE_MS)
    const aborted = (): void => reject(new Error('Spinup is stopping'))
    signal.addEventListener('abort', aborted, { once: true })
    if (signal.aborted) aborted()
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
    })
  })
}

function connectFailure(error: unknown): SpinupError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
  const text = messageOf(error)
  if (code === 'TokenInvalid' || /authentication failed/i.test(text)) return TOKEN_REFUSED()
  if (/intents/i.test(text)) {
    return new SpinupError('chatFailed', `Discord refuses the events Spinup asks for: ${text}`, { retryable: false })
  }
  return chatFailure(error)
}

/** A longer wait than this is for the sender to plan with, ms. */
const LONGEST_WAIT_MS = 1000

/** Deadlines and patience of every call; `apiUrl` null: Discord's own. */
function restOptions(apiUrl: string | null): Partial<RESTOptions> {
  return {
    ...(apiUrl === null ? {} : { api: apiUrl }),
    timeout: 10_000,
    retries: 2,
    // A bucket that is empty holds up its own channel alone, and not even that for long.
    rejectOnRateLimit: ({ retryAfter, timeToReset, sublimitTimeout }) =>
      Math.max(retryAfter, timeToReset, sublimitTimeout) > LONGEST_WAIT_MS,
  }
}

/** Calls to Discord that need no gateway, so that cards are posted while it is away. */
export function createRest(token: string, apiUrl: string | null): REST {
  return new REST(restOptions(apiUrl)).setToken(token)
}
