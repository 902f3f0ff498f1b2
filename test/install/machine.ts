import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../wait.ts'
import { ROOT, run, without, type Outcome } from '../manifests/programs.ts'

/** A root of its own: all that this machine has, over which everything that is written goes to memory, and away at the end. */
export interface PrivateRoot {
  readonly path: string
  /** Runs a shell script in it, as root. */
  sh(script: string): Promise<Outcome>
  close(): Promise<void>
}

/** Why none can be made here; null: one can. */
export function whyNoRoot(): string | null {
  if (process.platform !== 'linux') return 'this is not Linux'
  if (process.getuid?.() !== 0) return 'it takes root to mount one'
  for (const program of ['mount', 'chroot', 'unshare', 'setpriv', 'systemctl']) {
    const why = without(program)
    if (why !== false) return why
  }
  return null
}

/** Why no system can be booted in it; null: one can. */
export function whyNoBoot(): string | null {
  return without('systemd-nspawn') || null
}

export async function openRoot(): Promise<PrivateRoot> {
  const dir = await mkdtemp(join(tmpdir(), 'spinup-root-'))
  const path = join(dir, 'root')
  const layers = join(dir, 'layers')
  const close = async (): Promise<void> => {
    await run('umount', ['-R', '-l', path])
    await run('umount', [layers])
    await rm(dir, { recursive: true })
  }
  try {
    await mkdir(path)
    await mkdir(layers)
    await must('mount', '-t', 'tmpfs', 'none', layers)
    await mkdir(join(layers, 'upper'))
    await mkdir(join(layers, 'work'))
    await must(
      'mount',
      '-t',
      'overlay',
      'none',
      '-o',
      `lowerdir=/,upperdir=${layers}/upper,workdir=${layers}/work`,
      path,
    )
    // The project's own Node, where a server has it.
    await cp(join(ROOT, 'node_modules/node/bin/node'), join(path, 'usr/local/bin/node'), { dereference: true })
    return { path, sh: (script) => run('chroot', [path, ...SHELL, script], { env: ENV }), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** With what this machine needs to reach the registry. */
const ENV = {
  ...process.env,
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
}
const SHELL = ['/bin/sh', '-c']

/** A root that is booted: systemd runs in it, with this machine's network. */
export interface Machine {
  sh(script: string): Promise<Outcome>
  stop(): Promise<void>
}

export async function boot(root: PrivateRoot): Promise<Machine> {
  const words = ['--register=no', '--keep-unit', '--resolv-conf=off', '--console=read-only', '--quiet']
  // None of what this machine would start by itself.
  const init = ['--boot', 'systemd.unit=basic.target']
  const nspawn = spawn('systemd-nspawn', ['--directory', root.path, ...words, ...init], { stdio: 'ignore' })
  let leader = ''
  const sh = (script: string): Promise<Outcome> =>
    run('nsenter', ['--target', leader, '--mount', '--uts', '--ipc', '--pid', ...SHELL, script], { env: ENV })
  const isUp = async (): Promise<boolean> => {
    // Its first child is not yet the system that is booted.
    leader = (await childOf(nspawn)) ?? ''
    return leader !== '' && /running|degraded/.test((await sh('systemctl is-system-running')).said)
  }
  try {
    await until(isUp, { what: 'systemd to be up', timeoutMs: 120_000 })
  } catch (error) {
    nspawn.kill('SIGKILL')
    throw error
  }
  return {
    sh,
    async stop() {
      const ended = once(nspawn, 'close')
      // SIGRTMIN+4: power off.
      process.kill(Number(leader), 38)
      const late = setTimeout(() => nspawn.kill('SIGKILL'), 30_000)
      await ended
      clearTimeout(late)
    },
  }
}

/** The process id of a program's own first child, as this machine counts; null: it has none. */
export async function childOf({ pid }: ChildProcess): Promise<string | null> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return children.trim().split(' ')[0] || null
}

/** Runs a program that has to succeed. */
export async function must(program: string, ...words: readonly string[]): Promise<string> {
  const { code, said } = await run(program, words)
  if (code !== 0) throw new Error(`${program} ${words.join(' ')}: ${said}`)
  return said
}
