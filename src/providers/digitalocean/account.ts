import { createEdge, type EdgeOptions } from './edge.ts'
import { createPickers, type Pickers } from './pickers.ts'
import { createPrices, type Prices } from './prices.ts'

/** What only an account at DigitalOcean can tell, beside the provider contract: choices and prices. */
export interface DigitalOceanAccount extends Pickers, Prices {}

/** The account behind a token; share its `limiter` with the provider's. */
export function createDigitalOceanAccount(options: EdgeOptions): DigitalOceanAccount {
  const edge = createEdge(options)
  const elapsed = options.elapsed ?? options.now
  return {
    ...createPickers(edge, elapsed),
    ...createPrices(edge, elapsed),
  }
}
