import { pbkdf2Sync } from 'node:crypto'

/** Rounds of hashing between two looks at the clock: about a tenth of a millisecond. */
const ROUNDS = 300

/**
 * Does some work, and goes on hashing until it has cost `ms` of CPU. Counted in the process's own CPU time, a page costs
 * the same on a fast machine, on a slow one, and on one that is busy with other things.
 */
export function costing<T>(ms: number, work: () => T): T {
  const before = process.cpuUsage()
  const done = work()
  for (;;) {
    const { user, system } = process.cpuUsage(before)
    if (user + system >= ms * 1000) return done
    pbkdf2Sync('page', 'one droplet', ROUNDS, 32, 'sha256')
  }
}
