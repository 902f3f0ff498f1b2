import { createEdge, type EdgeOptions } from './edge.ts'
import { createPickers, type Pickers } from './pickers.ts'
import { createPrices, type Prices } from './prices.ts'
import { deleteSnapshot, oldSnapshots, type OldSnapshot } from './snapshots.ts'

/** What only an account at DigitalOcean can tell, beside the provider contract: choices, prices, old snapshots. */
export interface DigitalOceanAccount extends Pickers, Prices {
  /** Spinup's snapshots of a droplet beyond the newest `keep`, oldest first; those in `except` (contract ids) are spared. */
  oldSnapshots(options: {
    readonly originId: string
    readonly keep: number
    readonly except?: readonly string[]
  }): Promise<readonly OldSnapshot[]>
  /** By the id that `oldSnapshots` gave; gone already is fine, one that is not Spinup's throws `conflict`. */
  deleteSnapshot(id: string): Promise<void>
}

/** The account behind a token; share its `limiter` with the provider's. */
export function createDigitalOceanAccount(options: EdgeOptions): DigitalOceanAccount {
  const edge = createEdge(options)
  return {
    ...createPickers(edge, options.now),
    ...createPrices(edge, options.now),
    oldSnapshots: (wanted) => oldSnapshots(edge, wanted),
    deleteSnapshot: (id) => deleteSnapshot(edge, id),
  }
}
