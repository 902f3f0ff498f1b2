import { join } from 'node:path'
import type { Config } from '../config/config.ts'

/** Where the built-in balancer keeps its state. */
export function balancerDir(config: Pick<Config, 'dataDir'>): string {
  return join(config.dataDir, 'balancer')
}
