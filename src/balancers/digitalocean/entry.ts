import { z } from 'zod'
import { unset, wrong, type BalancerEntry } from '../entry.ts'

const settings = z.object({ kind: z.literal('digitalocean'), loadBalancerId: z.string(), name: z.string() })

/** A load balancer of the linked account. */
export const entry: BalancerEntry<null, z.infer<typeof settings>> = {
  name: 'digitalocean',
  label: 'DigitalOcean load balancer',
  about: 'a load balancer of the DigitalOcean account',
  cloud: 'digitalocean',
  environment: z.unknown().transform(() => null),
  settings,
  form: {
    fields: [{ kind: 'loadBalancer', name: 'loadBalancer' }],
    filled: ({ loadBalancerId }) => ({ loadBalancer: loadBalancerId }),
    async read(fields, { loadBalancers }) {
      const found = (await loadBalancers()).find((one) => one.id === fields['loadBalancer'])
      if (found === undefined) throw wrong('Choose which load balancer it is.')
      if (found.unfit !== null) throw wrong(`${found.name} cannot be used: ${found.unfit}.`)
      return {
        settings: { kind: 'digitalocean', loadBalancerId: found.id, name: found.name },
        about: `DigitalOcean load balancer ${found.name}`,
        port: found.targetPort,
        healthPath: found.healthPath,
      }
    },
  },
  front: (_env, own) => own?.loadBalancerId ?? null,
  start: async (_env, { loadBalancer, patience }) => ({
    async open(pool, own, { members, record, elapsed, isHealthy }) {
      if (own === null) throw unset(pool)
      const { createDigitalOceanBalancer } = await import('./digitalocean.ts')
      const share = patience(pool)
      return createDigitalOceanBalancer({
        client: await loadBalancer(pool, own.loadBalancerId),
        settleMs: 60_000 * share,
        busyMs: 3000 * share,
        healthFreshMs: 20_000 * share,
        dropletOf: async (url) => {
          const id = (await members()).find((member) => member.url === url)?.dropletId ?? null
          return id === null ? null : Number(id)
        },
        urlOf: async (id) => (await members()).find((member) => member.dropletId === String(id))?.url ?? null,
        record,
        isHealthy,
        now: elapsed,
      })
    },
  }),
}
