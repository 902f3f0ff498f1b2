import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** How long the machine lets a process wait that has nothing to do, while the storm goes on. */
export interface Machine {
  /** The p99 so far, ms; ends the watch. */
  lateness(): Promise<number>
}

export function watchMachine(): Machine {
  const child = fork(join(import.meta.dirname, 'idler.ts'), { execArgv: ['--disable-warning=ExperimentalWarning'] })
  return {
    lateness: async () => {
      child.send('how late?')
      const [late] = (await once(child, 'message')) as [number]
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
      return Math.max(0, late)
    },
  }
}
