import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { SpinupError } from '../core/model/error.ts'

/** No holder keeps it nearly this long; an older one belonged to a process that was killed. */
const STALE_MS = 30_000

/**
 * Runs `work` while no other process does so under the same lock file: two bots that both find the server dead must not
 * both start one on the same append-only file. Throws `timeout` when the lock stays taken.
 */
export async function withStartLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${randomUUID()}`
  const deadline = performance.now() + 2 * STALE_MS
  while (!(await take(file, mine))) {
    await breakStale(file)
    if (performance.now() > deadline) {
      throw new SpinupError(
        'timeout',
        `Another process keeps ${file}. If no other Spinup is starting, delete that file.`,
      )
    }
    await pause(20)
  }
  try {
    return await work()
  } finally {
    if ((await readFile(file, 'utf8').catch(() => '')) === mine) await rm(file, { force: true })
  }
}

async function take(file: string, mine: string): Promise<boolean> {
  try {
    await writeFile(file, mine, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Takes a dead holder's lock away by renaming it, which only one of several waiters can do. */
async function breakStale(file: string): Promise<void> {
  const holder = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10)
  const age = await stat(file).then(
    (entry) => Date.now() - entry.mtimeMs,
    () => 0,
  )
  const dead = Number.isInteger(holder) && !isAlive(holder)
  if (!dead && age < STALE_MS) return
  const aside = `${file}.${randomUUID()}`
  const moved = await rename(file, aside).then(
    () => true,
    () => false,
  )
  if (moved) await rm(aside, { force: true })
}

/** Whether a process of this id exists, no matter who owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
