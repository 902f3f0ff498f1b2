import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../package/docs/pages.ts'

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>
}

export interface Said {
  readonly status: number
  readonly out: string
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Runs a program of Node's in a folder. */
export function node(words: readonly string[], cwd: string, env: Environment = {}): Promise<Said> {
  const environment = { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(ROOT, '.build/compile-cache'), ...env }
  const options = ['--disable-warning=ExperimentalWarning', ...words]
  return new Promise((resolve) => {
    execFile(process.execPath, options, { cwd, env: environment, timeout: 60_000 }, (error, out, err) =>
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), out: out + err }),
    )
  })
}

/** What a call of npm, spinup or node starts: the file, and the words that it gets. */
interface Started {
  readonly file: string
  readonly words: readonly string[]
}

/** null: it starts none of our programs. A sentence: it names one that is not there. */
export function startedBy([program = '', ...words]: readonly string[]): Started | string | null {
  if (program === 'spinup') return { file: 'src/cli/spinup.ts', words }
  if (program === 'node') {
    const [file = '', ...rest] = words.filter((word) => !/^--(test|disable)/.test(word))
    return existsSync(join(ROOT, file)) ? { file, words: rest } : `there is no file ${file}`
  }
  if (program !== 'npm') return null
  const [verb = '', ...rest] = words.filter((word) => word !== '--silent')
  if (['ci', 'pack'].includes(verb)) return null
  const [script = '', ...given] = verb === 'run' ? rest : [verb, ...rest]
  const line = scripts[script]
  if (line === undefined) return `package.json has no script ${script}`
  const file = /\bnode (?:--[\w=-]+ )*([\w/-]+\.ts)/.exec(line)?.[1]
  if (file === undefined || file === 'test/beside.ts') return null
  const own = given[0] === '--' ? given.slice(1) : given
  if (own.length > 0 && given[0] !== '--' && own.some((word) => word.startsWith('-')))
    return 'npm takes options only after --'
  return { file, words: own }
}

/** What is wrong with the words of a call, as the program's own help has it; null: nothing. */
export async function misused({ file, words }: Started): Promise<string | null> {
  const [verb] = words
  const isVerb = file === 'src/cli/spinup.ts' && verb !== undefined && !verb.startsWith('-')
  const text = await help(isVerb ? [file, verb] : [file])
  if (text === null) return `${file} says no help for ${words.join(' ')}`
  const rest = isVerb ? words.slice(1) : words
  const flags = rest.flatMap((word) => /^--[a-z][\w-]*/.exec(word)?.[0] ?? [])
  const unknown = flags.find((flag) => flag !== '--help' && !has(text, flag))
  if (unknown !== undefined) return `it has no option ${unknown}`
  const [first] = rest
  const isName = first !== undefined && /^[a-z]{3,}$/.test(first) && file !== 'src/cli/chat.ts'
  return isName && !has(text, first) ? `its help has no ${first}` : null
}

const has = (text: string, word: string): boolean => new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(text)

const known = new Map<string, Promise<string | null>>()

function help(words: readonly string[]): Promise<string | null> {
  const key = words.join(' ')
  const asked =
    known.get(key) ??
    node([join(ROOT, words[0]!), ...words.slice(1), '--help'], ROOT).then(({ status, out }) =>
      status === 0 ? out : null,
    )
  known.set(key, asked)
  return asked
}
