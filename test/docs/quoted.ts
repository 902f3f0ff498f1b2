import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../package/docs/pages.ts'
import { verdict, type Verdict } from './verdict.ts'

const FILE = 'docs/troubleshooting.md'
/** One word is a word on a card, such as Paused, and no sentence. */
const SENTENCE = 2
/** A template that has fewer of its own fits anything. */
const LETTERS = 6

/** Sentences of the product that the page quotes, `| _web-2 is silent_ |`: each has to be one that it still says. */
export function quoted(text = readFileSync(join(ROOT, FILE), 'utf8')): readonly Verdict[] {
  return text.split('\n').flatMap((row, at) =>
    [...row.matchAll(/^\| _([^_]+)_/g)].flatMap(([, sentence = '']) => {
      if (sentence.split(' ').length < SENTENCE) return []
      const known = SAID.some((pattern) => pattern.test(sentence))
      return verdict({ file: FILE, line: at + 1 }, sentence, known ? null : 'nothing says that')
    }),
  )
}

/** What a page says of another's table: the mean scores of whole days, as docs/comparison.md rounds them. */
export function scores(
  table = readFileSync(join(ROOT, 'docs/judgement.md'), 'utf8'),
  text = readFileSync(join(ROOT, 'docs/comparison.md'), 'utf8'),
): readonly Verdict[] {
  const days = table.slice(table.indexOf('### Whole days'))
  return SCORES.map(([row, words]) => {
    const mean = Number(new RegExp(`^\\| ${row}.*\\| *\\**([\\d.]+)\\** *\\|$`, 'm').exec(days)?.[1])
    const says = words.replace('N', mean.toFixed(1))
    return verdict({ file: 'docs/comparison.md', line: 1 }, says, text.includes(says) ? null : `the table has ${mean}`)
  })
}

const SCORES = [
  ['Spinup', 'is N times what'],
  ['Knative', 'Knative N,'],
  ['Kubernetes HPA', 'HPA N,'],
  ['DigitalOcean pools', 'pools N.'],
] as const

/** What the sources say in sentences, with anything where they put in a name or a number. */
function sentences(): readonly RegExp[] {
  const texts = globSync('src/**/*.ts', { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), 'utf8'))
  const literals = texts.flatMap((text) =>
    [...text.matchAll(/'([^'\n]*)'|`([^`\n]*)`/g)].map(([, a, b]) => a ?? b ?? ''),
  )
  return literals
    .flatMap((literal) => [literal, ...literal.split(/(?<=\.) /)])
    .map((literal) => literal.replace(/\.$/, '').split(/\$\{[^}]*\}/))
    .filter((fixed) => fixed.join('').replaceAll(/\P{L}/gu, '').length >= LETTERS)
    .map((fixed) => new RegExp(`^${fixed.map(plainly).join('.+')}$`))
}

function plainly(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

const SAID = sentences()
