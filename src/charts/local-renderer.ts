import { Worker } from 'node:worker_threads'
import { SpinupError } from '../core/model/error.ts'
import { sizeOf, type ChartRenderer, type RenderAnswer, type RenderJob, type RenderOptions } from './renderer.ts'
import type { ChartSpec } from '../core/model/chart.ts'
import { program } from '../places.ts'

export interface LocalRendererOptions {
  /** For one chart, from when its turn comes; the first also waits for the thread to load. 15 s unless given. */
  readonly deadlineMs?: number
  /** Charts that may wait; more are refused. 64 unless given. */
  readonly queueLimit?: number
  /** After so long without a chart the thread ends and gives its memory back. A minute unless given. */
  readonly idleMs?: number
  /** The thread's script, for tests; it speaks `RenderJob` and `RenderAnswer`. */
  readonly script?: URL
}

interface Waiting {
  readonly job: RenderJob
  readonly resolve: (png: Uint8Array) => void
  readonly reject: (error: SpinupError) => void
}

const LARGEST_SIDE = 4096
/** Small, so that the pixels held by what is no longer needed are soon given back. */
const HEAP = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 8 }

/**
 * Draws charts in a thread of its own, so that the bot never stands still for one. The thread starts with the first
 * chart, ends when idle, does not keep the process alive, and is replaced after a crash or a missed deadline.
 */
export function createLocalRenderer(options: LocalRendererOptions = {}): ChartRenderer {
  const { deadlineMs = 15_000, queueLimit = 64, idleMs = 60_000 } = options
  const script = options.script ?? program('src/charts/render-worker.ts')
  const queue: Waiting[] = []
  let worker: Worker | null = null
  let drawing: (Waiting & { readonly timer: NodeJS.Timeout }) | null = null
  let idle: NodeJS.Timeout | undefined
  let closed = false
  let lastId = 0

  const settle = (): Waiting | null => {
    const settled = drawing
    drawing = null
    if (settled !== null) clearTimeout(settled.timer)
    return settled
  }

  const start = (): Worker => {
    // The host's own flags (a test runner's, a debugger's) are not meant for this thread.
    const started = new Worker(script, { execArgv: [], resourceLimits: HEAP })
    const lost = (error: unknown): void => {
      if (worker !== started) return
      worker = null
      settle()?.reject(
        new SpinupError('unavailable', 'Drawing the chart failed; ask for it again.', {
          cause: error,
          retryable: true,
        }),
      )
      next()
    }
    started.on('message', (answer: RenderAnswer) => {
      if (worker !== started || answer.id !== drawing?.job.id) return
      const settled = settle()
      if (answer.kind === 'drawn') settled?.resolve(answer.png)
      else settled?.reject(new SpinupError('unavailable', `The chart could not be drawn: ${answer.reason}`))
      next()
    })
    started.on('error', lost)
    started.on('exit', (code) => lost(new Error(`the drawing thread ended with code ${code}`)))
    return started
  }

  const next = (): void => {
    if (drawing !== null) return
    clearTimeout(idle)
    const turn = queue.shift()
    if (turn === undefined) {
      worker?.unref()
      idle = setTimeout(rest, idleMs).unref()
      return
    }
    worker ??= start()
    // While somebody waits for a chart, the process must not end.
    worker.ref()
    drawing = { ...turn, timer: setTimeout(late, deadlineMs) }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(turn.job)
  }

  const rest = (): void => {
    const resting = worker
    worker = null
    void resting?.terminate()
  }

  const late = (): void => {
    const stuck = worker
    worker = null
    void stuck?.terminate()
    settle()?.reject(
      new SpinupError('timeout', `The chart was not drawn within ${deadlineMs} ms; ask for a shorter range.`),
    )
    next()
  }

  return {
    render: (spec, options) =>
      new Promise((resolve, reject) => {
        if (closed) throw new SpinupError('unavailable', 'Charts are no longer drawn: the bot is stopping.')
        checkSize(spec, options)
        if (queue.length >= queueLimit) {
          throw new SpinupError('limited', 'Too many charts are being drawn; ask again in a few seconds.')
        }
        lastId += 1
        queue.push({ job: { id: lastId, spec, options }, resolve, reject })
        next()
      }),
    close: async () => {
      closed = true
      clearTimeout(idle)
      const ending = worker
      worker = null
      const gone = [settle(), ...queue.splice(0)]
      for (const waiting of gone) {
        waiting?.reject(new SpinupError('unavailable', 'The chart was not drawn: the bot is stopping.'))
      }
      await ending?.terminate()
    },
  }
}

function checkSize(spec: ChartSpec, options: RenderOptions): void {
  const { width, height, scale } = sizeOf(spec, options)
  const whole = [width, height].every((side) => Number.isInteger(side) && side >= 120 && side <= LARGEST_SIDE)
  if (!whole || !(scale >= 0.5 && scale <= 4)) {
    throw new SpinupError(
      'badInput',
      `A chart has sides of 120 to ${LARGEST_SIDE} pixels and a scale of 0.5 to 4, not ${width} × ${height} at ${scale}.`,
    )
  }
}
