import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseLoad, parseMemory, parseStall, parseStat, type Reading } from '../core/cpu.ts'
import { createMeter } from '../core/meter.ts'
import { steadyNow } from './clock.ts'

/** Reads the host once; null when its counters cannot be read just now. Never throws. */
export type Collect = () => Promise<Reading | null>

/** Reads `stat`, `meminfo`, `loadavg` and `pressure/cpu` under `root`; all but the first may be missing. */
export function createProcCollect(root: string): Collect {
  const read = (name: string): Promise<string> => readFile(join(root, name), 'utf8').catch(() => '')
  const meter = createMeter()
  return async () => {
    const [stat, memory, load, pressure] = await Promise.all([
      read('stat'),
      read('meminfo'),
      read('loadavg'),
      read('pressure/cpu'),
    ])
    const cpu = parseStat(stat)
    if (cpu === null) return null
    const load1 = parseLoad(load)
    return meter({
      ...steadyNow(),
      cpu,
      memory: parseMemory(memory),
      load1: load1 === null ? null : Math.round((load1 / cpu.cores) * 1000) / 1000,
      stallUs: parseStall(pressure),
    })
  }
}
