import { runBot } from '../app/run-bot.ts'
import type { RailState } from './rail/browser/state.ts'
import { createRail } from './rail/serve.ts'

// The same bot as `src/main.ts`, whose page also shows the demo's story. The demo starts it, with an IPC channel.
const rail = createRail((message) => process.send?.(message))
process.on('message', (message) => rail.show((message as { readonly rail: RailState }).rail))
await runBot({ env: process.env, extension: rail })
