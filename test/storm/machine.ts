import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** How much slower than alone a process goes that wants a little of a CPU, while the storm goes on. */
export interface Machine {
  /** The p90 so far, at least 1; ends the watch. */
  slowdown(): Promise<number>
}

export function watchMachine(): Machine {
  const child = fork(join(import.meta.dirname, 'bystander.ts'), { execArgv: ['--disable-warning=ExperimentalWarning'] })
  return {
    slowdown: async () => {
      child.send('how slow?')
      const [slowdown] = (await once(child, 'message')) as [number]
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
      return Math.max(1, slowdown)
    },
  }
}
