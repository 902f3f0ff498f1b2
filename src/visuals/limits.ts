import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

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
  wallMs: 8_000,
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
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    const ticks = Number(fields[11]) + Number(fields[12])
    return { cpuMs: ticks * 10, memoryBytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024 }
  } catch {
    return null
  }
}

/** A command that starts another without any network, as this machine allows; empty: it does not. */
export async function withoutNetwork(): Promise<readonly string[]> {
  for (const way of [['--net'], ['--user', '--net']]) {
    const works = await promisify(execFile)('unshare', [...way, '--', 'true'], { timeout: 5_000 }).then(
      () => true,
      () => false,
    )
    if (works) return ['unshare', ...way, '--']
  }
  return []
}
