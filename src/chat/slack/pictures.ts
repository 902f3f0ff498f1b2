import type { webApi } from '@slack/bolt'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { SpinupError } from '../../core/model/error.ts'
import type { ChartRef, View } from '../../core/model/view.ts'
import type { ChartPictures } from '../chat.ts'
import { chatFailure } from './failure.ts'
import type { Network } from './network.ts'
import { clip } from '../../core/model/letters.ts'

/** Until Slack has looked through an upload; seconds as a rule. */
const READY_MS = 15_000
const FIRST_LOOK_MS = 150
const LONGEST_LOOK_MS = 2000

/** Charts as files at Slack. */
export interface Pictures {
  /** Uploads the view's chart unless `known` has it; chart id → file id, empty when there is none or it did not work. */
  of(client: webApi.WebClient, view: View, known?: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>>
  /** A picture as a file that may be shown. Throws `chatFailed`. */
  upload(client: webApi.WebClient, png: Uint8Array, chart: ChartRef): Promise<string>
}

export function createPictures(charts: ChartPictures, network: Network, log: Logger): Pictures {
  const upload: Pictures['upload'] = async (client, png, chart) => {
    let uploaded: string | null = null
    try {
      const filename = `${chart.id.replaceAll(/[^\w.-]/g, '-').slice(-80)}.png`
      // Slack's name of it is `alt_txt`; the SDK's type has another.
      const wish = { filename, length: png.byteLength, alt_txt: clip(chart.alt, 1000) }
      const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal(wish)
      if (url === undefined || id === undefined)
        throw new SpinupError('chatFailed', 'Slack gave no place to upload to.')
      const sent = await network.fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: png as never,
      })
      if (!sent.ok) {
        throw new SpinupError('chatFailed', `Slack answered ${sent.status} to an upload.`, { retryable: true })
      }
      uploaded = id
      await client.files.completeUploadExternal({ files: [{ id, title: clip(chart.title, 250) }] })
      await untilReady(client, id)
      return id
    } catch (error) {
      // Nobody would ever see it, nor delete it.
      if (uploaded !== null) await client.files.delete({ file: uploaded }).catch(() => undefined)
      throw chatFailure(error, 'upload a chart')
    }
  }
  return {
    upload,
    of: async (client, view, known = new Map()) => {
      const chart = chartOf(view)
      if (chart === null) return new Map()
      const there = known.get(chart.id)
      if (there !== undefined) return new Map([[chart.id, there]])
      try {
        const png = await charts.png(chart.id, 'light')
        return png === null ? new Map() : new Map([[chart.id, await upload(client, png, chart)]])
      } catch (error) {
        // The card says the same in words.
        log.warn(
          { chart: chart.id, reason: chatFailure(error, 'show a chart').message },
          'a card goes without its chart',
        )
        return new Map()
      }
    },
  }
}

/** A file is refused in a message until Slack knows what it is. */
async function untilReady(client: webApi.WebClient, id: string): Promise<void> {
  const deadline = performance.now() + READY_MS
  for (let rest = FIRST_LOOK_MS; ; rest = Math.min(rest * 2, LONGEST_LOOK_MS)) {
    const { file } = await client.files.info({ file: id })
    if (file?.mimetype !== undefined && file.mimetype !== '') return
    if (performance.now() + rest > deadline) {
      throw new SpinupError('chatFailed', 'Slack is still looking through an uploaded chart.', { retryable: true })
    }
    await pause(rest)
  }
}

/** The chart a view refers to; null: none. */
function chartOf(view: View): ChartRef | null {
  return 'chart' in view ? view.chart : null
}
