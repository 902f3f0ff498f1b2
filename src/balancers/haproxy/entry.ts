import { z } from 'zod'
import { together } from '../../config/values.ts'
import { unset, wrong, type BalancerEntry } from '../entry.ts'

interface Runtime {
  readonly address: string
  readonly backend: string
}

const settings = z.object({ kind: z.literal('haproxy'), address: z.string(), backend: z.string() })

/** HAProxy, by its runtime API. */
export const entry: BalancerEntry<Runtime | null, z.infer<typeof settings>> = {
  name: 'haproxy',
  label: 'HAProxy',
  about: 'HAProxy, by its runtime API',
  environment: z
    .object({
      HAPROXY_ADDRESS: z
        .string()
        .regex(
          /^(unix:\/.+|tcp:\/\/.+:\d+)$/,
          'its runtime API, e.g. unix:/run/haproxy/admin.sock or tcp://10.0.0.2:9999',
        )
        .optional()
        .meta({
          about: 'Its runtime API, to fill in the connect page’s form: docs/balancers.md',
          example: 'unix:/run/haproxy/admin.sock',
        }),
      HAPROXY_BACKEND: z
        .string()
        .regex(/^[\w.:-]+$/, 'the name of a backend, e.g. app')
        .optional()
        .meta({ about: 'The backend whose servers come and go.', example: 'app' }),
    })
    .superRefine(together(['HAPROXY_ADDRESS', 'HAPROXY_BACKEND'], ['HAPROXY_BACKEND', 'HAPROXY_ADDRESS']))
    .transform(({ HAPROXY_ADDRESS: address, HAPROXY_BACKEND: backend }) =>
      address === undefined || backend === undefined ? null : { address, backend },
    ),
  settings,
  form: {
    fields: [
      {
        kind: 'text',
        name: 'haproxyAddress',
        label: 'Runtime API',
        example: 'unix:/run/haproxy/admin.sock',
        note: 'A unix socket on this machine, or tcp://ADDRESS:PORT in the private network. It has no password: let the firewall admit this bot only.',
      },
      {
        kind: 'text',
        name: 'haproxyBackend',
        label: 'Backend',
        example: 'app',
        note: 'Its servers are the pool; give the pool a backend of its own.',
      },
    ],
    begin: (env) => (env === null ? {} : fieldsOf(env)),
    filled: fieldsOf,
    async read(fields, { allow }) {
      const [address, backend] = [fields['haproxyAddress'] ?? '', fields['haproxyBackend'] ?? '']
      if (!/^(unix:\/\S+|tcp:\/\/[^\s/]+:\d{1,5})$/.test(address)) {
        throw wrong('HAProxy’s runtime API is unix:/path/to/admin.sock or tcp://ADDRESS:PORT.')
      }
      await allow(address)
      if (!/^[\w.:-]+$/.test(backend)) throw wrong('Give the name of HAProxy’s backend, e.g. app.')
      return { settings: { kind: 'haproxy', address, backend }, about: `HAProxy at ${address}, backend ${backend}` }
    },
  },
  front(env, own) {
    const chosen = own ?? env
    return chosen && `${chosen.address} ${chosen.backend}`
  },
  start: async (env) => ({
    async open(pool, own, { reach }) {
      const { createHaproxyBalancer } = await import('./haproxy.ts')
      const chosen = own ?? env
      if (chosen === null) throw unset(pool)
      return createHaproxyBalancer({ ...chosen, reach: reach(chosen.address) })
    },
  }),
}

function fieldsOf({ address, backend }: Runtime): Readonly<Record<string, string>> {
  return { haproxyAddress: address, haproxyBackend: backend }
}
