import { createInterface } from 'node:readline'
import { readFlags, USAGE } from './flags.ts'
import { runTraffic } from './run.ts'

// Prints a JSON line a second, and one with the totals at the end. A line `surge` on standard input posts the link
// now, `ease` lets readers move on.
const print = (figures: object) => process.stdout.write(`${JSON.stringify(figures)}\n`)

try {
  const { options, attached } = readFlags(process.argv.slice(2))
  // Each single visit is for the one that started it; a person at a terminal would not see the second for them.
  const run = runTraffic(options, ({ visits, ...second }) => print(attached ? { ...second, visits } : second))
  const lines = createInterface({ input: process.stdin })
  lines.on('line', (line) => {
    if (line === 'surge') run.surge()
    if (line === 'ease') run.ease()
    if (line === 'stop') run.stop()
  })
  // The parent is gone, so nobody would ever stop it.
  if (attached) lines.on('close', run.stop)
  process.on('SIGTERM', run.stop)
  process.on('SIGINT', run.stop)
  process.stdout.on('error', () => process.exit(0))
  const summary = await run.ended
  process.stdout.write(`${JSON.stringify(summary)}\n`, () => process.exit(0))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`)
  process.exit(1)
}
