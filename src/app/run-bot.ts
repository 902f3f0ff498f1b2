import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { startBot, type Bot } from '../bot.ts'
import { readConfig } from '../config/read-config.ts'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { plural } from '../core/model/words.ts'
import { createLog } from '../log.ts'
import { CHATS } from '../registry/registry.ts'
import type { PageExtension } from '../web/page.ts'

/** A start that Redis was too slow for is tried again, at most so long after the first one, ms. */
const START_AGAIN_MS = 10_000
const STARTS_AGAIN = 2
/** Without Redis some things would wait for it without end. Less than systemd waits, ms. */
const LONGEST_STOP_MS = 20_000

/**
 * The bot as a process, until it is asked to end: it tells its parent, if there is one, where it is. Exit status 2: wrong
 * configuration; 1: could not start. `warnings`: of what it was given, for the log and the doctor; `extension`: what its page shows beside the console.
 */
export async function runBot({
  env,
  warnings = [],
  extension = null,
}: {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly warnings?: readonly string[]
  readonly extension?: PageExtension | null
}): Promise<void> {
  try {
    const config = readConfig(env, CHATS, warnings)
    const terminal = process.stderr.isTTY
    const log = createLog(config.logLevel, terminal)
    for (const warning of warnings) log.warn(warning)
    let bot: Bot | null = null
    let stopping = false
    const stop = async (signal: NodeJS.Signals): Promise<void> => {
      if (stopping) return
      stopping = true
      log.info({ signal }, 'stopping')
      const late = pause(LONGEST_STOP_MS, true, { ref: false })
      if (bot !== null && (await Promise.race([bot.stop(), late])))
        log.warn('Not everything ended in time; the next start continues with what is left.')
      process.exit(0)
    }
    process.on('SIGTERM', (signal) => void stop(signal))
    process.on('SIGINT', (signal) => void stop(signal))
    bot = await started(() => startBot(config, log, CHATS, extension), log)
    if (terminal) process.stderr.write(welcome(bot))
    process.send?.({ url: bot.url, balancerUrl: bot.balancerUrl })
  } catch (error) {
    process.stderr.write(`spinup: ${messageOf(error)}\n`)
    if (!(error instanceof SpinupError)) process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`)
    process.exit(error instanceof SpinupError && error.code === 'configuration' ? 2 : 1)
  }
}

/** A busy machine may let one answer of Redis come too late; one that does not answer at all takes longer than this. */
async function started(start: () => Promise<Bot>, log: Logger): Promise<Bot> {
  const startedAt = performance.now()
  for (let again = 0; ; again++) {
    try {
      return await start()
    } catch (error) {
      const passing = error instanceof SpinupError && error.code === 'storeFailed' && error.retryable
      if (!passing || again === STARTS_AGAIN || performance.now() - startedAt > START_AGAIN_MS) throw error
      log.warn(`${messageOf(error)} Starting again.`)
      await pause(1000)
    }
  }
}

/** What somebody at a terminal does next. */
function welcome({ url, balancerUrl, pools }: Bot): string {
  const next =
    pools === 0
      ? `Next: open ${url} and press “Connect a pool”, or type /spinup connect in your chat.`
      : `It looks after ${plural(pools, 'pool')}: open ${url}, or type /spinup status in your chat.`
  const site = balancerUrl === null ? '' : `  Built-in balancer  ${balancerUrl}\n`
  return `\nSpinup is up.\n  Console            ${url}\n${site}${next}\nCtrl-C ends the bot; droplets and the balancer keep running.\n\n`
}
