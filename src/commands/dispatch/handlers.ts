import type { ActionInput, ChatHandlers, CommandInput, Form } from '../../chat/chat.ts'
import { commandCalled, type Facts } from '../../chat/grammar.ts'
import { SpinupError, type ErrorCode } from '../../core/model/error.ts'
import type { Asker } from '../../core/model/platforms.ts'
import { poolOf } from '../../core/model/card-words.ts'
import type { Pool } from '../../core/model/pool.ts'
import { timeZoneOf, UTC, type TimeZone } from '../../core/model/time-zone.ts'
import { tokenIn } from '../../core/model/tokens.ts'
import type { View } from '../../core/model/view.ts'
import { BadWords, badWordsView } from '../grammar/bad-words.ts'
import { command as help } from '../help.ts'
import { COMMANDS, LISTED, type Request } from '../registry.ts'
import { wordsOf } from '../grammar/plain.ts'
import { saysTime } from '../grammar/time.ts'
import { complete, offered, poolInLine } from './complete.ts'
import { parseLine, rightly } from './line.ts'
import { meantBy } from './sayings.ts'
import { formOf, type FormOf, type Performable } from './perform.ts'
import type { Meant } from './which-pool.ts'

/** What carries out a parsed request; the engine in the product. */
export interface CommandService {
  perform(request: Performable, asker: Asker, meant: Meant): Promise<readonly View[]>
  /** What a form shows when it opens; views instead: there is nothing to fill in any more. */
  form(form: FormOf, asker: Asker, meant: Meant): Promise<Form | readonly View[]>
  /** Pools that may be seen from there, as they are now. */
  home(asker: Asker): Promise<readonly View[]>
  /** Of the pool of that name, or of the one that is meant without; null: none was named. */
  facts(asker: Asker, pool: string | null): Promise<Omit<Facts, 'commands'>>
  /** Names and ids of the pools that may be seen from there; absent: lines name none. */
  pools?(asker: Asker): Promise<readonly Pick<Pool, 'id' | 'name'>[]>
  /** Names of the visualisations that the asker's team wrote; absent: lines name none. */
  visuals?(asker: Asker): Promise<readonly string[]>
  now(): number
  /** IANA name of the clock the asker's pool goes by. */
  timeZone?(asker: Asker): Promise<string>
  /** Gets every failure that is not the person's. */
  failed(error: unknown): void
}

/** The handlers every platform calls: one grammar, one set of answers, whichever platform asks. */
export function createHandlers(service: CommandService): ChatHandlers {
  const facts = async (asker: Asker, pool: string | null): Promise<Facts> => ({
    ...(await service.facts(asker, pool).catch(() => NO_FACTS)),
    commands: LISTED.map(({ name }) => name),
  })
  return {
    command: async (input) => refuseTokens(input.text) ?? typed(service, input),
    action: async (input) =>
      refuseTokens(input.action, ...Object.values(input.values ?? {})) ?? pressed(service, input),
    form: async (input) => refuseTokens(input.action) ?? opened(service, input),
    complete: async (text, asker) => {
      const pools = await poolsFor(service, { text, asker })
      const { pool, line } = poolInLine(text, pools)
      return complete(line, await facts(asker, pool), pool)
    },
    offers: async (name, option, half, asker, pool = null) =>
      offered(name, option, half, await facts(asker, option === 'pool' ? null : pool)),
    home: (asker) => orFailure(service, null, () => service.home(asker)),
  }
}

/** Before anything is read, repeated or kept of it; null: there is none. */
function refuseTokens(...texts: readonly string[]): readonly View[] | null {
  const what = texts.map(tokenIn).find((found) => found !== null)
  if (what === undefined) return null
  const message = `That holds ${what}. I did nothing with it and keep it nowhere; delete your message, and revoke it where you got it: who reads this channel has it. Accounts are linked by /spinup connect, on a page of its own.`
  return [{ kind: 'error', code: 'badInput', message, suggestion: null, example: '/spinup connect' }]
}

const NO_FACTS: Omit<Facts, 'commands'> = { pools: [], members: [], stats: [] }

