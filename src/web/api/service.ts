import { isDone } from '../../core/model/answer.ts'
import { SpinupError } from '../../core/model/error.ts'
import type { Asker, Platforms } from '../../core/model/platforms.ts'
import type { Policy } from '../../core/model/policy.ts'
import type { View } from '../../core/model/view.ts'
import { POLICY_FIELDS, takePolicy } from '../../core/policy/fields.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { noSuchPool, poolCalled } from '../../core/pool/unmanaged.ts'
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
}

/** What the caller may see, oldest first. */
export async function reached(service: ApiService, { asker, reaches }: Caller): Promise<readonly PoolState[]> {
  return (await service.pools(asker.place.tenant)).filter((state) => reaches(state.pool.id))
}

/** The pool that is meant: the one named, or the only one. Throws `notFound`, and `badInput` where it is one of several. */
export async function chosen(service: ApiService, caller: Caller, name: string | undefined): Promise<PoolState> {
  const states = await reached(service, caller)
  const all = states.map((state) => state.pool)
  const names = all.map((one) => one.name)
  if (name === undefined && states.length > 1) {
    throw new SpinupError('badInput', `Which pool? There are ${names.join(', ')}: name one as "pool".`)
  }
  const found = name === undefined ? all[0] : poolCalled(all, name)
  const state = states.find((one) => one.pool === found)
  if (state === undefined) throw noSuchPool(name ?? 'that', names)
  return state
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
