import { createInterface } from 'node:readline'
import { setPriority } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Answer, Equipment, Job } from '../messages.ts'

// The process that runs a team's code: empty environment, no network, few files to read and none to write, nobody's user.
// The code itself has an isolate, in which there is nothing of Node at all; this is the wall behind that wall.

const say = (answer: Answer): void => void process.stdout.write(`${JSON.stringify(answer)}\n`)

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const next = async (): Promise<unknown> => {
  const { value, done } = await lines.next()
  return done === true ? process.exit(0) : JSON.parse(value)
}

// The bot's own lines, in the shape it writes them.
const equipment = (await next()) as Equipment
const work = await import('./work.ts').catch((error: unknown) => {
  const { message = String(error), resource = '' } = error as Partial<Error> & { readonly resource?: string }
  say({ kind: 'missing', why: `${message.split('\n')[0] ?? ''} ${resource}`.trim() })
  return process.exit(0)
})
// Whatever else wants the processor goes first.
setPriority(5)
// WebAssembly has memory of its own, that no limit of an isolate counts.
setFlagsFromString('--no-expose-wasm')
// For this process alone: no context made later has it.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
setFlagsFromString('--no-expose-gc')
if (process.getuid?.() === 0) {
  process.setgroups?.([])
  process.setgid?.(65_534)
  process.setuid?.(65_534)
}
// Once before it counts: threads are started and fonts read, which is no drawing's own.
await work.perform(equipment, work.WARM_UP)
collect()
say({ kind: 'ready' })
for (;;) {
  say(await work.perform(equipment, (await next()) as Job))
  // The rasteriser's pixels are given back at once, not when there happen to be many.
  collect()
}
