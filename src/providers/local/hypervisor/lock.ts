import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from './host/host.ts'

/**
 * Makes this process the only hypervisor of `dir`. Returns the release, or null when a live one holds it. The lock is a
 * hard link, so it appears whole or not at all; one left by a crash is known by its pid and start time.
 */
export function takeLock(dir: string, host: Host): (() => void) | null {
  const path = join(dir, 'hypervisor.lock')
  const own = `${path}.${process.pid}`
  const mark = `${process.pid} ${host.startOf(process.pid) ?? ''}`
  writeFileSync(own, mark)
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        linkSync(own, path)
        return () => {
          if (read(path) === mark) rmSync(path, { force: true })
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const holder = read(path)
      if (holder === null) continue
      const [pid = '0', ...start] = holder.split(' ')
      if (host.startOf(Number(pid)) === start.join(' ')) return null
      removeStale(path, holder)
    }
    return null
  } finally {
    rmSync(own, { force: true })
  }
}

/** Takes the dead holder's lock away, but not one that another starter has put there in the meantime. */
function removeStale(path: string, holder: string): void {
  const aside = `${path}.${process.pid}.stale`
  try {
    renameSync(path, aside)
  } catch {
    return // somebody else has just removed it
  }
  if (read(aside) !== holder) {
    try {
      linkSync(aside, path)
    } catch {
      // a third starter has taken it since; the holder of `aside` finds out when its release finds another mark
    }
  }
  rmSync(aside, { force: true })
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
