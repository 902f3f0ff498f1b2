import { SpinupError } from '../../core/model/error.ts'
import type { Asker } from '../../core/model/platforms.ts'
import { beginPool, connectedAlready, newPool, reservePool, type PoolChoice } from './begin-pool.ts'
import type { Services } from '../services.ts'
import { changePool } from '../session.ts'

/** Makes the pool of a droplet that was picked on the connect page; the line that puts the agent on it. Throws `SpinupError` in words. */
export async function connectPicked(
  services: Services,
  choice: PoolChoice,
  picked: { readonly id: string; readonly name: string },
  { actor, place }: Asker,
): Promise<{ readonly pool: string; readonly line: string | null }> {
  const { tenant } = place
  const asked = { id: picked.id, dollarsPerHour: choice.dollarsPerHour }
  const unnamed = newPool({ id: picked.name, name: picked.name }, choice, asked, services.now(), tenant)
  const droplet = await services.provider(unnamed).get(picked.id)
  if (droplet === null) {
    throw new SpinupError('notFound', `${picked.name} is no longer in the account; pick another droplet.`)
  }
  if (droplet.tags.includes('spinup')) {
    throw new SpinupError('badInput', `${picked.name} is a clone of mine; pick the droplet that runs your site.`)
  }
  const { dollarsPerHour } = droplet
  const priced = { ...picked, dollarsPerHour: dollarsPerHour ?? choice.dollarsPerHour }
  const pool = await reservePool(services, priced, choice, tenant)
  await services.notices.join(place, pool.id)
  if (!(await beginPool(services, pool, droplet, actor))) throw connectedAlready(pool)
  return { pool: pool.name, line: (await services.store.load(pool.id))?.onboarding?.line ?? null }
}

/** Another access, at `cloud`, to the account of a pool, which has to hold its origin; the one before is given up. */
export async function relinkPool(
  services: Services,
  poolId: string,
  account: string,
  cloud: string,
): Promise<{ readonly pool: string }> {
  const before = (await services.store.load(poolId))?.pool
  if (before === undefined) throw new SpinupError('notFound', `There is no pool ${poolId} any more.`)
  // Its cloud would be shown a token of another one.
  if (before.provider !== cloud) {
    throw new SpinupError('badInput', `The droplet of ${before.name} is at another cloud; link an account of that one.`)
  }
  const origin = before.originDropletId
  if (origin !== null && (await services.provider({ ...before, account }).get(origin)) === null) {
    throw new SpinupError(
      'badInput',
      `That account does not hold the droplet of ${before.name}. Log in to the account, or the team, that it is in.`,
    )
  }
  await changePool(services, poolId, async (session) => {
    session.change({ pool: { ...session.state().pool, account } })
  })
  if (before.account !== null && before.account !== account) {
    await services.forgetSecrets({ ...before, balancerSettings: null })
  }
  return { pool: before.name }
}
