import { existsSync } from 'node:fs'
import { findRunning, stopRunning } from '../balancers/builtin/running.ts'
import { startHypervisor } from '../providers/local/start-hypervisor.ts'
import { balancerDir, localDir } from '../registry/folders.ts'

/** Stops the balancer and the local cloud of a data folder, whoever started them; answers what was found. */
export async function stopLeftovers(dataDir: string): Promise<readonly string[]> {
  const stopped: string[] = []
  const balancer = await findRunning(balancerDir({ dataDir }))
  if (balancer !== null) {
    await stopRunning(balancer.running, balancer.config.key)
    stopped.push('the balancer')
  }
  const dir = localDir({ dataDir })
  if (existsSync(dir)) {
    // Taking it over is the one way to reach it that also finds droplets whose hypervisor has died.
    await (await startHypervisor({ dir })).stop()
    stopped.push('the local droplets')
  }
  return stopped
}
