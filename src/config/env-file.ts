import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { wrongInEnvironment, wrongInFile } from './names.ts'

export const ENV_FILE = '.env'
/** Read or write by anyone but the owner. */
const OTHERS = 0o077

export interface GivenEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>
  /** What somebody should know of it, in sentences without a value. */
  readonly warnings: readonly string[]
}

/**
 * The environment, and below it what `.env` in `folder` says. Nothing is put into this process's own environment, which
 * other programs would inherit. Throws `configuration` as `readEnvFile` does.
 */
export function givenEnvironment(env: GivenEnvironment['env'], folder = process.cwd()): GivenEnvironment {
  const path = join(folder, ENV_FILE)
  const file = readEnvFile(path)
  const both = { ...file?.said, ...env }
  const namesOf = (all: GivenEnvironment['env']): readonly string[] => Object.keys(all).filter((name) => all[name])
  const open =
    file?.isOpen === true ? [`Others on this machine may read ${path}, which may hold tokens: chmod 600 ${path}`] : []
  return { env: both, warnings: [...open, ...wrongInEnvironment(namesOf(env), new Set(namesOf(both)))] }
}

/**
 * What a file of `NAME=value` lines says, and whether others may read it; null: there is none. Throws `configuration` where
 * it cannot be read, where a line would be passed over or a value cut in silence, or a name is read by nothing.
 */
export function readEnvFile(
  path: string,
): { readonly said: Readonly<Record<string, string>>; readonly isOpen: boolean } | null {
  let text: string
  let mode: number
  try {
    // Some editors begin a file with a mark, which would be a part of the first name.
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
    mode = statSync(path).mode
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new SpinupError('configuration', `${path} cannot be read (${messageOf(error)}).`)
  }
  checkLines(text)
  const said = Object.fromEntries(Object.entries(parseEnv(text)).map(([name, value]) => [name, value ?? '']))
  checkNames(Object.keys(said))
  return { said, isOpen: process.platform !== 'win32' && (mode & OTHERS) !== 0 }
}

const NAME = String.raw`[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=`
/** A value in quotes, which may go on over lines. */
const QUOTED = new RegExp(`^(${NAME})[ \\t]*(?:"[^"]*"|'[^']*'|\`[^\`]*\`)(?=[ \\t]*(?:#|\\r?$))`, 'gm')
const ASSIGNED = new RegExp(`^${NAME}(.*)$`)

/** Programs that read such files pass over what is no `NAME=value`, and take any # for a comment. No value is repeated. */
function checkLines(text: string): void {
  if (/[\0\uFFFD]/.test(text))
    throw new SpinupError('configuration', `${ENV_FILE} is no text in UTF-8; save it as that.`)
  const lines = text
    .replace(QUOTED, (all, name: string) => name + '\n'.repeat(all.split('\n').length - 1))
    .split(/\r?\n/)
  const faults = lines.flatMap((line, index) => {
    const [, name, value = ''] = ASSIGNED.exec(line) ?? []
    if (name === undefined) {
      return /^\s*(#|$)/.test(line)
        ? []
        : [`Line ${index + 1} is neither NAME=value nor a comment, which begins with #.`]
    }
    if (/^\s*[“”„‘’«»]/.test(value))
      return [`${name} (line ${index + 1}) begins with a quote that is none in a program: write '…'.`]
    if (/^\s*["'`]/.test(value))
      return [`${name} (line ${index + 1}) begins with a quote that does not enclose all of its value.`]
    if (/^([^#]*\S)?#/.test(value)) {
      return [`${name} (line ${index + 1}) has a #, where a comment would begin: put its value in quotes, '…'.`]
    }
    return []
  })
  if (faults.length > 0) throw new SpinupError('configuration', `${ENV_FILE} cannot be used. ${faults.join(' ')}`)
}

/** A slip would be a setting that silently is not there. */
function checkNames(names: readonly string[]): void {
  const wrong = wrongInFile(names)
  if (wrong.length > 0) throw new SpinupError('configuration', `Wrong names in ${ENV_FILE}. ${wrong.join(' ')}`)
}
