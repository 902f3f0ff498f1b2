import { isDone } from '../../core/model/answer.ts'
import type { ChartTheme } from '../../core/model/chart.ts'
import { SpinupError } from '../../core/model/error.ts'
import { didYouMean } from '../../core/model/nearest.ts'
import type { Actor } from '../../core/model/pool.ts'
import type { Asker, Platforms } from '../../core/model/platforms.ts'
import type { Policy } from '../../core/model/policy.ts'
import type { Beside, PoolSamples, SeriesAnswer, StatsPool } from '../../core/model/stats-page.ts'
import type { View } from '../../core/model/view.ts'
import { POLICY_FIELDS, takePolicy } from '../../core/policy/fields.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { poolCalled } from '../../core/pool/unmanaged.ts'
import type { Attempted, Saved, VisualKept, VisualsListed } from '../../core/visual/answers.ts'
import type { Caller } from './guard.ts'
import type { Done } from './shapes.ts'

/** A change as the commands of the chat have it. */
export type ApiRequest =
  | { readonly kind: 'scale'; readonly count: number }
  | { readonly kind: 'refresh'; readonly choice: { readonly kind: 'graceful' | 'live' | 'stop' } }
  | {
      readonly kind: 'policy'
      readonly changes: Readonly<Record<string, string>>
      readonly exact: Readonly<Record<string, unknown>>
      readonly onlyIf?: string
    }

/** What the API works on: pools as they are, and the same commands as in chat. */
export interface ApiService {
  readonly platforms: Platforms
  /** A team's, oldest first. */
  pools(tenant: string | null): Promise<readonly PoolState[]>
  /** Does it as that person or program, with everything that is checked in chat; what waits for a person says so. */
  perform(request: ApiRequest, asker: Asker, poolId: string): Promise<readonly View[]>
  /** Tells two policies apart. */
  mark(policy: Policy): string
  readonly stats: StatsReports
  readonly visuals: VisualsService
}

/** Which stats, from when to when (epoch ms). */
interface StatsWish {
  readonly stats: readonly string[]
  readonly fromAt: number
  readonly toAt: number
  readonly byMember: boolean
}

/** What is read for the stats page and its API. `tenant` null: the installation's own team; `pool` null: the only one there is. All throw in words. */
export interface StatsReports {
  pools(tenant: string | null): Promise<readonly StatsPool[]>
  pool(state: PoolState): Promise<StatsPool>
  /** `meanOnly`: of members without their lowest and highest. */
  series(
    state: PoolState,
    wish: StatsWish & { readonly points: number; readonly meanOnly: boolean },
  ): Promise<SeriesAnswer>
  beside(tenant: string | null, pool: string | null, span: Pick<StatsWish, 'fromAt' | 'toAt'>): Promise<Beside>
  /** The newest sample of every member. */
  samples(tenant: string | null): Promise<readonly PoolSamples[]>
  /** A range as it is typed, by the pool's clocks. */
  range(
    tenant: string | null,
    pool: string | null,
    text: string,
  ): Promise<{ fromAt: number; toAt: number; live: boolean }>
  /** Posts a view into the pool's channels; answers how many cards that made. */
  post(
    tenant: string | null,
    wish: StatsWish & { readonly pool: string; readonly member: string | null },
    actor: Actor,
  ): Promise<number>
  now(): number
}

/** What a picture is of. */
interface Of {
  /** null: the team's only or first one. */
  readonly pool: string | null
  readonly of: readonly string[]
  /** null: as the module says. */
  readonly rangeMs: number | null
  readonly options: Readonly<Record<string, string>>
}

/** What a module is tried with. */
interface AttemptOrder extends Of {
  readonly source: string
  readonly theme: ChartTheme
}

/** What is to be shown, where; null: the caller's own channel, now. */
interface ShowOrder extends Of {
  readonly name: string
  readonly every: string | null
  readonly place: string | null
}

/** Who calls, and the pools that it may see. */
export type VisualsCaller = Pick<Caller, 'asker' | 'reaches'>

