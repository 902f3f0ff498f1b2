import { runBot } from '../app/run-bot.ts'
import type { RailState } from './rail/browser/state.ts'
import { createRail } from './rail/serve.ts'

// The same bot as `src/main.ts`, for the demo that starts it with an IPC channel: with `rail`, its page also shows the story.
const rail = createRail((message) => process.send?.(message))
process.on('message', (message) => rail.show((message as { readonly rail: RailState }).rail))
// The demo is gone, so nobody else would ever end this.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
await runBot({ env: process.env, extension: process.argv[2] === 'rail' ? rail : null })
