import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import dictionary from 'dictionary-en-gb'
import nspell from 'nspell'
import type { Read } from './read.ts'
import { verdict, type Verdict } from './verdict.ts'

/** The words of the field and of this project, one a line. */
const OWN = readFileSync(join(import.meta.dirname, 'words.txt'), 'utf8')
const WORD = /(?<![\p{L}\p{N}])\p{L}[\p{L}’']*\p{L}/gu
/** Names and abbreviations: `HTTPS`, `macOS`, `s-1vcpu`. */
const NAME = /\p{Lu}.*\p{Lu}|\p{Ll}\p{Lu}/u

/** Every word that people read, in British English; one verdict for each that is new on its page. */
export function spelling({ prose }: Read): readonly Verdict[] {
  const speller = (spellers[0] ??= nspell(dictionary).personal(OWN))
  const seen = new Set<string>()
  return prose.flatMap((piece) =>
    [...piece.text.matchAll(WORD)].flatMap(([found]) => {
      const word = found.replaceAll('’', "'").replace(/'s?$/, '')
      if (seen.has(word) || NAME.test(word)) return []
      seen.add(word)
      return verdict(piece, word, speller.correct(word) ? null : 'is it spelt so? If it is, put it into words.txt')
    }),
  )
}

const spellers: ReturnType<typeof nspell>[] = []
