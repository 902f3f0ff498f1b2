import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { SpinupError } from '../../core/model/error.ts'
import { configSchema, filesIn, runningSchema, type Config, type Running } from './process/config.ts'

const PING_MS = 3000
const STOP_MS = 8000

/** A balancer process found alive, with the key it was started with. */
export interface Found {
  readonly running: Running
  readonly config: Config
}

/** The live balancer process whose files are in `dir`; null: none answers there. */
export async function findRunning(dir: string): Promise<Found | null> {
  const files = filesIn(dir)
  const running = runningSchema.safeParse(await readJson(files.running)).data
  const config = configSchema.safeParse(await readJson(files.config)).data
  if (running === undefined || config === undefined) return null
  const answer = await ping(running, config.key)
  if (answer === 'refused') return null
  if (answer === 'silent')
    throw new SpinupError(
      'balancerFailed',
      `The balancer process ${running.pid} holds port ${running.port} but does not answer; end it and start again.`,
    )
  return { running: answer, config }
}

/** Asks a balancer process who it is. `refused`: nothing (of ours) listens there; `silent`: no answer in 3 s. */
export async function ping(running: Running, key: string): Promise<Running | 'refused' | 'silent'> {
  try {
    const response = await fetch(`http://127.0.0.1:${running.controlPort}/health`, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(PING_MS),
    })
    const status = runningSchema.safeParse(await response.json().catch(() => null))
    return status.success ? status.data : 'refused'
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'silent' : 'refused'
  }
}

/** Ends a balancer process: what is under way is let finish for 5 s. */
export async function stopRunning(running: Running, key: string): Promise<void> {
  await fetch(`http://127.0.0.1:${running.controlPort}/stop`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(PING_MS),
  }).catch(() => undefined)
  const deadline = performance.now() + STOP_MS
  while (performance.now() < deadline) {
    if (!(await isAlive(running.pid))) return
    await pause(50)
  }
  if (await isAlive(running.pid)) process.kill(running.pid, 'SIGKILL')
}

/** Whether a process runs. One that has ended but was not collected by its parent (as in many containers) does not. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return !/\) Z /.test(stat)
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    // One that may not be read may well be of a balancer that runs.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
