import type { Logger } from 'pino'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { paletteOf } from './palette.ts'
import { quickChartConfig } from './quickchart-config.ts'
import { sizeOf, type ChartRenderer } from './renderer.ts'
import { clip } from '../core/model/letters.ts'

export interface QuickChartOptions {
  /** Where it is, without a trailing slash, e.g. `https://quickchart.io`, or one of your own. */
  readonly url: string
  /** For one chart, from asking to its last byte. 5 s unless given. */
  readonly deadlineMs?: number
}

const DEADLINE_MS = 5000
/** Far more than any chart has. */
const LARGEST_BYTES = 8 * 1024 * 1024
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/**
 * Has charts drawn by a QuickChart server: the titles, names and numbers of a chart leave this machine; in turn come
 * bytes, never a link. Throws `timeout` and `unavailable`.
 */
export function createQuickChartRenderer(options: QuickChartOptions): ChartRenderer {
  const { url, deadlineMs = DEADLINE_MS } = options
  const { address, proof } = endpointOf(url)
  const closing = new AbortController()
  return {
    async render(spec, options) {
      const { theme } = options
      const { width, height, scale } = sizeOf(spec, options)
      const chart = JSON.stringify(quickChartConfig(spec, { theme, width, height }))
      const sdk = await import('quickchart-js')
      // Its types are those of its CommonJS build, where the class is one level further in.
      const QuickChart = sdk.default as unknown as typeof sdk.default.default
      const order = new QuickChart()
        .setConfig(chart)
        .setWidth(width)
        .setHeight(height)
        // It knows these two only.
        .setDevicePixelRatio(scale > 1 ? 2 : 1)
        .setBackgroundColor(paletteOf(theme).background)
        .setFormat('png')
        .setVersion('4')
      const late = AbortSignal.timeout(deadlineMs)
      try {
        // The library has no deadline of its own, so the order is its and the sending ours.
        const response = await fetch(`${address}/chart`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'image/png', ...proof },
          body: JSON.stringify(order.getPostData()),
          redirect: 'error',
          signal: AbortSignal.any([late, closing.signal]),
        })
        return await pictureOf(response)
      } catch (error) {
        if (error instanceof SpinupError) throw error
        if (closing.signal.aborted)
          throw new SpinupError('unavailable', 'Charts are no longer drawn: the bot is stopping.')
        if (late.aborted) {
          throw new SpinupError(
            'timeout',
            `QuickChart at ${hostOf(url)} did not draw the chart within ${deadlineMs} ms.`,
          )
        }
        throw new SpinupError('unavailable', `QuickChart at ${hostOf(url)} is unreachable (${reasonOf(error)}).`, {
          cause: error,
        })
      }
    },
    close: async () => closing.abort(),
  }
}

/** The bytes of a PNG; anything else is no picture, whatever its status says. */
async function pictureOf(response: Response): Promise<Uint8Array> {
  if (!response.ok) {
    await response.body?.cancel()
    const why = clip(response.headers.get('x-quickchart-error') ?? '', 200)
    throw new SpinupError(
      'unavailable',
      `QuickChart refused the chart: ${response.status}${why === '' ? '' : `, ${why}`}.`,
    )
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > LARGEST_BYTES) throw new SpinupError('unavailable', 'QuickChart answered with more than any chart has.')
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  if (!bytes.subarray(0, PNG.length).equals(PNG)) {
    throw new SpinupError('unavailable', 'QuickChart answered with something that is not a PNG picture.')
  }
  return new Uint8Array(bytes)
}

/** A user and password in the address go into a header: fetch refuses them, and repeats them in its error. */
function endpointOf(url: string): { readonly address: string; readonly proof: Readonly<Record<string, string>> } {
  const { username, password, host, protocol, pathname } = new URL(url)
  if (username === '' && password === '') return { address: url, proof: {} }
  const encoded = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
  return { address: `${protocol}//${host}${pathname.replace(/\/$/, '')}`, proof: { authorization: `Basic ${encoded}` } }
}

function hostOf(url: string): string {
  return new URL(url).host
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return messageOf(cause instanceof Error ? cause : error)
}

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
