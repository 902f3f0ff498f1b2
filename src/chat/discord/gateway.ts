import { Client, Events, GatewayCloseCodes, GatewayIntentBits, Status, type Guild, type Interaction } from 'discord.js'
import type { Logger } from 'pino'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import { chatFailure, TOKEN_REFUSED } from './failure.ts'
import { createRest, restOptions } from './rest.ts'

const PATIENCE_MS = 30_000
/** Away for longer than this, the SDK is given up and a new connection begun. */
const AWAY_MS = 120_000
const LOOK_MS = 5000

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
  readonly onGuild: (guild: Guild) => unknown
  /** Once, when it hears nothing any more and will not by itself. */
  readonly onEnd: (error: SpinupError) => void
}): Promise<Gateway> {
  const { log, signal } = options
  // Guilds is not a privileged intent: no messages, no members, no presences are received.
  const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: restOptions(options.apiUrl) })
  client.rest = createRest(options.token, options.apiUrl)
  /** What is thrown in a listener ends the program otherwise. */
  const safely =
    <T>(listener: (given: T) => unknown) =>
    (given: T): void => {
      try {
        listener(given)
      } catch (error) {
        log.error({ reason: messageOf(error) }, 'something from Discord was lost')
      }
    }
  client.on(Events.InteractionCreate, safely(options.onInteraction))
  client.on(Events.GuildCreate, safely(options.onGuild))
  client.on(Events.GuildAvailable, safely(options.onGuild))
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
  // `isReady` stays true when the connection breaks.
  const connected = (): boolean => client.isReady() && client.ws.shards.every(({ status }) => status === Status.Ready)
  let connectedAt = performance.now()
  const watch = setInterval(() => {
    if (connected()) connectedAt = performance.now()
    else if (performance.now() - connectedAt > AWAY_MS) end(AWAY())
  }, LOOK_MS)
  const end = (error: SpinupError): void => {
    clearInterval(watch)
    options.onEnd(error)
  }
  client.on(Events.ShardDisconnect, ({ code }) => end(closed(code)))
  return {
    // `ClientReady` has come.
    client: client as Client<true>,
    connected,
    stop: () => {
      clearInterval(watch)
      return client.destroy()
    },
  }
}

const AWAY = (): SpinupError =>
  new SpinupError('chatFailed', `Discord’s gateway has been away for ${AWAY_MS / 60_000} minutes.`, { retryable: true })

/** Why Discord ended a connection, by its number. */
function closed(code: number): SpinupError {
  if (code === GatewayCloseCodes.AuthenticationFailed) return TOKEN_REFUSED()
  if (code === GatewayCloseCodes.DisallowedIntents || code === GatewayCloseCodes.InvalidIntents) return INTENTS()
  const message = `Discord ended the connection (${code}) and takes no other of this kind. Update Spinup.`
  return new SpinupError('chatFailed', message, { retryable: false })
}

const INTENTS = (): SpinupError =>
  new SpinupError(
    'chatFailed',
    'Discord refuses the events Spinup asks for. See the application’s page “Bot”: Spinup needs no privileged intent, and the application must not be disabled.',
    { retryable: false },
  )

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
  if (/intents/i.test(text)) return INTENTS()
  return chatFailure(error)
}
