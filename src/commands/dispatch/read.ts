import { takesPool, type CommandWords } from '../../chat/grammar.ts'
import { listed } from '../../core/cards/words.ts'
import { lineIn } from '../../core/model/card-words.ts'
import type { Pool } from '../../core/model/pool.ts'
import type { TimeZone } from '../../core/model/time-zone.ts'
import type { ErrorView } from '../../core/model/view.ts'
import { BadWords, badWordsView } from '../grammar/bad-words.ts'
import type { Access } from '../command.ts'
import { COMMANDS, type Request } from '../registry.ts'
import { poolCalled } from '../../core/pool/unmanaged.ts'
import { changesNothing } from './access.ts'
import { EVERY_POOL } from './which-pool.ts'
import { isSlip } from './near.ts'
import type { Meant } from './sayings.ts'

export type Parsed =
  /** `pool`: the one that the line names; null: none. `line`: the same without it, as help would write it. */
  | { readonly kind: 'request'; readonly request: Request; readonly pool: string | null; readonly line: string }
  | { readonly kind: 'error'; readonly view: ErrorView }

export type Pools = readonly Pick<Pool, 'id' | 'name'>[]

/** When, by whose clock and among which pools a line is read. */
export interface Situation {
  readonly now: number
  readonly zone: TimeZone
  readonly pools: Pools
  /** Names of the team's own visualisations. */
  readonly visuals: readonly string[]
}

/** Where the name of a pool may stand beside right after the command. */
const PLACES = /^(on|in|for|at|of|pool)$/i

/** The words of a command, and the pool that they name. */
export function readMeant({ command, words: all }: Meant, { now, zone, pools }: Situation): Parsed {
  const words = takesPool(command) ? nameAlone(all, pools, looks(command)) : all
  const read = (all: readonly string[], pool: string | null): Parsed => {
    const rest = asSaid(command, all).map((word) =>
      hasReason(command) && !/^(\d|(for|until|at|to)\W)/i.test(word) ? word : tidy(word, command.commas),
    )
    try {
      const request = command.parse(rest, { now, zone, commands: COMMANDS })
      return { kind: 'request', request, pool, line: ['/spinup', command.name, ...rest].join(' ') }
    } catch (error) {
      if (!(error instanceof BadWords)) throw error
      const { suggestion, ...view } = badWordsView(error, command.example)
      return { kind: 'error', view: { ...view, suggestion: suggestion && lineIn(suggestion, pool) } }
    }
  }
  const whole = (): Parsed => read(words, null)
  const [first] = words
  if (first === undefined || !takesPool(command)) return whole()
  if (command.pools === 'each' && isEvery(words, pools)) return read([], pools.length < 2 ? null : EVERY_POOL)
  const wrong = pools.length < 2 || !isOfOne(command) ? null : notOne(command, words, pools)
  if (wrong !== null) return { kind: 'error', view: badWordsView(wrong, command.example) }
  const named = namedPool(words, pools, looks(command))
  if (named === null) {
    const last = lastPool(words, whole(), pools, read)
    if (last !== null) return last
    const after = PLACES.test(first) ? words.slice(1) : words
    return orNear(whole(), after, pools, read, command.options !== undefined)
  }
  const inPool = read(named.rest, named.pool)
  // Of a single pool, `stats of web` is of its member; among several pools, of that pool.
  const ofMember = pools.length < 2 && /^of$/i.test(first) ? whole() : null
  if (ofMember?.kind === 'request') return ofMember
  if (inPool.kind === 'request') return inPool
  // A word of the command may be a pool's name too: a member, a stat.
  const plain = whole()
  return plain.kind === 'request' ? plain : inPool
}

