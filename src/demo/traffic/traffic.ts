import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { writeFlags } from './flags.ts'
import { DEFAULT_PATHS, DEFAULT_PATIENCE_MS, type TrafficOptions } from './run.ts'
import type { Second, Summary } from './tally.ts'
import { program } from '../../places.ts'

/** A crowd of visitors in a process of its own. */
export interface Traffic {
  /** Posts the link now, or again: the jump of a `hackerNews` shape begins. */
  surge(): void
  /** Readers move on: the decay begins. */
  ease(): void
  /** Resolves with the totals when the shape or `stop` ends it; rejects when the process fails. */
  readonly ended: Promise<Summary>
  /** Ends it now. */
  stop(): Promise<Summary>
}

/**
 * Starts an open-loop load generator in its own process, so that neither disturbs the other's clock. Calls `onSecond`
 * once a second. It ends with this process.
 */
export function createTraffic(
  options: Pick<TrafficOptions, 'url' | 'shape'> &
    Partial<TrafficOptions> & { readonly onSecond?: (second: Second) => void },
): Traffic {
  const { url, shape, seed = 1, patienceMs = DEFAULT_PATIENCE_MS, paths = DEFAULT_PATHS } = options
  const flags = writeFlags({ url, shape, seed, patienceMs, paths })
  const child = spawn(process.execPath, [program('src/demo/traffic/main.ts'), '--attached', ...flags], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {},
  })
  let summary: Summary | null = null
  let said = ''
  child.stdin.on('error', () => undefined)
  child.stderr.setEncoding('utf8').on('data', (text) => (said = (said + String(text)).slice(-2000)))
  createInterface({ input: child.stdout }).on('line', (line) => {
    // Our own program's lines, so their shape is known.
    const report = JSON.parse(line) as Second | Summary
    if (report.kind === 'summary') summary = report
    else options.onSecond?.(report)
  })
  const finish = async (): Promise<Summary> => {
    // `close` comes after the last line was read, `exit` may come before.
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    if (summary !== null) return summary
    throw new Error(`the traffic ended with ${signal ?? code}: ${said.split('\n')[0] ?? ''}`)
  }
  const ended = finish()
  // Who asks for it gets the error; who does not is not brought down by it.
  ended.catch(() => undefined)

  return {
    surge: () => void child.stdin.write('surge\n'),
    ease: () => void child.stdin.write('ease\n'),
    ended,
    async stop() {
      child.stdin.end('stop\n')
      return ended
    },
  }
}
