import { monitorEventLoopDelay } from 'node:perf_hooks'

// A process that has nothing to do: how late its timer comes is what the machine, not the bot, takes.
const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()
process.on('message', () => process.send!(delay.percentile(99) / 1e6 - 10))
process.on('disconnect', () => process.exit())
