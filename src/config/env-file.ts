import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { nearest } from '../core/model/nearest.ts'
import { variables } from './variables.ts'

export const ENV_FILE = '.env'
/** Read or write by anyone but the owner. */
const OTHERS = 0o077

export interface GivenEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>
  /** What somebody should know of the file, in a sentence; null: nothing. */
  readonly warning: string | null
}

/**
 * The environment, and below it what `.env` in `folder` says. Nothing is put into this process's own environment, which
 * other programs would inherit. Throws `configuration` where the file cannot be read, or has a name that nothing reads.
 */
export function givenEnvironment(env: GivenEnvironment['env'], folder = process.cwd()): GivenEnvironment {
  const path = join(folder, ENV_FILE)
  let text: string
  let mode: number
  try {
    text = readFileSync(path, 'utf8')
    mode = statSync(path).mode
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { env, warning: null }
    throw new SpinupError('configuration', `${path} cannot be read (${messageOf(error)}).`)
  }
  const said = parseEnv(text)
  checkNames(Object.keys(said))
  const isOpen = process.platform !== 'win32' && (mode & OTHERS) !== 0
  return {
    env: { ...said, ...env },
    warning: isOpen ? `Others on this machine may read ${path}, which may hold tokens: chmod 600 ${path}` : null,
  }
}

/** A slip would be a setting that silently is not there. */
function checkNames(names: readonly string[]): void {
  const known = variables().flatMap((group) => group.variables.map(({ name }) => name))
  const ours = new RegExp(`^(?:${[...new Set(known.map((name) => name.split('_')[0]))].join('|')})_`)
  const wrong = names.filter((name) => ours.test(name) && !known.includes(name))
  if (wrong.length === 0) return
  const lines = wrong.map((name) => {
    const like = likeIt(name, known)
    return `${name} is read by nothing; ${like === '' ? 'manifests/example.env has all names.' : `did you mean ${like}?`}`
  })
  throw new SpinupError('configuration', `Wrong names in ${ENV_FILE}. ${lines.join(' ')}`)
}

/** By its first and last words, for `SLACK_TOKEN` may be one of two; else by its letters. */
function likeIt(name: string, known: readonly string[]): string {
  const ends = (one: string): string => `${one.split('_')[0]} ${one.split('_').at(-1)}`
  const alike = known.filter((one) => ends(one) === ends(name))
  if (alike.length > 0) return alike.join(' or ')
  const letters = known.map((one) => one.toLowerCase())
  return nearest(name, letters)?.toUpperCase() ?? ''
}
