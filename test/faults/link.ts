import { entry } from '../../src/providers/digitalocean/entry.ts'
import type { BalancerSettings } from '../../src/core/model/backend.ts'
import { blankOnboarding, newPool } from '../../src/engine/connect/begin-pool.ts'
import type { PoolStore } from '../../src/store/pool-store.ts'

/** The pool's id, and its origin's name. */
export const POOL = 'shop'

const HOUR_MS = 3_600_000

/** What the connect page leaves behind when a person has chosen: the pool waits for its first sample. */
export async function link(
  store: PoolStore,
  wanted: { readonly max: number; readonly balancer: BalancerSettings | null },
  origin: { readonly id: string; readonly url: string },
): Promise<void> {
  const now = Date.now()
  const droplet = {
    id: origin.id,
    name: POOL,
    status: 'active',
    url: origin.url,
    tags: [],
    createdAt: now - HOUR_MS,
    dollarsPerHour: 0.00893,
    size: '',
    region: 'nyc3',
  } as const
  const pool = newPool(
    { id: POOL, name: POOL },
    {
      provider: 'digitalocean',
      account: entry.environmentAccount,
      balancer: wanted.balancer?.kind ?? 'builtin',
      balancerSettings: wanted.balancer,
      address: { network: 'public', port: Number(new URL(origin.url).port) },
      clones: { size: null, region: null },
      dollarsPerHour: droplet.dollarsPerHour,
      healthPath: '/health',
    },
    droplet,
    now,
  )
  const ada = { id: 'console:ada', name: 'Ada', platform: 'console' }
  await store.create({ ...pool, policy: { ...pool.policy, max: wanted.max, scaleInWindowMs: 24 * HOUR_MS } })
  const lease = (await store.lock(POOL, 5000))!
  const member = { id: `${POOL}-1`, poolId: POOL, role: 'origin', phase: 'booting', phaseAt: now } as const
  const rest = { createdAt: droplet.createdAt, dropletId: origin.id, url: origin.url, operationId: null, failure: null }
  await store.commit(
    POOL,
    { kind: 'lease', lease },
    {
      change: {
        onboarding: blankOnboarding('link', ada, POOL, now),
        members: { put: [{ ...member, ...rest }] },
      },
    },
  )
  await lease.release()
}
