import { createEdge, type EdgeOptions } from './edge.ts'
import { remember } from './flight.ts'
import { createPickers, type Pickers } from './pickers.ts'
import { listSizes, type Size } from './sizes.ts'

/** What only an account at DigitalOcean can tell, beside the provider contract. */
export interface DigitalOceanAccount extends Pickers {
  /** Cheapest first; read again after a minute, since what is sold out changes. */
  sizes(): Promise<readonly Size[]>
}

const SIZES_MS = 60_000

/** The account behind a token; share its `limiter` with the provider's. */
export function createDigitalOceanAccount(options: EdgeOptions): DigitalOceanAccount {
  const edge = createEdge(options)
  const elapsed = options.elapsed ?? options.now
  const sizes = remember(SIZES_MS, elapsed, () => listSizes(edge))
  return { ...createPickers(edge, elapsed), sizes: () => sizes('') }
}