/** `carried`: the pool of the button whose line it is; null: it was typed, or the button carries none. */
async function typed(
  service: CommandService,
  input: CommandInput,
  carried: string | null = null,
): Promise<readonly View[]> {
  const pools = carried === null ? await poolsFor(service, input) : []
  const visuals = /\bshow\b/i.test(input.text) ? ((await service.visuals?.(input.asker).catch(() => [])) ?? []) : []
  const parsed = parseLine(input.text, service.now(), await zoneOf(service, input), pools, visuals)
  if (parsed.kind === 'error') return [parsed.view]
  const { request, pool, line } = parsed
  const meant = { pool: carried ?? pool, action: `run:${line}` }
  return orFailure(service, exampleOf(request.kind), () => asked(service, request, input.asker, meant))
}

/** The pools that a line may name; none where it names nothing, or the store does not answer, which the command will say. */
async function poolsFor(
  service: CommandService,
  { text, asker }: CommandInput,
): Promise<readonly Pick<Pool, 'id' | 'name'>[]> {
  const words = wordsOf(text)
  // A line of one word that is a command names none.
  return words.length === 0 || (words.length === 1 && meantBy(words) !== null)
    ? []
    : ((await service.pools?.(asker).catch(() => [])) ?? [])
}

async function asked(service: CommandService, request: Request, asker: Asker, meant: Meant): Promise<readonly View[]> {
  // Help needs no engine, and helps when there is none.
  return request.kind === 'help' ? help.run(LISTED, request) : service.perform(request, asker, meant)
}

async function pressed(service: CommandService, input: ActionInput): Promise<readonly View[]> {
  const { asker, values = {} } = input
  const { action, pool } = poolOf(input.action)
  if (action.startsWith('run:')) return typed(service, { ...input, text: action.slice('run:'.length) }, pool)
  const meant = { pool, action }
  const form = formOf(action)
  if (form !== null)
    return orFailure(service, exampleOf(form.name), () => asked(service, form.read(values), asker, meant))
  const [key, read] = BUTTONS.find(([start]) => action.startsWith(`${start}:`)) ?? []
  if (read === undefined) return [STALE]
  return orFailure(service, null, () => asked(service, read(action.slice(key!.length + 1), values), asker, meant))
}

type ReadButton = (text: string, values: Readonly<Record<string, string>>) => Request

/** What each button that is no line stands for. */
const BUTTONS: readonly (readonly [key: string, read: ReadButton])[] = COMMANDS.flatMap(({ buttons = {} }) =>
  Object.entries<ReadButton>(buttons),
)

const STALE = badWordsView(
  new BadWords('That button is from an older message and does nothing any more.', '/spinup status'),
  null,
)

async function opened(service: CommandService, input: ActionInput): Promise<Form | readonly View[]> {
  const { action, pool } = poolOf(input.action)
  const form = formOf(action)
  return form === null ? [STALE] : orFailure(service, null, () => service.form(form, input.asker, { pool, action }))
}

function exampleOf(name: string): string | null {
  return commandCalled(COMMANDS, name)?.example ?? null
}

/** Other words would have helped; where they were right an example of them helps nobody. */
const WORDS_AT_FAULT: ReadonlySet<ErrorCode> = new Set(['badInput', 'limited'])

/** What it answers, or why it could not, as a card. */
async function orFailure<T>(
  service: CommandService,
  example: string | null,
  work: () => Promise<T>,
): Promise<T | readonly View[]> {
  try {
    return await work()
  } catch (error) {
    // The words of a button are Spinup's own, though of a version that may have known other settings.
    if (error instanceof BadWords) return [rightly(badWordsView(error, example), service.now(), UTC)]
    if (error instanceof SpinupError) {
      const { code, message } = error
      const shown = WORDS_AT_FAULT.has(code) ? example : null
      return [{ kind: 'error', code, message, suggestion: null, example: shown }]
    }
    service.failed(error)
    return [UNFORESEEN]
  }
}

const UNFORESEEN: View = {
  kind: 'error',
  code: 'internal',
  message: 'Something went wrong on my side; nothing was changed as far as I know. The log says more. Try again.',
  suggestion: null,
  example: null,
}

/** Whose clock a time of day is meant by; asked for only where there is one. */
async function zoneOf(service: CommandService, { text, asker }: CommandInput): Promise<TimeZone> {
  if (!saysTime(text)) return UTC
  try {
    return timeZoneOf(asker.timeZone ?? (await service.timeZone?.(asker)) ?? 'UTC')
  } catch {
    // A name that this machine does not know, or a store that does not answer: the answer names the clock it went by.
    return UTC
  }
}
