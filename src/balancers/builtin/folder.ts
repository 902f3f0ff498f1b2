import { join } from 'node:path'

/** Where the built-in balancer keeps its state. */
export function balancerDir({ dataDir }: { readonly dataDir: string }): string {
  return join(dataDir, 'balancer')
}
