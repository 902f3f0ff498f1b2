import type { Request } from '../../core/model/request.ts'
import type { ErrorView } from '../../core/model/view.ts'

/** What completion may offer besides fixed words. */
export interface Facts {
  readonly commands: readonly string[]
  readonly members: readonly string[]
  readonly stats: readonly string[]
  readonly droplets: readonly string[]
}

/** One command; the registry, help, completion and (later) platform manifests all come from this. */
export interface Command {
  readonly name: Request['kind']
  readonly summary: string
  /** After `/spinup `, with placeholders in capitals. */
  readonly usage: string
  /** A whole line a person could type. */
  readonly example: string
  /** Reads the words after the name. `now` (epoch ms) resolves `until 18:00`. Throws `BadWords`. */
  readonly parse: (words: readonly string[], now: number) => Request
  /** What may stand next, after these complete words; best first. */
  readonly next?: (words: readonly string[], facts: Facts) => readonly string[]
}

/** What was typed does not fit; `suggestion` is the nearest right line. */
export class BadWords extends Error {
  readonly suggestion: string | null
  constructor(message: string, suggestion: string | null = null) {
    super(message)
    this.name = 'BadWords'
    this.suggestion = suggestion
  }
}

/** The card a person gets for words that do not fit. */
export function badWordsView(error: BadWords, example: string | null): ErrorView {
  return { kind: 'error', code: 'badInput', message: error.message, suggestion: error.suggestion, example }
}
