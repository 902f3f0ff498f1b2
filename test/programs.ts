import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'

const exec = promisify(execFile)

const QUIET = ['RUNLEVEL=1', 'DEBIAN_FRONTEND=noninteractive']
const MANAGERS = [
  {
    program: 'apt-get',
    needsRoot: true,
    refresh: ['update', '-q', '-o', 'DPkg::Lock::Timeout=120'],
    install: ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'],
  },
  { program: 'apk', needsRoot: true, refresh: ['update'], install: ['add', '--no-progress'] },
  { program: 'brew', needsRoot: false, refresh: ['update'], install: ['install', '--quiet'] },
]

/**
 * The path of a program that tests run for real, installed from the package of the same name with apt-get, apk or brew
 * where it is missing. Its service is left off: tests start their own. Rejects with what to install by hand.
 */
export async function ensureProgram(name: 'haproxy' | 'caddy'): Promise<string> {
  const before = await which(name)
  if (before !== null) return before
  for (const { program, needsRoot, refresh, install } of MANAGERS) {
    if ((await which(program)) === null) continue
    console.log(`${name} is not installed; installing it with ${program} …`)
    const sudo = needsRoot && process.getuid?.() !== 0 ? ['sudo', '-n'] : []
    const run = (words: readonly string[]) => exec('env', [...sudo, 'env', ...QUIET, ...words], { timeout: 600_000 })
    const unit = `${name}.service`
    // Debian's packages start their service; where systemd runs, only a masked unit stays off.
    const masked = program === 'apt-get' && existsSync('/run/systemd/system')
    if (masked) await run(['systemctl', 'mask', '--runtime', unit])
    try {
      await run([program, ...install, name]).catch(async () => {
        await run([program, ...refresh])
        await run([program, ...install, name])
      })
    } finally {
      if (masked) {
        await run(['systemctl', 'disable', unit]).catch(() => undefined)
        await run(['systemctl', 'unmask', '--runtime', unit])
      }
    }
    break
  }
  const after = await which(name)
  if (after === null) throw new Error(`${name} is needed by this test; install the package ${name} by hand`)
  return after
}

/** `/usr/sbin` is where Debian keeps HAProxy, and not on everybody's PATH. */
async function which(name: string): Promise<string | null> {
  try {
    const { stdout } = await exec('/bin/sh', [
      '-c',
      'PATH="$PATH:/usr/sbin:/usr/local/sbin"; command -v "$1"',
      'sh',
      name,
    ])
    return stdout.trim()
  } catch {
    return null
  }
}
