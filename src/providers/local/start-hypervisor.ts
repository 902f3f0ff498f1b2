import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import { socketPath } from './address.ts'
import { call } from './call.ts'
import { freshPath } from './hypervisor/services.ts'
import { healthSchema } from './protocol.ts'
import type { Settings } from './protocol.ts'

export interface HypervisorStart {
  /** Everything of this cloud lives here: state, disks, logs, socket. */
  readonly dir: string
  /** From create or power on to active, ms. */
  readonly bootMs?: number
  /** A snapshot takes this long at least, ms. */
  readonly snapshotMs?: number
  /** With no call for so long it stops all droplets and itself, ms. */
  readonly idleExitMs?: number
  /** CPU is not limited for so long after a boot, like a burstable instance's launch credit, ms. */
  readonly launchCreditMs?: number
  /** Program and first arguments of the agent, with absolute paths. */
  readonly agentCommand?: readonly string[]
  readonly log?: Logger
}

export interface RunningHypervisor {
  /** Its socket, for `createLocalProvider`. */
  readonly path: string
  readonly pid: number
  /** Stops all droplets and it; what was on boots again with the next start. */
  stop(): Promise<void>
}

const START_DEADLINE_MS = 20_000
const STOP_DEADLINE_MS = 20_000
const ATTEMPT_MS = 1000
const LOOK_MS = 25

/**
 * Starts the hypervisor of `dir` as a process of its own that outlives this one, or adopts the one that runs (which
 * takes these settings on). Throws `configuration` or `unavailable`.
 */
export async function startHypervisor(options: HypervisorStart): Promise<RunningHypervisor> {
  const dir = resolve(options.dir)
  const path = socketPath(dir)
  const settings: Settings = {
    bootMs: options.bootMs ?? 5000,
    snapshotMs: options.snapshotMs ?? 3000,
    idleExitMs: options.idleExitMs ?? 10 * 60_000,
    launchCreditMs: options.launchCreditMs ?? 1500,
    agentCommand: [...(options.agentCommand ?? [])],
  }
  const deadline = performance.now() + START_DEADLINE_MS
  let launched: Launched | null = null
  for (;;) {
    const health = await call(path, { method: 'GET', path: '/v1/health', deadlineMs: ATTEMPT_MS }, healthSchema).catch(
      () => null,
    )
    if (health) {
      // Another starter's came first. Ours, still coming up, would take over when that one is stopped.
      if (launched && launched.pid !== health.pid) await launched.withdraw()
      await call(path, { method: 'PUT', path: '/v1/settings', body: settings }, z.unknown())
      options.log?.info({ pid: health.pid, adopted: launched?.pid !== health.pid }, 'hypervisor runs')
      return { path, pid: health.pid, stop: () => stop(path, health.pid) }
    }
    if (performance.now() > deadline || (launched?.exitCode() ?? 0) > 0) {
      const tail = tailOf(join(dir, 'hypervisor.log'))
      throw new SpinupError('unavailable', `The local cloud does not start. The end of its log:\n${tail}`)
    }
    // One that left with 0 found another one at work, which may have been just about to end.
    if (!launched || launched.exitCode() === 0) launched = launch(dir, settings)
    await pause(LOOK_MS)
  }
}

interface Launched {
  readonly pid: number | undefined
  exitCode(): number | null
  /** Ends it, and waits until it has ended. */
  withdraw(): Promise<void>
}

function launch(dir: string, settings: Settings): Launched {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const out = openSync(join(dir, 'hypervisor.log'), 'a')
  const main = join(import.meta.dirname, 'hypervisor', 'main.ts')
  const child = spawn(process.execPath, [main, JSON.stringify({ dir, settings })], {
    cwd: dir,
    // Not the bot's environment: it holds tokens.
    env: { PATH: freshPath() },
    detached: true,
    stdio: ['ignore', out, out],
  })
  closeSync(out)
  let failed = false
  child.on('error', () => {
    failed = true
  })
  child.unref()
  const exitCode = (): number | null => (failed || child.signalCode ? 1 : child.exitCode)
  return {
    pid: child.pid,
    exitCode,
    async withdraw() {
      if (exitCode() !== null) return
      const ended = once(child, 'exit', { signal: AbortSignal.timeout(STOP_DEADLINE_MS) })
      child.ref()
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function stop(path: string, pid: number): Promise<void> {
  try {
    await call(path, { method: 'POST', path: '/v1/shutdown', deadlineMs: STOP_DEADLINE_MS }, z.unknown())
  } catch (error) {
    if (isAlive(pid)) throw error
    return
  }
  const deadline = performance.now() + STOP_DEADLINE_MS
  while (isAlive(pid)) {
    if (performance.now() > deadline) throw new SpinupError('timeout', `The hypervisor ${pid} does not end; kill it.`)
    await pause(LOOK_MS)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function tailOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(-2000)
  } catch {
    return '(empty)'
  }
}
