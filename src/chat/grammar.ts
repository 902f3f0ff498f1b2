import type { Task } from '../core/model/task.ts'

/** What completion may offer in addition to fixed words. */
export interface Facts {
  readonly commands: readonly string[]
  /** Names of the team's pools. */
  readonly pools: readonly string[]
  readonly members: readonly string[]
  readonly stats: readonly string[]
  /** Names of tags and texts that were reported. */
  readonly texts?: readonly string[]
  /** Visualisations, the team's own first; `options` as they are typed: `most=80`. */
  readonly visuals?: readonly { readonly name: string; readonly own: boolean; readonly options: readonly string[] }[]
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

/** A command as people see it: what a platform needs to offer it, and help and completion to explain it. */
export interface CommandWords {
  readonly name: string
  readonly task: Task
  /** Other names that people type for it, of a word or several, with commas between; not listed. */
  readonly aliases?: string
  /** By the words of the command that they stand for: whole lines that people type; `*` in both is whatever stands there. */
  readonly phrases?: Readonly<Record<string, string>>
  /**
   * By the words of the command that answers: words of questions, all of which stand in the line. Nothing is changed by
   * one. `*`: a command that the question names. The phrase with the most words counts, or one with `!`.
   */
  readonly asks?: Readonly<Record<string, string>>
  readonly summary: string
  /** After `/spinup `, with placeholders in capitals. */
  readonly usage: string
  /** A whole line a person could type. */
  readonly example: string
  /** The same grammar as named options, in the order of the line; none: the command takes no words. */
  readonly options?: readonly Option[]
  /** It is there for who knows of it: neither help nor completion does. */
  readonly hidden?: true
  /** A group it is listed under where a platform has room for few commands. */
  readonly group?: 'fleet'
  /** A comma between its words says something; elsewhere it is only how people write. */
  readonly commas?: true
  /** Its answer is mostly for the one who asked: what comes of it a card tells everyone. */
  readonly forOne?: true
  /** What buttons that are no line begin with, before a colon: `approve` of `approve:ID`. */
  readonly buttons?: Readonly<Record<string, unknown>>
  /** What may stand next, after these complete words; best first. */
  readonly next?: (words: readonly string[], facts: Facts) => readonly string[]
  /** What it has to have: `pool` and `readyPool` are of one pool, which may be named right after the command. */
  readonly needs?: 'words' | 'nothing' | 'pool' | 'readyPool'
  /**
   * Which pools it is about, where `needs` does not say: one, though it needs none; without a name `each` there is; or one
   * that its own words name.
   */
  readonly pools?: 'one' | 'each' | 'itsOwn'
}

/** What a chat has to know of a line, a form or a button before it is understood. */
export interface Manners {
  /** Only some may use it, so that it matters in which groups a person is. */
  readonly guarded: boolean
  /** Its answer is mostly for the one who asked. */
  readonly forOne: boolean
  /** It may change something; also what is not known. */
  readonly changes: boolean
}

/** Whether the name of a pool may stand right after the command. */
export function takesPool({ needs, pools }: CommandWords): boolean {
  if (pools === 'itsOwn') return false
  return needs === 'pool' || needs === 'readyPool' || pools !== undefined
}

const POOL: Option = {
  name: 'pool',
  summary: 'Which pool; needed only where your team has several',
  kind: 'text',
  offers: ({ pools }) => pools,
}

/** Its named options in the order of the line, the pool's among them. */
export function optionsOf(command: CommandWords): readonly Option[] {
  const { options = [] } = command
  return takesPool(command) ? [POOL, ...options] : options
}

/** The command of that name, in any case, or of that alias; null: there is none. */
export function commandCalled<C extends CommandWords>(commands: readonly C[], word: string): C | null {
  const name = word.toLowerCase()
  return commands.find((known) => known.name === name || known.aliases?.split(', ').includes(name) === true) ?? null
}

/** The command of a line, a form or a button: `/spinup fleet remove x`, `run:/spinup pin 3`, `ask:deny:ID`, `approve:ID`. */
export function commandMeant<C extends CommandWords>(commands: readonly C[], text: string): C | null {
  const line = text.trim().replace(/^(?:run:|ask:)?\s*(?:[/!]?spinup\s+)?/i, '')
  const [first = '', second = ''] = line.split(/\s+/)
  const grouped = commands.some(({ group }) => group === first.toLowerCase())
  const [word = ''] = (grouped ? second : first).split(':')
  const button = commands.find(({ buttons = {} }) => Object.keys(buttons).some((key) => line.startsWith(`${key}:`)))
  return button ?? commandCalled(commands, word)
}

/** The line that named options stand for, in the order of the command's grammar; unknown names and empty values are left out. */
export function composeLine(command: CommandWords, values: Readonly<Record<string, string>>): string {
  const words = optionsOf(command).flatMap(({ name, words: inLine }) => {
    const value = values[name]?.replaceAll(/\s+/g, ' ').trim() ?? ''
    return value === '' ? [] : [inLine?.(value) ?? value]
  })
  return ['/spinup', ...(command.group === undefined ? [] : [command.group]), command.name, ...words].join(' ')
}
