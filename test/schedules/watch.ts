import type { Exchange } from '../../src/demo/cloud/api/exchange.ts'
import type { FakeDigitalOcean } from '../../src/demo/cloud/api/digitalocean.ts'

export const POOL_TAG = 'spinup-pool:web'

export type Wrong = 'over' | 'orphan' | 'origin' | 'stuck'

export interface Violation {
  readonly wrong: Wrong
  readonly words: string
}

/** Looks at the account with every request that is answered, whatever the bots believe. */
export interface Watch {
  readonly violations: Violation[]
  seen(exchange: Exchange): void
  /** The maximum is another from now on; orders that are on their way were made under the old one. */
  allow(max: number): void
  /** A refresh is under way that may have one more, or that has had it: it comes back by itself. */
  spare(one: boolean): void
  /** A person adds a droplet: orders that are on their way could not know. */
  added(): void
  /** Whether somebody has asked for a snapshot that is not over. */
  copying: 'no' | 'live' | 'graceful'
  /** Commands that are not answered yet: a bot sleeps, or waits for the lock. */
  asking: number
}

const COPYING: Readonly<Record<Watch['copying'], ReadonlySet<string>>> = {
  no: new Set(),
  live: new Set(['snapshot']),
  graceful: new Set(['shutdown', 'power_off', 'snapshot', 'power_on']),
}

/** What an order goes by: when its bot asked whether it may, and looked at the account; ms of real time. */
export type KnownAt = (tags: readonly string[]) => { readonly asked: number; readonly looked: number }

export function createWatch(cloud: () => FakeDigitalOcean, origin: () => number, knownAt: KnownAt): Watch {
  const limits: { readonly max: number; until: number }[] = []
  const added: number[] = []
  let spareUntil = 0
  const watch: Watch = {
    added: () => void added.push(performance.now()),
    violations: [],
    copying: 'no',
    asking: 0,
    spare(one) {
      if (one) spareUntil = Infinity
      else if (spareUntil === Infinity) spareUntil = performance.now()
    },
    allow(max) {
      const now = performance.now()
      const last = limits.at(-1)
      if (last !== undefined) last.until = now
      limits.push({ max, until: Infinity })
    },
    seen({ operation, status, path, requestBody, method }) {
      if (operation === 'droplets_create' && status === 202) {
        const known = knownAt((requestBody as { readonly tags: readonly string[] }).tags)
        const max = Math.max(...limits.filter(({ until }) => until >= known.asked).map((one) => one.max))
        const there = cloud().state.dropletsTagged(POOL_TAG).length + 1
        if (there - added.filter((at) => at >= known.looked).length > max + (spareUntil >= known.asked ? 1 : 0))
          watch.violations.push({ wrong: 'over', words: `${there} droplets with a maximum of ${max}` })
      }
      const touches = path.startsWith(`/v2/droplets/${origin()}`) && method !== 'GET'
      const type = String((requestBody as { readonly type?: unknown } | undefined)?.type ?? '')
      if (touches && !COPYING[watch.copying].has(type)) {
        watch.violations.push({ wrong: 'origin', words: `${method} ${path} ${type} (snapshot: ${watch.copying})` })
      }
    },
  }
  return watch
}
