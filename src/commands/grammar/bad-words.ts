import type { ErrorView } from '../../core/model/view.ts'

/** What was typed does not fit; `suggestion` is the nearest right line, `example` another than the command's own. */
export class BadWords extends Error {
  readonly suggestion: string | null
  readonly example: string | null
  constructor(message: string, suggestion: string | null = null, example: string | null = null) {
    // What was typed is repeated, but not a page of it.
    super(message.replaceAll(/“([^”]{60})[^”]+”/gu, '“$1…”'))
    this.name = 'BadWords'
    this.suggestion = suggestion
    this.example = example
  }
}

/** The card a person gets for words that do not fit. */
export function badWordsView({ message, suggestion, example: own }: BadWords, example: string | null): ErrorView {
  return { kind: 'error', code: 'badInput', message, suggestion, example: own ?? example }
}
