import { balancerDir } from '../folders.ts'
import type { BalancerEntry } from '../entry.ts'

/** Spinup’s own balancer, a process beside the bot. */
export const BUILTIN: BalancerEntry = {
  name: 'builtin',
  start: async ({ config, secret, log }) => {
    const { startBuiltinBalancer } = await import('../../balancers/builtin/start.ts')
    const { createBuiltinBalancer } = await import('../../balancers/builtin/builtin.ts')
    const { host, port } = config.balancer
    const running = await startBuiltinBalancer({
      dir: balancerDir(config),
      host,
      port,
      key: secret,
      healthPath: '/health',
      log,
    })
    return {
      about: 'Spinup’s own, on this machine: fewest requests in flight, weighted by load',
      open: async ({ healthPath }) => createBuiltinBalancer({ control: running.control, key: secret, healthPath }),
      url: running.url,
      release: running.release,
    }
  },
}
