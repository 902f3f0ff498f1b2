import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Logger } from 'pino'
import { SpinupError } from '../core/model/error.ts'

/** A Redis-compatible server program that is new enough. */
export interface RedisProgram {
  readonly file: string
  /** As it tells it, e.g. `Redis server v=7.0.15 …`. */
  readonly version: string
}

export interface InstallOptions {
  readonly log?: Logger
  /** Called with one plain line before anything is installed. */
  readonly say?: (line: string) => void
  /** Where programs are looked for, `:`-separated; the process's own PATH unless given. */
  readonly path?: string
}

interface Manager {
  readonly program: string
  readonly packages: readonly string[]
  readonly needsRoot: boolean
  readonly install: readonly string[]
  readonly refresh: readonly string[]
}

/** RUNLEVEL=1 makes the package's own start-up script leave the service stopped: only Spinup's private server runs. */
const QUIET_INSTALL = ['RUNLEVEL=1', 'DEBIAN_FRONTEND=noninteractive']
const MANAGERS: readonly Manager[] = [
  {
    program: 'apt-get',
    packages: ['redis-server', 'valkey-server'],
    needsRoot: true,
    install: ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'],
    refresh: ['update', '-q', '-o', 'DPkg::Lock::Timeout=120'],
  },
  {
    program: 'apk',
    packages: ['redis', 'valkey'],
    needsRoot: true,
    install: ['add', '--no-progress'],
    refresh: ['update'],
  },
  { program: 'brew', packages: ['redis'], needsRoot: false, install: ['install', '--quiet'], refresh: ['update'] },
]
const CANDIDATES = [
  { program: 'redis-server', major: 7 },
  { program: 'valkey-server', major: 8 },
]
const BY_HAND =
  'Install Redis 7 or newer (or Valkey 8 or newer) so that redis-server is on the PATH, or set REDIS_URL to a server you already have.'

/** The first redis-server (7 or newer) or valkey-server (8 or newer) on the PATH; null when there is none. */
export async function findRedisProgram(options: InstallOptions = {}): Promise<RedisProgram | null> {
  const { found } = await look(options)
  return found
}

/**
 * A server program that is new enough, installed with apt-get, apk or brew when there is none.
 * Throws `missingProgram`, with what to install, where that is impossible.
 */
export async function ensureRedisProgram(options: InstallOptions = {}): Promise<RedisProgram> {
  const before = await look(options)
  if (before.found !== null) return before.found
  if (before.tooOld !== null) {
    throw new SpinupError('missingProgram', `${before.tooOld} is too old for Spinup. ${BY_HAND}`)
  }
  for (const manager of MANAGERS) {
    if ((await which(manager.program, options)) === null) continue
    const prefix = await privilege(manager, options)
    if (prefix === null) {
      const line = `sudo ${manager.program} ${manager.install[0] ?? 'install'} ${manager.packages[0] ?? 'redis'}`
      throw new SpinupError(
        'missingProgram',
        `redis-server is not installed, and installing it needs root. Run: ${line}`,
      )
    }
    options.say?.(`redis-server is not installed; installing it with ${manager.program} …`)
    const failure = await install(manager, prefix, options)
    const after = await look(options)
    if (after.found !== null) return after.found
    throw new SpinupError('missingProgram', `${manager.program} did not install Redis (${failure}). ${BY_HAND}`)
  }
  throw new SpinupError('missingProgram', `redis-server is not installed. ${BY_HAND}`)
}

/** Tries each package, then once more with fresh package lists; answers the last complaint. */
async function install(manager: Manager, prefix: readonly string[], options: InstallOptions): Promise<string> {
  let complaint = 'it installed no server that is new enough'
  const thawService = manager.program === 'apt-get' ? await freezeService(prefix, options) : undefined
  try {
    for (const round of ['as is', 'refreshed']) {
      if (round === 'refreshed') await run([...prefix, manager.program, ...manager.refresh], options)
      for (const name of manager.packages) {
        const result = await run([...prefix, manager.program, ...manager.install, name], options)
        options.log?.info({ manager: manager.program, package: name, ok: result.ok }, 'installed redis')
        if (result.ok && (await look(options)).found !== null) return ''
        if (!result.ok) complaint = lastLine(result.text)
      }
    }
    return complaint
  } finally {
    await thawService?.()
  }
}

/** On systemd hosts RUNLEVEL is not looked at: the unit is masked while the package installs, and left disabled. */
async function freezeService(
  prefix: readonly string[],
  options: InstallOptions,
): Promise<(() => Promise<void>) | undefined> {
  if (!existsSync('/run/systemd/system') || (await which('systemctl', options)) === null) return undefined
  const units = ['redis-server.service', 'valkey-server.service']
  await run([...prefix, 'systemctl', 'mask', '--runtime', ...units], options)
  return async () => {
    for (const unit of units) await run([...prefix, 'systemctl', 'disable', unit], options)
    await run([...prefix, 'systemctl', 'unmask', '--runtime', ...units], options)
  }
}

/** The words before a command that needs root: none as root, `sudo -n` where that works without a password. */
async function privilege(manager: Manager, options: InstallOptions): Promise<readonly string[] | null> {
  if (!manager.needsRoot) return []
  const id = await run(['id', '-u'], options)
  if (id.text.trim() === '0') return [...QUIET_INSTALL]
  const sudo = await run(['sudo', '-n', 'true'], options)
  return sudo.ok ? ['sudo', '-n', '/usr/bin/env', ...QUIET_INSTALL] : null
}

async function look(options: InstallOptions): Promise<{ found: RedisProgram | null; tooOld: string | null }> {
  let tooOld: string | null = null
  for (const candidate of CANDIDATES) {
    const file = await which(candidate.program, options)
    if (file === null) continue
    const version = (await run([file, '--version'], options)).text.trim()
    const number = /\bv=(\d+)\.(\d+)(\.\d+)*/.exec(version)
    if (number !== null && Number(number[1]) >= candidate.major) return { found: { file, version }, tooOld: null }
    tooOld ??= `${file} (${number?.[0].slice(2) ?? 'of unknown version'})`
  }
  return { found: null, tooOld }
}

async function which(program: string, options: InstallOptions): Promise<string | null> {
  const result = await run(['/bin/sh', '-c', 'command -v "$1"', 'sh', program], options)
  const file = result.text.trim()
  return result.ok && file.startsWith('/') ? file : null
}

/** Runs through env(1), which keeps this process's environment and takes `NAME=value` words. Never throws. */
function run(words: readonly string[], options: InstallOptions): Promise<{ ok: boolean; text: string }> {
  const path = options.path === undefined ? [] : [`PATH=${options.path}`]
  return new Promise((resolve) => {
    execFile(
      '/usr/bin/env',
      [...path, ...words],
      { timeout: 10 * 60_000, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve({ ok: error === null, text: error === null ? stdout : `${stdout}\n${stderr}` })
      },
    )
  })
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() || 'no message'
}
