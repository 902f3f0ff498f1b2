import { SpinupError, type ErrorCode } from '../../core/model/error.ts'
import type { Asker } from '../../core/model/place.ts'
import type { Request } from '../../core/model/request.ts'
import { timeZoneOf, UTC, type TimeZone } from '../../core/model/time-zone.ts'
import type { ErrorView, HelpView, View } from '../../core/model/view.ts'
import type { ActionInput, ChatHandlers, CommandInput, Completion, Form } from '../chat.ts'
import { readChanges } from './changes.ts'
import { BadWords, badWordsView, type Command, type Facts } from './command.ts'
import { formOf, readForm, type FormKind } from './forms.ts'
import { COMMANDS } from './registry.ts'
import { nearest, readReason } from './words.ts'

/** What carries out a parsed request; the engine in the product. */
export interface Desk {
  perform(request: Exclude<Request, { kind: 'help' }>, asker: Asker): Promise<readonly View[]>
  /** What a form shows when it opens; views instead: there is nothing to fill in any more. */
  form(kind: FormKind, asker: Asker): Promise<Form | readonly View[]>
  /** Pools that may be seen from there, as they are now. */
  home(asker: Asker): Promise<readonly View[]>
  facts(asker: Asker): Promise<Omit<Facts, 'commands'>>
  now(): number
  /** IANA name of the clock the asker's pool goes by. */
  timeZone?(asker: Asker): Promise<string>
  /** Told of every failure that is not the person's. */
  failed(error: unknown): void
}

/** The handlers every platform calls: one grammar, one set of answers, whichever platform asks. */
export function createHandlers(desk: Desk): ChatHandlers {
  const command = async (input: CommandInput): Promise<readonly View[]> => {
    const parsed = parseLine(input.text, desk.now(), await zoneOf(desk, input))
    if (parsed.kind === 'error') return [parsed.view]
    if (parsed.request.kind === 'help') return [helpView(parsed.request.topic)]
    try {
      return await desk.perform(parsed.request, input.asker)
    } catch (error) {
      return [failureView(desk, error, parsed.command)]
    }
  }
  return {
    command,
    action: (input) => pressed(desk, command, input),
    form: (input) => opened(desk, input),
    complete: async (text, asker) =>
      complete(text, { ...(await desk.facts(asker).catch(() => NO_FACTS)), commands: NAMES }),
    offers: async (name, option, half, asker) => {
      const facts = await desk.facts(asker).catch(() => NO_FACTS)
      return offered(name, option, half, { ...facts, commands: NAMES })
    },
    home: async (asker) => {
      try {
        return await desk.home(asker)
      } catch (error) {
        return [failureView(desk, error, null)]
      }
    },
  }
}

const NAMES: readonly string[] = COMMANDS.map((command) => command.name)
const NO_FACTS: Omit<Facts, 'commands'> = { members: [], stats: [], droplets: [] }

async function pressed(desk: Desk, command: ChatHandlers['command'], input: ActionInput): Promise<readonly View[]> {
  const [verb, rest = ''] = input.action.split(/:(.*)/s)
  if (verb === 'run') return command({ ...input, text: rest })
  if (verb === 'approve') return asked(desk, input.asker, () => ({ kind: 'approve', id: rest }))
  if (verb === 'deny') {
    return asked(desk, input.asker, () => ({
      kind: 'deny',
      id: rest,
      reason: readReason([input.values?.['reason'] ?? '']),
    }))
  }
  if (verb === 'doctor' && rest.startsWith('press:')) {
    return asked(desk, input.asker, () => ({ kind: 'doctor', press: rest.slice('press:'.length) }))
  }
  if (verb === 'apply') {
    const [onlyIf = '', pairs = ''] = rest.split(/:(.*)/s)
    return asked(desk, input.asker, () => ({ kind: 'policy', changes: readChanges(wordsOf(pairs), 'policy'), onlyIf }))
  }
  const form = verb === 'ask' ? formOf(rest) : null
  if (form === null) return [STALE]
  const request = readForm(form, input.values ?? {})
  return request.kind === 'action'
    ? pressed(desk, command, { ...input, action: request.action })
    : command({ ...input, text: request.text })
}

const STALE = badWordsView(
  new BadWords('That button is from an older message and does nothing any more.', '/spinup status'),
  null,
)

async function opened(desk: Desk, input: ActionInput): Promise<Form | readonly View[]> {
  const [verb, rest = ''] = input.action.split(/:(.*)/s)
  const form = verb === 'ask' ? formOf(rest) : null
  if (form === null) return [STALE]
  try {
    return await desk.form(form, input.asker)
  } catch (error) {
    return [failureView(desk, error, null)]
  }
}

type Askable = Parameters<Desk['perform']>[0]

/** Does what a button stands for. */
async function asked(desk: Desk, asker: Asker, request: () => Askable): Promise<readonly View[]> {
  try {
    return await desk.perform(request(), asker)
  } catch (error) {
    // The words are Spinup's own, though of a version that may have known other settings.
    if (error instanceof BadWords) return [badWordsView(error, null)]
    return [failureView(desk, error, null)]
  }
}

/** Other words would have helped; where they were right an example of them helps nobody. */
const WORDS_AT_FAULT: ReadonlySet<ErrorCode> = new Set(['badInput', 'limited'])

function failureView(desk: Desk, error: unknown, command: Command | null): View {
  if (error instanceof SpinupError) {
    return {
      kind: 'error',
      code: error.code,
      message: error.message,
      suggestion: null,
      example: WORDS_AT_FAULT.has(error.code) ? (command?.example ?? null) : null,
    }
  }
  desk.failed(error)
  const message = 'Something went wrong on my side; nothing was changed as far as I know. The log says more. Try again.'
  return { kind: 'error', code: 'internal', message, suggestion: null, example: null }
}