/** A team's visualisations, as programs and the editor reach them. What changes something is guarded and kept as in chat. */
export interface VisualsService {
  list(caller: VisualsCaller): Promise<VisualsListed>
  /** `version` null: the newest. Throws `notFound`. */
  one(caller: VisualsCaller, name: string, version: number | null): Promise<VisualKept>
  /** `over`: the version it was made from, 0: none; throws `conflict` where there is another. null: whatever there is. */
  save(caller: VisualsCaller, name: string, source: string, over: number | null): Promise<Saved>
  undo(caller: VisualsCaller, name: string, version: number | null): Promise<Saved>
  remove(caller: VisualsCaller, name: string): Promise<void>
  /** Shows one in a channel, now or (`every`: `mon 9:00`) from now on; gives what was said of it there. */
  show(caller: VisualsCaller, order: ShowOrder): Promise<string>
  attempt(caller: VisualsCaller, order: AttemptOrder): Promise<Attempted>
  /** To begin with: the template first. */
  examples(): Promise<readonly { readonly name: string; readonly source: string }[]>
}

/** What the caller may see, oldest first. */
export async function reached(
  { pools }: Pick<ApiService, 'pools'>,
  { asker, reaches }: VisualsCaller,
): Promise<readonly PoolState[]> {
  return (await pools(asker.place.tenant)).filter((state) => reaches(state.pool.id))
}

/** The pool that is meant: the one named, or the only one. Throws `notFound`, and `badInput` where it is one of several. */
export async function chosen(
  service: Pick<ApiService, 'pools'>,
  caller: VisualsCaller,
  name: string | undefined,
): Promise<PoolState> {
  const states = await reached(service, caller)
  const all = states.map((state) => state.pool)
  const names = all.map((one) => one.name)
  if (name === undefined && states.length > 1) {
    throw new SpinupError('badInput', `Which pool? There are ${names.join(', ')}: name one as "pool".`)
  }
  const found = name === undefined ? all[0] : poolCalled(all, name)
  const state = states.find((one) => one.pool === found)
  if (state !== undefined) return state
  if (name === undefined) throw new SpinupError('notFound', 'No pool is connected yet, or none that you may see.')
  const there = names.length === 0 ? 'there is none that you may see' : `there are ${names.join(', ')}`
  throw new SpinupError('notFound', `There is no pool called ${name}: ${there}.${didYouMean(name, names)}`)
}

/** Does it in that pool (undefined: the only one there is), and says what came of it. Throws what the command refuses it with. */
export async function carriedOut(
  service: ApiService,
  caller: Caller,
  name: string | undefined,
  wish: ApiRequest,
): Promise<Done> {
  const { id, name: called } = (await chosen(service, caller, name)).pool
  const views = await service.perform(wish, caller.asker, id)
  const waiting = views
    .map((view) => (view.kind === 'answer' ? view.waits : undefined))
    .find((one) => one !== undefined)
  const message = views.map(wordsOf).join(' ') || 'Begun: the card in the channel shows the progress.'
  if (waiting === undefined) return { pool: called, changed: views.length === 0 || isDone(views), message, waits: null }
  const asked = (await service.pools(caller.asker.place.tenant)).flatMap((state) => state.asked)
  const until = asked.find((one) => one.id === waiting)?.deadlineAt ?? 0
  return { pool: called, changed: false, message, waits: { id: waiting, until } }
}

function wordsOf(view: View): string {
  switch (view.kind) {
    case 'answer':
      return view.text === '' ? view.title : `${view.title}. ${view.text}`
    case 'policy':
      return view.changed.length === 0 ? 'The policy says that already.' : `Set: ${view.changed.join(', ')}.`
    default:
      return ''
  }
}

/** What these settings change of the policy: by name and as it is typed, and exactly. Throws `badInput`. */
export function changesOf(
  before: Policy,
  settings: Readonly<Record<string, unknown>>,
  platforms: Platforms,
): { readonly changes: Readonly<Record<string, string>>; readonly exact: Readonly<Record<string, unknown>> } {
  const after = takePolicy(before, settings, platforms)
  const changed = POLICY_FIELDS.filter(({ read }) => read(after) !== read(before))
  return {
    changes: Object.fromEntries(changed.map(({ name, read }) => [name, read(after)])),
    exact: Object.fromEntries(changed.map(({ key }) => [key, after[key]])),
  }
}

/** The policy is not the one any more that a change was made from. */
export function changedSince(pool: string): SpinupError {
  return new SpinupError('conflict', `The policy of ${pool} has changed since, so nothing was set. Read it again.`)
}
