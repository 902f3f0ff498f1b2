import { messageOf } from '../../core/model/error.ts'
import { SPINUP, type Pool } from '../../core/model/pool.ts'
import type { AnswerView } from '../../core/model/view.ts'
import { answer } from '../../core/model/answer.ts'
import { fresh } from '../operations/fresh.ts'
import type { Services } from '../services.ts'
import { withPool } from '../session.ts'
import type { Litter } from '../../core/pool/apply-comparison.ts'

const LOCK_WAIT_MS = 6000

/** Removes what is nobody's, and tells. What fails is found again a minute later. */
export async function cleanUp(services: Services, pool: Pool, litter: readonly Litter[]): Promise<void> {
  for (const one of litter) {
    try {
      const still = (): Promise<boolean> => nobodys(services, pool, one)
      if (!(await still())) continue
      if (one.kind === 'stray') await services.balancer(pool).remove(one.url)
      else {
        const provider = services.provider(pool)
        // Another bot, or the operation itself, was quicker, and told what there was to tell.
        if ((await provider.get(one.droplet.id)) === null) continue
        await provider.destroy(one.droplet.id, still)
      }
    } catch (error) {
      services.log.warn(
        { pool: pool.id, found: one.kind, reason: messageOf(error) },
        'could not clean up; will try again',
      )
      continue
    }
    const { id, view } = told(one)
    services.log.warn({ pool: pool.id, found: one.kind, id }, view.title)
    await withPool(services, pool.id, LOCK_WAIT_MS, async (session) => {
      session.journal({ at: session.now, actor: SPINUP, what: view.title, outcome: view.text, tone: 'warn' })
      session.tellOnce(`cleaned:${id}`, view)
    })
  }
}

/** Whether it is nobody's yet: since it was found somebody may have taken it in, or a bot that slept is late. */
async function nobodys(services: Services, pool: Pool, litter: Litter): Promise<boolean> {
  const state = await fresh(services.elapsed, () => services.store.load(pool.id))
  if (state === null) return false
  const owners = [...state.members, ...state.operations]
  return litter.kind === 'stray'
    ? owners.every(({ url }) => url !== litter.url)
    : owners.every(({ dropletId }) => dropletId !== litter.droplet.id)
}

function told(litter: Litter): { readonly id: string; readonly view: AnswerView } {
  if (litter.kind === 'stray') {
    const text = `${litter.url} was the address of ${litter.memberId}, which has left the pool.`
    return {
      id: `${litter.url}:${litter.memberId}`,
      view: answer('warn', 'Took a former member off the balancer', text),
    }
  }
  const { droplet } = litter
  const made = `${new Date(droplet.createdAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const fields = [
    { name: 'Droplet', value: droplet.id },
    { name: 'Made', value: made },
  ]
  if (litter.kind === 'twin') {
    const text = 'The same operation had made two droplets; the one that is no member is deleted.'
    return { id: droplet.id, view: answer('warn', `Removed a twin of ${droplet.name}`, text, [], fields) }
  }
  const text = 'The operation that made it is over and it was never in service; it is deleted.'
  return { id: droplet.id, view: answer('warn', `Removed a half-made clone, ${droplet.name}`, text, [], fields) }
}
