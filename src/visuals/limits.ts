import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What one drawing may take. */
export interface Budget {
  /** From when a process begins on it. */
  readonly wallMs: number
  readonly cpuMs: number
  /** Beyond what the process had before, bytes. */
  readonly memoryBytes: number
  /** Characters of SVG. */
  readonly outputLength: number
}

export const BUDGET: Budget = {
  wallMs: 4_000,
  cpuMs: 3_000,
  memoryBytes: 64 * 1024 * 1024,
  outputLength: 2_000_000,
}

export interface Usage {
  readonly cpuMs: number
  readonly memoryBytes: number
}

/** What a process has used; null where the system does not say, and then only time and the isolate's own limit hold. */
export function usageOf(pid: number): Usage | null {
  try {
    // The name of the program, in brackets, may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
    const pages = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ').map(Number)
    const ticks = Number(fields[11]) + Number(fields[12])
    return { cpuMs: ticks * 10, memoryBytes: (pages[1] ?? 0) * 4096 }
  } catch {
    return null
  }
}

let isolation: readonly string[] | undefined

/** A command that starts another without any network, as this machine allows; empty: it does not. */
export function withoutNetwork(): readonly string[] {
  if (isolation === undefined) {
    const ways = [
      ['unshare', '--net', '--'],
      ['unshare', '--user', '--net', '--'],
    ]
    isolation =
      ways.find(([program = '', ...rest]) => spawnSync(program, [...rest, 'true'], { timeout: 2_000 }).status === 0) ??
      []
  }
  return isolation
}
