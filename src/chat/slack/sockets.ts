import { setTimeout as delay } from 'node:timers/promises'
import { SocketModeReceiver, webApi, type App } from '@slack/bolt'
import type { Logger } from 'pino'
import { SpinupError } from '../../core/model/error.ts'
import { chatFailure, errorCodeOf } from './failure.ts'
import { within } from './network.ts'
import type { SdkLogger } from './sdk-logger.ts'

/**
 * Two connections: Slack closes each of them now and then, and what people press meanwhile comes through the other.
 * Made again by us, as the SDK waits five seconds first, and its own failing reconnect ends the process.
 */
const CONNECTIONS = 2
const FIRST_REST_MS = 200
const LONGEST_REST_MS = 30_000
/** For Slack's greeting. */
const HELLO_MS = 15_000
const GOODBYE_MS = 2000

/** Socket Mode: Slack's words come through connections that this side opens. */
export interface Sockets {
  init(app: App): void
  /** Resolves once connected. Throws `configuration` when the token is refused, else `chatFailed`; `ended`: it is refused later. */
  start(ended?: (error: SpinupError) => void): Promise<void>
  stop(): Promise<void>
  readonly connected: number
  readonly wanted: number
}

export function createSockets(parts: {
  readonly appToken: string
  readonly clientOptions: webApi.WebClientOptions
  readonly logger: SdkLogger
  readonly log: Logger
  readonly failed: (error: unknown) => void
}): Sockets {
  const { appToken, clientOptions, logger, log, failed } = parts
  const receivers = Array.from(
    { length: CONNECTIONS },
    () =>
      new SocketModeReceiver({
        appToken,
        logger,
        autoReconnectEnabled: false,
        installerOptions: { clientOptions },
        processEventErrorHandler: async ({ error }) => {
          failed(error)
          return true
        },
      }),
  )
  const open = new Set<SocketModeReceiver>()
  let stopping = new AbortController()
  let running: Promise<unknown> = Promise.resolve()

  /** Opens a connection; `ended` is the end of it. */
  const connect = async (receiver: SocketModeReceiver): Promise<{ readonly ended: Promise<void> }> => {
    const { client } = receiver
    // The SDK waits without end for a greeting on a line that was cut before it.
    const starting = client.start().then(() => true)
    if ((await within(HELLO_MS, starting)) === null) {
      starting.catch(() => undefined)
      void client.disconnect()
      throw new SpinupError('chatFailed', 'Slack did not greet.', { retryable: true })
    }
    open.add(receiver)
    const ended = new Promise<void>((resolve) => {
      client.once('disconnected', () => {
        open.delete(receiver)
        resolve()
      })
    })
    return { ended }
  }

  const keep = async (
    receiver: SocketModeReceiver,
    first: Promise<void> | null,
    signal: AbortSignal,
    refusedLater: (error: SpinupError) => void,
  ): Promise<void> => {
    let ended = first
    for (let rest = FIRST_REST_MS; !signal.aborted; rest = Math.min(rest * 2, LONGEST_REST_MS)) {
      try {
        ended ??= (await connect(receiver)).ended
        rest = FIRST_REST_MS / 2
        // Stopped while it was being made: nobody else would close it.
        if (signal.aborted) void receiver.client.disconnect()
        await ended
        if (!signal.aborted) log.debug('Slack closed a connection; opening it again')
      } catch (error) {
        const failure = connectFailure(error)
        log.warn({ reason: failure.message }, 'could not connect to Slack; will try again')
        if (!failure.retryable && open.size === 0) refusedLater(failure)
      }
      ended = null
      await delay(rest * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined)
    }
  }

  const stop = async (): Promise<void> => {
    stopping.abort()
    // One that is being made is ended once it is: the SDK leaves a timer behind where it is asked to before.
    const goodbyes = [...open].map(({ client }) => client.disconnect())
    const gone = new AbortController()
    await Promise.race([
      Promise.allSettled([...goodbyes, running]),
      delay(GOODBYE_MS, undefined, { signal: gone.signal }).catch(() => undefined),
    ])
    gone.abort()
  }

  return {
    wanted: CONNECTIONS,
    get connected() {
      return open.size
    },
    init: (app) => receivers.forEach((receiver) => receiver.init(app)),
    start: async (onEnd) => {
      // One that was refused may have been taken again meanwhile: nobody would close it.
      await stop()
      await within(HELLO_MS, running)
      stopping = new AbortController()
      const { signal } = stopping
      const [first, ...others] = receivers
      if (first === undefined) return
      try {
        const { ended } = await connect(first)
        if (signal.aborted) return void first.client.disconnect()
        const late = (error: SpinupError): void => onEnd?.(error)
        running = Promise.all([keep(first, ended, signal, late), ...others.map((one) => keep(one, null, signal, late))])
      } catch (error) {
        throw connectFailure(error)
      }
    },
    stop,
  }
}

function connectFailure(error: unknown): SpinupError {
  if (errorCodeOf(error) === null) return chatFailure(error, 'connect to Slack')
  const { message, retryable } = chatFailure(error, 'connect with SLACK_APP_TOKEN')
  if (retryable) return new SpinupError('chatFailed', message, { retryable })
  const remedy = 'SLACK_APP_TOKEN is an app-level token with the scope connections:write, from “Basic Information”.'
  return new SpinupError('configuration', `Slack refused to connect (${errorCodeOf(error)}). ${remedy}`)
}
