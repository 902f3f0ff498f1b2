import { z } from 'zod'
import { port } from '../../config/values.ts'
import type { BalancerEntry } from '../entry.ts'
import { balancerDir } from './folder.ts'

/** Where visitors reach it. */
interface Front {
  readonly host: string
  readonly port: number
  readonly proxies: string | null
}

/** Spinup’s own balancer, a process beside the bot. */
export const entry: BalancerEntry<Front> = {
  name: 'builtin',
  label: 'Built-in',
  about: 'Spinup’s own, on this machine: fewest requests in flight, weighted by load',
  environment: z
    .object({
      SPINUP_BALANCER_HOST: z.string().min(1).default('127.0.0.1').meta({
        about: 'Where visitors reach the built-in balancer; 0.0.0.0 for all the world.',
        example: '127.0.0.1',
      }),
      SPINUP_BALANCER_PORT: port.default(8081).meta({ about: 'The port there.', example: '8081' }),
      // What it takes is checked where the console reads it.
      SPINUP_TRUST_PROXY: z.string().optional(),
    })
    .transform((value) => ({
      host: value.SPINUP_BALANCER_HOST,
      port: value.SPINUP_BALANCER_PORT,
      proxies: value.SPINUP_TRUST_PROXY ?? null,
    })),
  settings: null,
  inside: true,
  front: () => 'this machine',
  form: { fields: [], read: async () => ({ settings: null }) },
  async start(front, { dataDir, controlKey: key, log }) {
    const { startBuiltinBalancer } = await import('./start.ts')
    const { createBuiltinBalancer } = await import('./builtin.ts')
    const dir = balancerDir({ dataDir })
    const running = await startBuiltinBalancer({ ...front, dir, key, healthPath: '/health', log })
    return {
      open: async ({ healthPath }) => createBuiltinBalancer({ control: running.control, key, healthPath }),
      url: running.url,
      release: running.release,
    }
  },
}
