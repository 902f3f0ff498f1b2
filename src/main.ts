import { pino } from 'pino'
import { startBot } from './bot.ts'
import { readConfig } from './config/read-config.ts'
import { messageOf, SpinupError } from './core/model/error.ts'
import { logTo, REDACTED } from './log.ts'

/** The bot as a process: the only reader of the environment. Exit status 2: wrong configuration; 1: could not start. */
async function main(): Promise<void> {
  const config = readConfig(process.env)
  const log = pino({ level: config.logLevel, redact: [...REDACTED] }, logTo(2))
  const bot = await startBot(config, log)

  let stopping = false
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) return
    stopping = true
    log.info({ signal }, 'stopping')
    await bot.stop()
    process.exit(0)
  }
  process.on('SIGTERM', (signal) => void stop(signal))
  process.on('SIGINT', (signal) => void stop(signal))
  process.send?.({ url: bot.url, balancerUrl: bot.balancerUrl })
}

main().catch((error: unknown) => {
  process.stderr.write(`spinup: ${messageOf(error)}\n`)
  if (!(error instanceof SpinupError)) process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`)
  process.exit(error instanceof SpinupError && error.code === 'configuration' ? 2 : 1)
})
