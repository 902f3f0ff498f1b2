import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { nearest } from '../core/model/nearest.ts'

const NPM = /\bnpm (?:run )?(?:--silent )?(?!(?:ci|test|install|run)\b)([a-z]+)(?: --(?= ))?/g

let calledBy: 'npm' | 'spinup' = 'npm'

/** How programs are called here: as scripts of a clone, or as verbs of the installed program. */
export function callIt(name: typeof calledBy): void {
  calledBy = name
}

/** Help and errors name programs as npm's scripts; to who has the installed program, by its verbs. */
export function inItsWords(text: string): string {
  if (calledBy === 'npm') return text
  const named = (words: string): string => words.replaceAll(NPM, 'spinup $1')
  return text
    .split('\n')
    .map((line) => {
      // What is in a column beside a usage stays there.
      const [, usage = '', about = ''] = /^( {2}npm .*?) {2,}(\S.*)$/.exec(line) ?? []
      return about === '' ? named(line) : named(usage).padEnd(line.length - about.length) + named(about)
    })
    .join('\n')
}

/** What a program is called with; `--help` is there in every one. */
interface Program<T extends ParseArgsOptionsConfig> {
  /** What `--help` prints. */
  readonly help: string
  readonly options?: T
  /** It takes words beside its options; `needed`: without one, help is what was asked for. */
  readonly words?: boolean | 'needed'
}

type Given<T extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ readonly options: T; readonly allowPositionals: true }>
>

/**
 * Runs a command line program. `--help` prints what it is for and starts nothing; a wrong option or configuration is one
 * clear line and status 2, other failures status 1.
 */
export async function runCommand<const T extends ParseArgsOptionsConfig>(
  program: Program<T>,
  work: (given: Given<T>) => Promise<void> | void,
): Promise<void> {
  try {
    const given = read(program, process.argv.slice(2))
    if (given === null) console.log(inItsWords(program.help))
    else await work(given)
  } catch (error) {
    const known = error instanceof SpinupError
    console.error(inItsWords(`spinup: ${messageOf(error)}`))
    if (!known && error instanceof Error && !isOfMachine(error)) console.error(error.stack)
    process.exitCode = known && error.code === 'configuration' ? 2 : 1
  }
}

/** What the machine refused (a full disk, a file of somebody else's) says all there is to say; where it was noticed does not help. */
function isOfMachine(error: Error): boolean {
  return 'syscall' in error && 'code' in error
}

/** The same for a program without an end: what it was called with; help, or a wrong option, ends it here. */
export function argumentsOf<const T extends ParseArgsOptionsConfig>(program: Program<T>): Given<T> {
  try {
    const given = read(program, process.argv.slice(2))
    if (given !== null) return given
    console.log(inItsWords(program.help))
    process.exit(0)
  } catch (error) {
    console.error(inItsWords(`spinup: ${messageOf(error)}`))
    process.exit(2)
  }
}

/** null: help was asked for. Throws `configuration` in one line. */
function read<const T extends ParseArgsOptionsConfig>(
  { options, words = false }: Program<T>,
  args: readonly string[],
): Given<T> | null {
  const all: ParseArgsOptionsConfig = { ...options, help: { type: 'boolean', short: 'h' } }
  // Who asks for help may have something else wrong.
  const upTo = args.indexOf('--')
  if ((upTo < 0 ? args : args.slice(0, upTo)).some((word) => word === '--help' || word === '-h')) return null
  try {
    // Of these very options, and of help, which was not asked for.
    const given = parseArgs({ args: [...args], options: all, allowPositionals: words !== false }) as Given<T>
    return words === 'needed' && given.positionals.length === 0 ? null : given
  } catch (error) {
    throw new SpinupError('configuration', `${complaint(error, Object.keys(all))} --help says what it takes.`)
  }
}

function complaint(error: unknown, names: readonly string[]): string {
  const message = messageOf(error).split('\n')[0] ?? ''
  const [, found = ''] = /'(-*[^' ]*)/.exec(message) ?? []
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const near = nearest(found.replace(/^-+/, ''), names)
    return `there is no option ${found}${near === null ? '.' : `; did you mean --${near}?`}`
  }
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') return `it takes no word such as “${found}”.`
  if (/does not take an argument/.test(message)) return `${found} takes no value.`
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return `${found.replace(/,$/, '')} needs a value.`
  return message.endsWith('.') ? message : `${message}.`
}
