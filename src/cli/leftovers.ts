import { findRunning, stopRunning } from '../balancers/builtin/running.ts'
import { balancerDir } from '../balancers/builtin/folder.ts'

/** Stops the balancer of a data folder, no matter who started it; whether there was one. */
export async function stopLeftovers(dataDir: string): Promise<boolean> {
  const balancer = await findRunning(balancerDir({ dataDir }))
  if (balancer !== null) await stopRunning(balancer.running, balancer.config.key)
  return balancer !== null
}
