import { SpinupError } from '../model/error.ts'
import { listed } from '../cards/words.ts'
import { didYouMean } from '../model/nearest.ts'
import type { Pool } from '../model/pool.ts'

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
