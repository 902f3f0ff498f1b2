import { pino, type DestinationStream, type Level, type Logger } from 'pino'
import pretty from 'pino-pretty'

/** What a log line never shows, wherever it stands in the logged object. */
const REDACTED: readonly string[] = ['token', 'key', 'secret', 'password', 'authorization', 'userData'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
)

/** The bot's log on standard error: a sentence a line for who reads it on a terminal, JSON for programs. */
export function createLog(level: Level, terminal: boolean): Logger {
  const stream: DestinationStream = terminal
    ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', singleLine: true })
    : pino.destination({ dest: 2, sync: true })
  return pino({ level, redact: [...REDACTED] }, stream)
}
