import { globSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { scan, type Piece } from './scan.ts'
import { OTHERS, STORED, WORDS, type Word } from './words.ts'

const root = join(import.meta.dirname, '../..')

/** What people read and builders work in. Tests are not here: they hold what others write. */
const FILES = [
  'src/**/*.ts',
  'agent/**/*.{ts,sh,md}',
  'manifests/**/*.{yaml,yml,env}',
  'docs/*.md',
  'README.md',
  'CONTRIBUTING.md',
  'package/**/*.ts',
  'CHANGELOG.md',
]

/** Every file that is looked at, relative to the root. */
export const readable = (): readonly string[] =>
  FILES.flatMap((pattern) => globSync(pattern, { cwd: root }))
    .map((file) => relative(root, join(root, file)))
    .toSorted()

/** What is wrong with the words of a file, one sentence each: `src/a.ts:7: “anew”: again`. */
export const faultsIn = (file: string): readonly string[] => faults(file, readFileSync(join(root, file), 'utf8'))

/** The same of a text that would be in such a file. */
export function faults(file: string, source: string): readonly string[] {
  const pieces = file.endsWith('.ts') ? [fileName(file), ...scan(source)] : lines(file, source)
  return pieces
    .filter((piece) => isOurs(piece, file))
    .flatMap((piece) => wrongWords(piece).map(({ at, said, use }) => `${file}:${at}: “${said}”: ${use}`))
}

/** Not what is stored, what another program says, or what people may type. */
function isOurs({ kind, text }: Piece, file: string): boolean {
  if (kind === 'name') return STORED.get(text)?.test(file) !== true
  return kind !== 'text' || !(OTHERS.test(file) || (file.startsWith('src/commands/') && isPhrases(text)))
}

/** `go on, wake up, enable`: no sentence. */
const isPhrases = (text: string): boolean => text.split(', ').length >= 5 && !/[\p{Lu}.:;]/u.test(text)

interface Fault {
  readonly at: number
  readonly said: string
  readonly use: string
}

function wrongWords({ kind, line, text: written }: Piece): readonly Fault[] {
  const text = kind === 'name' ? separated(written) : written
  if (!ANY[kind].test(text)) return []
  return OF[kind].flatMap(({ word, use }) =>
    [...text.matchAll(new RegExp(word, `${word.flags}g`))].map((match) => ({
      at: line + text.slice(0, match.index).split('\n').length - 1,
      said: match[0],
      use,
    })),
  )
}

const of = (kind: Piece['kind']): readonly Word[] => WORDS.filter(({ kinds }) => kinds.includes(kind))
const OF = { text: of('text'), comment: of('comment'), name: of('name') }
/** All words of a kind at once: most pieces have none. */
const any = (words: readonly Word[]): RegExp => new RegExp(words.map(({ word }) => word.source).join('|'), 'i')
const ANY = { text: any(OF.text), comment: any(OF.comment), name: any(OF.name) }

/** `unheardMs` is the words `unheard Ms`. */
const separated = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[_-]/g, ' ')

const fileName = (file: string): Piece => ({ kind: 'name', line: 1, text: basename(file, '.ts') })

/** Pages are texts, but for what is quoted as code; of the changelog only what is not released yet. */
function lines(file: string, source: string): readonly Piece[] {
  const whole = file === 'CHANGELOG.md' ? unreleased(source) : source
  return whole.split('\n').map((line, at) => ({ kind: 'text', line: at + 1, text: line.replace(/`[^`]*`/g, '`') }))
}

const unreleased = (source: string): string => {
  const [before = '', own = ''] = source.split(/^## Unreleased$/m)
  return `${before}## Unreleased${own.split(/^## /m)[0]}`
}
