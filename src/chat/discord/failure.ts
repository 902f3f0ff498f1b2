import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js'
import { SpinupError } from '../../core/model/error.ts'
import type { Failure } from '../upsert/platform.ts'
import type { Message } from './outgoing.ts'
import { clip } from '../../core/model/letters.ts'

/** Discord's own numbers of what went wrong. */
export const CODE = {
  unknownChannel: 10_003,
  unknownMessage: 10_008,
  unknownInteraction: 10_062,
  alreadyAnswered: 40_060,
  tokenExpired: 50_027,
  missingAccess: 50_001,
  missingPermissions: 50_013,
  threadArchived: 50_083,
  threadExists: 160_004,
} as const

/** What Discord said; null when it said nothing of that kind. */
export function codeOf(error: unknown): number | null {
  return error instanceof DiscordAPIError && typeof error.code === 'number' ? error.code : null
}

/** 400s that are about something other than the message. */
const SAYS_ELSE: ReadonlySet<number | string> = new Set([CODE.alreadyAnswered, CODE.threadExists, CODE.threadArchived])

/** What a call about a card came to. */
export function explain(error: unknown, message?: Message): Failure {
  const failure = chatFailure(error)
  const code = codeOf(error)
  const filesRefused = (message?.files.length ?? 0) > 0 && code === CODE.missingPermissions
  const means = code === CODE.unknownMessage ? 'gone' : filesRefused || isRefused(error) ? 'refused' : 'other'
  const answered = error instanceof RateLimitError || (isDiscords(error) && error.status < 500)
  return { error: failure, means, inDoubt: !answered }
}

/** Discord read the message and will never take it: something else has to be sent. */
function isRefused(error: unknown): boolean {
  if (error instanceof DiscordAPIError && error.status === 413) return true
  return isDiscords(error) && error.status === 400 && !SAYS_ELSE.has(error.code)
}

/** Whether Discord itself said so: it gives each of its refusals a number, what stands in between sends a page. */
function isDiscords(error: unknown): error is DiscordAPIError {
  return error instanceof DiscordAPIError && typeof error.code === 'number'
}

/**
 * Anything thrown by a call to Discord as `chatFailed`, or as `unauthorised` where nothing at all may be sent there, with
 * what to do about it. The original is left behind: it holds
 * the address of the call, in which there may be a token.
 */
export function chatFailure(error: unknown): SpinupError {
  if (error instanceof SpinupError) return error
  if (error instanceof RateLimitError) {
    const retryAfterMs = Math.ceil(Math.max(error.retryAfter, error.timeToReset, error.sublimitTimeout, 0))
    return new SpinupError('chatFailed', `Discord asks for ${retryAfterMs} ms of patience.`, {
      retryable: true,
      retryAfterMs,
    })
  }
  if (isDiscords(error)) return refusal(error)
  if (error instanceof HTTPError || error instanceof DiscordAPIError) return failing(error.status)
  return new SpinupError('chatFailed', 'Discord did not answer; it is tried again.', { retryable: true })
}

/** Something answered, and it was not Discord as it is when it works. `status`: of HTTP. */
export function failing(status: number): SpinupError {
  return new SpinupError('chatFailed', `Discord is failing (${status}); it is tried again.`, { retryable: true })
}

export const TOKEN_REFUSED = (): SpinupError =>
  new SpinupError(
    'unauthorised',
    'Discord refuses the bot’s token. Reset it on the application’s page “Bot”, set DISCORD_TOKEN and start Spinup again.',
    { retryable: false },
  )

function refusal(error: DiscordAPIError): SpinupError {
  const numbered = (message: string): string => `${message} (Discord’s ${error.code})`
  const closed = (message: string): SpinupError =>
    new SpinupError('unauthorised', numbered(message), { retryable: false })
  if (error.code === CODE.tokenExpired) {
    return new SpinupError('chatFailed', numbered('Discord takes no answer more than 15 minutes after the question.'), {
      retryable: false,
    })
  }
  if (error.status === 401) return TOKEN_REFUSED()
  switch (error.code) {
    case CODE.unknownChannel:
      return closed('That Discord channel is gone. Type /spinup connect or /spinup notify in the one to use.')
    case CODE.missingAccess:
      return closed(
        'Spinup cannot view that Discord channel. In its settings, let the role of Spinup have “View Channel”.',
      )
    case CODE.missingPermissions:
      return closed(
        'Spinup lacks a permission in that Discord channel. Let its role have “Send Messages”, “Attach Files”, “Create Public Threads” and “Send Messages in Threads”; /spinup doctor says which one.',
      )
    default:
      return new SpinupError(
        'chatFailed',
        numbered(`Discord refused a message: ${clip(error.message.split('\n').slice(0, 3).join(' '), 300)}`),
        { retryable: false },
      )
  }
}
