import { join } from 'node:path'
import { DEFAULT_TIMING, type Timing } from '../../core/operation/timing.ts'
import { localDir } from '../folders.ts'
import type { ProviderEntry } from '../entry.ts'

/** Droplets that are processes on this machine, for the demo and for tests. */
export const LOCAL: ProviderEntry = {
  name: 'local',
  offered: (config) => config.local !== null,
  start: async ({ config, log }) => {
    const { startHypervisor } = await import('../../providers/local/start-hypervisor.ts')
    const { createLocalProvider } = await import('../../providers/local/local-cloud.ts')
    const local = config.local!
    const hypervisor = await startHypervisor({
      dir: localDir(config),
      bootMs: local.bootMs,
      snapshotMs: local.snapshotMs,
      agentCommand: [process.execPath, join(import.meta.dirname, '..', '..', '..', 'agent', 'main.ts')],
      log,
    })
    const provider = createLocalProvider({ path: hypervisor.path })
    await provider.seed({
      name: local.dropletName,
      from: local.appDir,
      size: { vcpus: local.vcpus, memoryBytes: local.memoryBytes },
      dollarsPerHour: local.dollarsPerHour,
    })
    return {
      timing: LOCAL_TIMING,
      usualBootMs: local.bootMs + JOINING_MS,
      open: async () => provider,
      listed: provider,
      installAgent: provider.installAgent,
    }
  },
}

/** From a booted droplet until visitors are sent there, ms. */
const JOINING_MS = 2000

/** Looking costs nothing on this machine, so operations look often. */
const LOCAL_TIMING: Timing = {
  ...DEFAULT_TIMING,
  pollMs: 100,
  retryMs: 250,
  longestRetryMs: 5000,
  bootMs: 60_000,
  reportMs: 60_000,
  healthMs: 60_000,
  lagMs: 0,
}
