import type { Request } from '../../core/model/request.ts'
import type { TimeZone } from '../../core/model/time-zone.ts'
import type { ErrorView } from '../../core/model/view.ts'

/** What completion may offer besides fixed words. */
export interface Facts {
  readonly commands: readonly string[]
  readonly members: readonly string[]
  readonly stats: readonly string[]
  readonly droplets: readonly string[]
}

/** One word or phrase that may follow a command, for platforms that ask for them one by one. */
export interface Option {
  /** Lower-case letters, at most 32. */
  readonly name: string
  /** At most 100 characters. */
  readonly summary: string
  readonly kind: 'text' | 'count'
  readonly required?: boolean
  /** The only values there are; at most 25. */
  readonly choices?: readonly string[]
  /** Offered as one types. */
  readonly offers?: (facts: Facts) => readonly string[]
  /** The value as it stands in the line; the value alone unless given: `for 10m`. */
  readonly words?: (value: string) => string
}

/** One command; the registry, help, completion and (later) platform manifests all come from this. */
export interface Command {
  readonly name: Request['kind']
  readonly summary: string
  /** After `/spinup `, with placeholders in capitals. */
  readonly usage: string
  /** A whole line a person could type. */
  readonly example: string
  /** Reads the words after the name. `now` (epoch ms) and `zone` resolve `until 18:00`. Throws `BadWords`. */
  readonly parse: (words: readonly string[], now: number, zone: TimeZone) => Request
  /** The same grammar as named options, in the order of the line; none: the command takes no words. */
  readonly options?: readonly Option[]
  /** A group it is listed under where a platform has room for few commands. */
  readonly group?: 'fleet'
  /** What may stand next, after these complete words; best first. */
  readonly next?: (words: readonly string[], facts: Facts) => readonly string[]
}

/** What was typed does not fit; `suggestion` is the nearest right line. */
export class BadWords extends Error {
  readonly suggestion: string | null
  constructor(message: string, suggestion: string | null = null) {
    // What was typed is repeated, but not a page of it.
    super(message.replaceAll(/“([^”]{60})[^”]+”/gu, '“$1…”'))
    this.name = 'BadWords'
    this.suggestion = suggestion
  }
}

/** The card a person gets for words that do not fit. */
export function badWordsView(error: BadWords, example: string | null): ErrorView {
  return { kind: 'error', code: 'badInput', message: error.message, suggestion: error.suggestion, example }
}
