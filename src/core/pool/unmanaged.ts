import { SpinupError } from '../model/error.ts'
import { didYouMean } from '../model/nearest.ts'
import type { Stranger } from '../model/upkeep.ts'
import type { PoolState } from './state.ts'
import type { Droplet } from '../../providers/provider.ts'
import type { Services } from '../../engine/services.ts'
import type { Session } from '../../engine/session.ts'

/** The droplet behind a stranger, by id or name, as it is now; asked before the pool's lock is taken. */
export async function findStranger(services: Services, state: PoolState, wanted: string): Promise<Droplet | null> {
  const stranger = strangerOf(state, wanted)
  return stranger === null ? null : services.provider(state.pool).get(stranger.dropletId)
}

/** The unknown droplet of that id or name; null: there is none. */
export function strangerOf(state: PoolState, wanted: string): Stranger | null {
  const { strangers } = state.upkeep
  return strangers.find((one) => one.dropletId === wanted) ?? strangers.find((one) => one.name === wanted) ?? null
}

/** It is a member from now on, or leaves. */
export function forget(session: Session, dropletId: string): void {
  const { upkeep } = session.state()
  session.change({
    upkeep: { ...upkeep, strangers: upkeep.strangers.filter((one) => one.dropletId !== dropletId) },
  })
}

/** For a name that is neither a member’s nor an unknown droplet’s. */
export function unknown(state: PoolState, wanted: string): SpinupError {
  const names = [...state.members.map((member) => member.id), ...state.upkeep.strangers.map((one) => one.name)]
  return new SpinupError(
    'notFound',
    `There is no member and no unknown droplet called ${wanted}; there are ${names.join(', ')}.${didYouMean(wanted, names)} Nothing was changed.`,
  )
}

/** For one that is not what it was when it was found. */
export function vanished(name: string): SpinupError {
  return new SpinupError('notFound', `${name} is gone, or no longer carries my tags; nothing was changed.`)
}
