import { DEFAULT_LOOK_MS } from './create.ts'
import type { DigitalOceanOptions } from './digitalocean.ts'
import { DEFAULT_EDGE_TIMING } from './edge.ts'
import { DEFAULT_POWER_TIMING } from './power.ts'

/** Every wait of the provider as `share` of the usual, except what DigitalOcean itself asks for; `pollMs` between looks at an action. */
export function inPatience(
  share: number,
  pollMs: number,
): Required<Pick<DigitalOceanOptions, 'timing' | 'power' | 'lookMs'>> {
  const { deadlineMs, retryMs } = DEFAULT_EDGE_TIMING
  const { shutdownMs, powerMs } = DEFAULT_POWER_TIMING
  return {
    timing: { deadlineMs: deadlineMs * share, retryMs: retryMs * share },
    power: {
      pollMs: Math.min(pollMs, DEFAULT_POWER_TIMING.pollMs),
      shutdownMs: shutdownMs * share,
      powerMs: powerMs * share,
    },
    lookMs: DEFAULT_LOOK_MS.map((ms) => ms * share),
  }
}
