import { commandCalled, commandMeant, type CommandWords } from '../../chat/grammar.ts'
import { UTC, type TimeZone } from '../../core/model/time-zone.ts'
import type { ErrorView } from '../../core/model/view.ts'
import { BadWords, badWordsView, noSuchCommand } from '../grammar/bad-words.ts'
import { wordsOf } from '../grammar/words.ts'
import type { Access } from '../command.ts'
import { COMMANDS, type Request } from '../registry.ts'

export type Parsed =
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'error'; readonly view: ErrorView }

/** A line with more wrong words than this is not corrected word by word. */
const MOST_SLIPS = 4
const LONGEST_LINE = 300

/** Reads a line, with or without `/spinup` before it. */
export function parseLine(text: string, now: number, zone: TimeZone = UTC): Parsed {
  const parsed = readLine(text, now, zone)
  return parsed.kind === 'request' ? parsed : { kind: 'error', view: rightly(parsed.view, now, zone) }
}

/** The card with a suggestion that is itself right. */
export function rightly(view: ErrorView, now: number, zone: TimeZone): ErrorView {
  let { suggestion } = view
  for (let slips = 0; suggestion !== null && slips <= MOST_SLIPS + 1; slips++) {
    const next: Parsed | null = suggestion.length > LONGEST_LINE ? null : readLine(suggestion, now, zone)
    if (next?.kind === 'request') break
    suggestion = (slips < MOST_SLIPS ? next?.view.suggestion : null) ?? view.example
  }
  return { ...view, suggestion }
}

function readLine(text: string, now: number, zone: TimeZone): Parsed {
  const [name = 'help', ...rest] = ungrouped(wordsOf(text))
  const command = commandCalled(COMMANDS, name)
  try {
    if (command === null) throw noSuchCommand(name, COMMANDS, (near) => [near, ...rest])
    return { kind: 'request', request: command.parse(rest, { now, zone, commands: COMMANDS }) }
  } catch (error) {
    if (error instanceof BadWords) return { kind: 'error', view: badWordsView(error, command?.example ?? null) }
    throw error
  }
}

/** Without the group a platform lists the command under: `fleet adopt x` is `adopt x`. */
function ungrouped(words: readonly string[]): readonly string[] {
  const group = words[0]?.toLowerCase()
  return COMMANDS.some((command) => command.group === group) ? words.slice(1) : words
}

/** Of a line, a form or a button: whether it is about the size, the policy or a vote, and for whom its answer is. */
export function mannersOf(text: string): { readonly guarded: boolean; readonly forOne: boolean } {
  const { access, settings, audit, forOne }: Partial<Guarded> = commandMeant(COMMANDS, text) ?? {}
  const guarded = access === 'size' || settings !== undefined || audit?.vote !== undefined
  return { guarded, forOne: forOne === true }
}

interface Guarded extends CommandWords {
  readonly access: Access
  readonly settings: unknown
  readonly audit: { readonly vote?: unknown }
}
