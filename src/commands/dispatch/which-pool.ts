import { answer } from '../../core/model/answer.ts'
import type { Place } from '../../core/model/platforms.ts'
import { listed } from '../../core/cards/words.ts'
import { inPool } from '../../core/model/card-words.ts'
import type { View } from '../../core/model/view.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { Services } from '../../engine/services.ts'
import { noSuchPool, poolCalled } from '../../core/pool/unmanaged.ts'

/** How a request came: the pool it names (its name or id; null: none), and the button that would ask the same again. */
export interface Meant {
  readonly pool: string | null
  readonly action: string
}

/** In the place of a name: each of the team’s, whichever the channel uses. No pool is called so. */
export const EVERY_POOL = '*'

/**
 * The pools a request is for, of the team's: the one it names, the only one, the only one it can be about, the one that
 * the channel uses; of several that are left it is not known, and all are given. Throws `notFound` for a name of none.
 */
export async function whichPools(
  services: Pick<Services, 'team'>,
  pools: readonly PoolState[],
  {
    named,
    place,
    isOf,
  }: { readonly named: string | null; readonly place: Place; readonly isOf: (state: PoolState) => boolean },
): Promise<readonly PoolState[]> {
  if (named === EVERY_POOL) return pools
  if (named !== null) return [namedOf(pools, named)]
  if (pools.length < 2) return pools
  const about = pools.filter(isOf)
  if (about.length === 1) return about
  const used = await services.team.usedIn(place)
  const usual = pools.find(({ pool }) => pool.id === used)
  return usual === undefined ? pools : [usual]
}

function namedOf(pools: readonly PoolState[], name: string): PoolState {
  const found = poolCalled(
    pools.map(({ pool }) => pool),
    name,
  )
  const state = pools.find(({ pool }) => pool === found)
  if (state !== undefined) return state
  throw noSuchPool(
    name,
    pools.map(({ pool }) => pool.name),
  )
}

const MOST_BUTTONS = 5

/** Asks which pool is meant; a button of each does what was asked there. */
export function askWhich(pools: readonly PoolState[], action: string): View {
  const names = pools.map(({ pool }) => pool.name)
  const line = /^run:\/spinup (\S+)/.exec(action)?.[1] ?? 'status'
  return {
    ...answer(
      'info',
      'Which pool?',
      `You have ${listed(names)}. Nothing was changed. Name one after the command, as in /spinup ${line} ${names[0]}, or set this channel’s own: /spinup use ${names[0]}.`,
      pools.slice(0, MOST_BUTTONS).map(({ pool }) => ({
        action: inPool(action, pool.id),
        label: pool.name,
        style: 'plain',
      })),
    ),
    private: true,
  }
}
