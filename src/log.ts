import { pino, type DestinationStream, type Level, type Logger } from 'pino'
import pretty from 'pino-pretty'

/** The most that is held of a log that cannot be written, bytes. */
const MOST_HELD = 1024 * 1024

/**
 * Writes a log to a file descriptor. Its reader may go away, and its disk may be full: then lines are lost, and the
 * bot continues.
 */
function logTo(descriptor: number): DestinationStream {
  const destination = pino.destination({ dest: descriptor, sync: true, maxLength: MOST_HELD })
  destination.on('error', () => undefined)
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  return destination
}

/** What a log line never shows, wherever it stands in the logged object. */
const REDACTED: readonly string[] = ['token', 'key', 'secret', 'password', 'authorization', 'userData'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
)

/** The bot's log on standard error: a sentence a line for who reads it on a terminal, JSON for programs. */
export function createLog(level: Level, terminal: boolean): Logger {
  const stream: DestinationStream = terminal
    ? pretty({ destination: logTo(2), ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', singleLine: true })
    : logTo(2)
  return pino({ level, redact: [...REDACTED] }, stream)
}
