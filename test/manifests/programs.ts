import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const ROOT = join(import.meta.dirname, '../..')
export const MANIFESTS = join(ROOT, 'manifests')

/** Why a test is left out that needs a program; false: it is here. */
export function without(program: string): string | false {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin']
  return folders.some((folder) => existsSync(join(folder, program))) ? false : `there is no ${program} here`
}

export interface Outcome {
  readonly code: number
  /** Both of its outputs. */
  readonly said: string
}

/** Runs a program to its end, whatever that is. */
export async function run(
  program: string,
  words: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, [...words], { maxBuffer: 1e8, ...options })
    return { code: 0, said: stdout + stderr }
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string }
    return { code: typeof code === 'number' ? code : -1, said: `${stdout}${stderr}${code === 'ENOENT' ? program : ''}` }
  }
}