/** Written like settings, `--for=2h` and `reason="launch day"` mean the same as said; not where settings are what follows. */
function asSaid({ usage, options = [] }: CommandWords, words: readonly string[]): readonly string[] {
  if (usage.includes('=')) return words
  return words.flatMap((word) => {
    const [, name = '', value = ''] = /^([a-z]+)=(.+)$/is.exec(word) ?? []
    const option = options.find((one) => one.name === (LENGTHS.test(name) ? 'time' : name.toLowerCase()))
    if (option === undefined) return [word]
    const plain = value.replace(/^(["'])(.*)\1$/s, '$2')
    return (option.words?.(/^until$/i.test(name) ? `until ${plain}` : plain) ?? plain).split(' ')
  })
}

const LENGTHS = /^(for|until|duration|length)$/i

/** `of the api pool` as `of api`: right after the command, and anywhere in what only looks. */
function nameAlone(words: readonly string[], pools: Pools, anywhere: boolean): readonly string[] {
  const isLink = (word = ''): boolean => PLACES.test(word) || ARTICLE.test(word)
  const from = anywhere ? words.length : words.findIndex((word) => !isLink(word))
  const isName = (at: number): boolean =>
    at >= 0 && at <= from && poolCalled(pools, words[at] ?? '') !== null && (at === 0 || isLink(words[at - 1]))
  return words.filter(
    (word, at) => !(ARTICLE.test(word) && isName(at + 1)) && !(/^pool[,:]?$/i.test(word) && isName(at - 1)),
  )
}

const ARTICLE = /^(the|our|my)$/i

/** `of all pools`, `both`, `web and api`: every one of several. */
function isEvery(words: readonly string[], pools: Pools): boolean {
  const said = words
    .flatMap((word) => word.split(','))
    .filter((word) => !/^(|of|for|in|on|the|my|our|and|&|\+)$/i.test(word))
  const others = said.filter((word) => !/^(all|both|every|each|everything|everywhere|pools?)$/i.test(word))
  if (others.length === 0) return said.some((word) => !/^pool$/i.test(word))
  const named = new Set(others.map((word) => poolCalled(pools, word)?.id))
  return pools.length > 1 && !named.has(undefined) && named.size === pools.length
}

function looks(command: CommandWords & { readonly access?: Access }): boolean {
  return command.access === 'read'
}

/** Whether it changes a single pool: what it is must be clear. */
function isOfOne(command: CommandWords): boolean {
  const { access = 'change' } = command as CommandWords & { readonly access?: Access }
  return access !== 'read' && command.pools !== 'each'
}

/** A pool's name with a slip in it, or several pools, where one is meant: it would read as a reason, and another pool be changed. */
function notOne(command: CommandWords, words: readonly string[], pools: Pools): BadWords | null {
  const names = listed(pools.map(({ name }) => name))
  const [first = ''] = words
  const near = (word: string): string | null =>
    poolCalled(pools, word) === null ? (pools.find(({ name }) => isSlip(word, name.toLowerCase()))?.name ?? null) : null
  const placed = /^(on|in|pool)$/i.test(words.at(-2) ?? '') ? words.length - 1 : -1
  for (const at of [PLACES.test(first) ? 1 : 0, placed]) {
    const word = (words[at] ?? '').replace(/,$/, '')
    // `we` is no slip of `web`.
    const meant = word.length < 3 ? null : near(word)
    if (meant === null) continue
    const line = ['/spinup', command.name, ...words.with(at, meant)].join(' ')
    return new BadWords(`There is no pool called “${word}”. Yours: ${names}.`, line)
  }
  const [, link = '', other = ''] = words
  const next = first.endsWith(',') ? link : /^(and|&|\+|,)$/i.test(link) ? other : ''
  const isList = poolCalled(pools, first.replace(/,$/, '')) !== null && poolCalled(pools, next) !== null
  const [about] = command.options ?? []
  const isAll = /^(all|both|every|everything)$/i.test(first) && hasReason(command) && about?.name !== 'member'
  if (!isList && !isAll) return null
  return new BadWords(`One pool at a time: ${names}. Nothing was changed.`, null)
}

/** Where a person's own sentence may follow, its commas stay. */
function hasReason({ options = [] }: CommandWords): boolean {
  return options.some(({ name }) => name === 'reason')
}

function tidy(word: string, commas = false): string {
  return word.replace(commas ? /(?<=^[^:].*)[;:!]+$/ : /(?<=^[^:].*)[,;:!]+$/, '')
}

/** `status api`, `status of api`, `scale 3 on api`, of what only looks `stats cpu of api last 2h`: the pool, and the words without it; null: none is named. */
function namedPool(
  words: readonly string[],
  pools: Pools,
  anywhere: boolean,
): { readonly pool: string; readonly rest: readonly string[] } | null {
  const [first = '', second = ''] = words
  const called = (word: string): string | null => poolCalled(pools, word)?.name ?? null
  const ahead = called(first)
  if (ahead !== null) return { pool: ahead, rest: words.slice(1) }
  const placed = PLACES.test(first) ? called(second) : null
  if (placed !== null) return { pool: placed, rest: words.slice(2) }
  const last = /^(on|in|pool)$/i.test(words.at(-2) ?? '') ? called(words.at(-1) ?? '') : null
  if (last !== null) return { pool: last, rest: words.slice(0, -2) }
  const at = anywhere && pools.length > 1 ? words.findIndex((word, index) => isOf(word, words[index + 1])) : -1
  return at < 0 ? null : { pool: called(words[at + 1]!)!, rest: words.toSpliced(at, 2) }

  function isOf(word: string, next = ''): boolean {
    return /^(of|for|on|in)$/i.test(word) && called(next) !== null
  }
}

/** `up 1 api`, `pin 3 2h api`: a pool's name at the end, where it says nothing else; as the whole reason, it would be another pool's. */
function lastPool(
  words: readonly string[],
  plain: Parsed,
  pools: Pools,
  read: (words: readonly string[], pool: string | null) => Parsed,
): Parsed | null {
  const last = words.length < 2 ? null : poolCalled(pools, words.at(-1) ?? '')
  if (last === null) return null
  const reason = plain.kind === 'request' && 'reason' in plain.request ? plain.request.reason : null
  if (plain.kind === 'request' && reason !== words.at(-1)) return null
  const parsed = read(words.slice(0, -1), last.name)
  return parsed.kind === 'request' ? parsed : null
}

/** What a line says that does not read as it is, and does without its first word: that was to be a pool's name, where it nearly is one, or where nothing else may follow. */
function orNear(
  parsed: Parsed,
  [first = '', ...rest]: readonly string[],
  pools: Pools,
  read: (words: readonly string[], pool: string | null) => Parsed,
  takesWords: boolean,
): Parsed {
  if (parsed.kind === 'request' || pools.length === 0 || !/^\p{L}[\p{L}\p{N}.-]*$/u.test(first)) return parsed
  const near = pools.find(({ name }) => isSlip(first, name.toLowerCase()))?.name ?? null
  const meant = near === null && takesWords ? parsed : read(rest, near)
  if (meant.kind !== 'request') return parsed
  const message = `There is no pool called “${first}”. Yours: ${listed(pools.map(({ name }) => name))}.`
  // What changes something is not guessed for another pool.
  const guess = near ?? (changesNothing(meant.request) ? pools[0]!.name : null)
  const suggestion = guess === null ? '/spinup pools' : lineIn(meant.line, guess)
  return { kind: 'error', view: { ...parsed.view, message, suggestion } }
}
