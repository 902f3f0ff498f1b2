import { SpinupError } from '../model/error.ts'
import { didYouMean } from '../model/nearest.ts'
import type { UnmanagedDroplet } from '../model/upkeep.ts'
import type { PoolState } from './state.ts'
import type { Draft } from './draft.ts'
import { calledSo } from './member-called.ts'
import { listed } from '../cards/words.ts'
import type { Pool } from '../model/pool.ts'
import { thereAre } from '../model/words.ts'

/** The unknown droplet of that id or name; null: there is none. */
export function unmanagedOf(state: PoolState, wanted: string): UnmanagedDroplet | null {
  const { unmanaged } = state.upkeep
  return unmanaged.find((one) => one.dropletId === wanted) ?? calledSo(unmanaged, ({ name }) => name, wanted)
}

/** It is a member from now on, or leaves. */
export function forgetUnmanaged(draft: Draft, dropletId: string): void {
  const { upkeep } = draft.state()
  draft.change({
    upkeep: { ...upkeep, unmanaged: upkeep.unmanaged.filter((one) => one.dropletId !== dropletId) },
  })
}

/** For a name that is neither a member’s nor an unknown droplet’s. */
export function noSuchDroplet(state: PoolState, wanted: string): SpinupError {
  const names = [...state.members.map((member) => member.id), ...state.upkeep.unmanaged.map((one) => one.name)]
  return new SpinupError(
    'notFound',
    `There is no member and no unknown droplet called ${wanted}; ${thereAre(names)}.${didYouMean(wanted, names)} Nothing was changed.`,
  )
}

/** For one that is not what it was when it was found. */
export function vanished(name: string): SpinupError {
  return new SpinupError('notFound', `${name} is gone, or no longer carries my tags; nothing was changed.`)
}

/** The pool of that name or id among the team's; null: none. */
export function poolCalled<P extends Pick<Pool, 'id' | 'name'>>(pools: readonly P[], word: string): P | null {
  const name = word.toLowerCase()
  return pools.find((pool) => pool.name.toLowerCase() === name) ?? pools.find((pool) => pool.id === name) ?? null
}

/** Nothing is called so; `names` are those there are. */
export function noSuchPool(word: string, names: readonly string[]): SpinupError {
  const known =
    names.length === 0
      ? 'None is connected yet; type /spinup connect.'
      : `Yours: ${listed(names)}.${didYouMean(word, names)}`
  return new SpinupError('notFound', `There is no pool called ${word}. ${known} Nothing was changed.`)
}
