import { LogLevel } from '@slack/bolt'
import type { Logger } from 'pino'
import { clip } from '../../core/model/letters.ts'

/** The logger the SDK asks for. */
export interface SdkLogger {
  debug(...words: unknown[]): void
  info(...words: unknown[]): void
  warn(...words: unknown[]): void
  error(...words: unknown[]): void
  setLevel(level: LogLevel): void
  getLevel(): LogLevel
  setName(name: string): void
}

/**
 * The SDK's words in our log, as one line each and without secrets. Its debug lines hold whole requests, tokens and all,
 * so they go nowhere; its info lines tell nothing that ours do not.
 */
export function createSdkLogger(log: Logger, scrub: (text: string) => string): SdkLogger {
  const say = (words: readonly unknown[]): string => clip(scrub(words.map(wordOf).join(' ')), 1000)
  return {
    debug: () => undefined,
    info: (...words) => log.debug({ sdk: 'slack' }, say(words)),
    warn: (...words) => log.warn({ sdk: 'slack' }, say(words)),
    error: (...words) => log.warn({ sdk: 'slack' }, say(words)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  }
}

/** Errors by their message alone: their other fields hold headers and bodies. */
function wordOf(word: unknown): string {
  if (word instanceof Error) return word.message
  return typeof word === 'string' ? word : typeof word
}

const SHAPES: readonly RegExp[] = [
  /\bxox[a-z]{1,2}(?:\.xox[a-z]+)?-[\w.-]+/g,
  /\bxapp-[\w-]+/g,
  /\b(?:https?|wss?):\/\/\S*\/(?:commands|actions|services|response|link|upload)\/\S+/g,
  /\b(?:ticket|code|state|client_secret|refresh_token)=[^&\s"]+/g,
]

/** Takes out what looks like a token, a URL that is one, and these very secrets. */
export function createScrubber(secrets: readonly (string | null)[]): (text: string) => string {
  const known = secrets.filter((secret) => secret !== null && secret.length > 3) as readonly string[]
  return (text) => {
    const shaped = SHAPES.reduce((left, shape) => left.replaceAll(shape, '[secret]'), text)
    return known.reduce((left, secret) => left.replaceAll(secret, '[secret]'), shaped)
  }
}