type Parsed =
  | { readonly kind: 'request'; readonly request: Request; readonly command: Command }
  | { readonly kind: 'error'; readonly view: ErrorView }

/** Whose clock a time of day is meant by; asked for only where there is one. */
async function zoneOf(desk: Desk, { text, asker }: CommandInput): Promise<TimeZone> {
  if (!/\d:\d/.test(text)) return UTC
  try {
    return timeZoneOf(asker.timeZone ?? (await desk.timeZone?.(asker)) ?? 'UTC')
  } catch {
    // A name that this machine does not know, or a store that does not answer: the answer names the clock it went by.
    return UTC
  }
}

/** Reads a line, with or without `/spinup` before it; what is suggested for a wrong one is itself right. */
export function parseLine(text: string, now: number, zone: TimeZone = UTC): Parsed {
  const parsed = readLine(text, now, zone)
  if (parsed.kind === 'request') return parsed
  let suggestion = parsed.view.suggestion
  for (let slips = 0; suggestion !== null && slips <= MOST_SLIPS + 1; slips++) {
    const next: Parsed | null = suggestion.length > LONGEST_LINE ? null : readLine(suggestion, now, zone)
    if (next?.kind === 'request') break
    suggestion = (slips < MOST_SLIPS ? next?.view.suggestion : null) ?? parsed.view.example
  }
  return { kind: 'error', view: { ...parsed.view, suggestion } }
}

/** A line with more wrong words than this is not mended word by word. */
const MOST_SLIPS = 4
const LONGEST_LINE = 300
const USUAL = '/spinup status'

function readLine(text: string, now: number, zone: TimeZone): Parsed {
  const [name = 'help', ...rest] = ungrouped(wordsOf(text))
  const command = COMMANDS.find((known) => known.name === name.toLowerCase())
  if (command === undefined) return { kind: 'error', view: unknown(name, (near) => [near, ...rest]) }
  try {
    const request = command.parse(rest, now, zone)
    if (request.kind === 'help' && request.topic !== null && !NAMES.includes(request.topic)) {
      return { kind: 'error', view: unknown(request.topic, (near) => ['help', near]) }
    }
    return { kind: 'request', request, command }
  } catch (error) {
    if (error instanceof BadWords) return { kind: 'error', view: badWordsView(error, command.example) }
    throw error
  }
}

/** For a word that is no command: the nearest that is, in a line ready to be typed. */
function unknown(word: string, line: (near: string) => readonly string[]): ErrorView {
  const near = nearest(word, NAMES)
  const suggestion = near === null ? '/spinup help' : ['/spinup', ...line(near)].join(' ')
  const example = COMMANDS.find((known) => known.name === near)?.example ?? USUAL
  return badWordsView(new BadWords(`There is no command called “${word}”.`, suggestion), example)
}

/** Words as typed; a setting's value in quotes is one word: `calendar="0 8 * * 1-5 for 10h min=4"`. */
function wordsOf(text: string): string[] {
  const words = text.trim().match(/[\w-]+=(["“])[^"”]*["”]|\S+/g) ?? []
  return /^[/!]?spinup$/i.test(words[0] ?? '') ? words.slice(1) : words
}

/** Without the group a platform lists the command under: `fleet adopt x` is `adopt x`. */
function ungrouped(words: readonly string[]): readonly string[] {
  const group = words[0]?.toLowerCase()
  return COMMANDS.some((command) => command.group === group) ? words.slice(1) : words
}

function helpView(topic: string | null): HelpView {
  return {
    kind: 'help',
    commands: COMMANDS.filter((command) => topic === null || command.name === topic).map(
      ({ name, usage, summary, example }) => ({ name, usage: `/spinup ${usage}`, summary, example }),
    ),
  }
}

const MOST_COMPLETIONS = 12

/** Completions of a half-typed line. */
export function complete(text: string, facts: Facts): readonly Completion[] {
  const words = wordsOf(text)
  const half = /\s$/.test(text) || text === '' ? '' : (words.pop() ?? '')
  const [name, ...rest] = words
  if (name === undefined) {
    return COMMANDS.filter((command) =>
      command.name.startsWith(half.toLowerCase().replace(/^\/(s(p(i(nup?)?)?)?)?$/, '')),
    ).map((command) => ({ text: `/spinup ${command.name}`, hint: command.summary }))
  }
  const command = COMMANDS.find((known) => known.name === name.toLowerCase())
  if (command === undefined) return []
  const before = ['/spinup', command.name, ...rest].join(' ')
  const options = (command.next?.(rest, facts) ?? []).filter((option) => option.startsWith(half) && option !== half)
  return options
    .slice(0, MOST_COMPLETIONS)
    .map((option) => ({ text: `${before} ${option}`, hint: `/spinup ${command.usage}` }))
}

const MOST_OFFERED = 25

/** Values for a named option that is half typed; of one that holds several words, for its last word. */
export function offered(name: string, option: string, half: string, facts: Facts): readonly string[] {
  const command = COMMANDS.find((known) => known.name === name)
  const all = command?.options?.find((known) => known.name === option)?.offers?.(facts) ?? []
  const begun = (text: string): readonly string[] =>
    all.filter((offer) => offer.toLowerCase().startsWith(text.toLowerCase()))
  const before = /^.*\s/s.exec(half)?.[0] ?? ''
  const whole = begun(half)
  const found = whole.length > 0 ? whole : begun(half.slice(before.length)).map((offer) => `${before}${offer}`)
  return found.slice(0, MOST_OFFERED)
}
