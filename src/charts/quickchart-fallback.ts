import type { Logger } from 'pino'
import { messageOf } from '../core/model/error.ts'
import type { ChartRenderer } from './renderer.ts'

/** After a failure it is left alone this long, so that not every chart waits for its deadline. */
const REST_MS = 30_000

/**
 * Draws with `remote`, and with `local` whenever that fails: a chart is never missing because of it. One warning when it
 * begins to fail, and another only after it has recovered.
 */
export function withFallback(
  remote: ChartRenderer,
  local: ChartRenderer,
  log: Logger,
  options: { readonly restMs?: number; readonly now?: () => number } = {},
): ChartRenderer {
  const { restMs = REST_MS, now = () => performance.now() } = options
  let failing = false
  let restUntil = 0
  return {
    async render(spec, size) {
      if (now() < restUntil) return local.render(spec, size)
      try {
        const picture = await remote.render(spec, size)
        if (failing) log.info('charts are drawn by QuickChart again')
        failing = false
        return picture
      } catch (error) {
        restUntil = now() + restMs
        if (!failing) log.warn({ reason: messageOf(error) }, 'charts are drawn here until QuickChart draws again')
        failing = true
        return local.render(spec, size)
      }
    },
    close: async () => {
      await Promise.all([remote.close(), local.close()])
    },
  }
}
