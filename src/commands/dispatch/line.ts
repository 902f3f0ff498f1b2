import { commandCalled, commandMeant, takesPool, type CommandWords } from '../../chat/grammar.ts'
import { nearest } from '../../core/model/nearest.ts'
import { lineIn } from '../../core/model/pool-action.ts'
import type { Pool } from '../../core/model/pool.ts'
import { UTC, type TimeZone } from '../../core/model/time-zone.ts'
import type { ErrorView } from '../../core/model/view.ts'
import { BadWords, badWordsView, noSuchCommand } from '../grammar/bad-words.ts'
import { wordsOf } from '../grammar/words.ts'
import type { Access } from '../command.ts'
import { COMMANDS, type Request } from '../registry.ts'
import { poolCalled } from '../../core/pool/pool-called.ts'

export type Parsed =
  /** `pool`: the one that the line names; null: none. */
  | { readonly kind: 'request'; readonly request: Request; readonly pool: string | null }
  | { readonly kind: 'error'; readonly view: ErrorView }

/** A line with more wrong words than this is not corrected word by word. */
const MOST_SLIPS = 4
const LONGEST_LINE = 300

type Pools = readonly Pick<Pool, 'id' | 'name'>[]

/** Reads a line, with or without `/spinup` before it; the name of one of these pools may stand right after the command. */
export function parseLine(text: string, now: number, zone: TimeZone = UTC, pools: Pools = []): Parsed {
  const parsed = readLine(text, now, zone, pools)
  return parsed.kind === 'request' ? parsed : { kind: 'error', view: rightly(parsed.view, now, zone, pools) }
}

/** The card with a suggestion that is itself right. */
export function rightly(view: ErrorView, now: number, zone: TimeZone, pools: Pools = []): ErrorView {
  let { suggestion } = view
  for (let slips = 0; suggestion !== null && slips <= MOST_SLIPS + 1; slips++) {
    const next: Parsed | null = suggestion.length > LONGEST_LINE ? null : readLine(suggestion, now, zone, pools)
    if (next?.kind === 'request') break
    suggestion = (slips < MOST_SLIPS ? next?.view.suggestion : null) ?? view.example
  }
  return { ...view, suggestion }
}

function readLine(text: string, now: number, zone: TimeZone, pools: Pools): Parsed {
  const [name = 'help', ...rest] = ungrouped(wordsOf(text))
  const command = commandCalled(COMMANDS, name)
  const read = (words: readonly string[], pool: string | null): Parsed => {
    try {
      if (command === null) throw noSuchCommand(name, COMMANDS, (near) => [near, ...rest])
      return { kind: 'request', request: command.parse(words, { now, zone, commands: COMMANDS }), pool }
    } catch (error) {
      if (!(error instanceof BadWords)) throw error
      const { suggestion, ...view } = badWordsView(error, command?.example ?? null)
      return { kind: 'error', view: { ...view, suggestion: suggestion && lineIn(suggestion, pool) } }
    }
  }
  const whole = (): Parsed => read(rest, null)
  const [first, ...words] = rest
  if (command === null || first === undefined || !takesPool(command)) return whole()
  const named = poolCalled(pools, first)
  if (named === null) return orNear(whole(), first, pools, (pool) => read(words, pool))
  const inPool = read(words, named.name)
  if (inPool.kind === 'request') return inPool
  // A word of the command may be a pool's name too: a member, a stat.
  const plain = whole()
  return plain.kind === 'request' ? plain : inPool
}

/** What a line says that does not read as it is, where its first word is nearly a pool's name. */
function orNear(parsed: Parsed, first: string, pools: Pools, read: (pool: string) => Parsed): Parsed {
  if (parsed.kind === 'request' || pools.length === 0) return parsed
  const near = nearest(
    first,
    pools.map((pool) => pool.name),
  )
  const meant = near === null ? null : read(near)
  if (near === null || meant?.kind !== 'request') return parsed
  const suggestion = `/spinup ${meant.request.kind} ${near}`
  return { kind: 'error', view: { ...parsed.view, message: `There is no pool called “${first}”.`, suggestion } }
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
