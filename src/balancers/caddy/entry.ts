import { z } from 'zod'
import { together } from '../../config/values.ts'
import { isPlainUrl, unset, wrong, type BalancerEntry } from '../entry.ts'

/** `handler`: null is the only reverse_proxy there is. */
interface Admin {
  readonly admin: string
  readonly handler: string | null
}

const settings = z.object({ kind: z.literal('caddy'), admin: z.string(), handler: z.string().nullable() })

/** Caddy, by its admin API. */
export const entry: BalancerEntry<Admin | null, z.infer<typeof settings>> = {
  name: 'caddy',
  label: 'Caddy',
  about: 'Caddy, by its admin API',
  environment: z
    .object({
      CADDY_ADMIN: z
        .string()
        .regex(/^(unix:\/.+|http:\/\/.+)$/, 'its admin API, e.g. http://127.0.0.1:2019 or unix:/run/caddy/admin.sock')
        .optional()
        .meta({ about: 'Fills in the connect page’s form: docs/balancers.md', example: 'http://127.0.0.1:2019' }),
      CADDY_HANDLER: z
        .string()
        .min(1)
        .optional()
        .meta({ about: 'The id of its reverse proxy, where there are several.', example: '' }),
    })
    .superRefine(together(['CADDY_HANDLER', 'CADDY_ADMIN']))
    .transform(({ CADDY_ADMIN: admin, CADDY_HANDLER: handler }) =>
      admin === undefined ? null : { admin, handler: handler ?? null },
    ),
  settings,
  form: {
    fields: [
      {
        kind: 'text',
        name: 'caddyAdmin',
        label: 'Admin API',
        example: 'http://127.0.0.1:2019',
        note: 'Or unix:/run/caddy/admin.sock.',
      },
      {
        kind: 'text',
        name: 'caddyHandler',
        label: 'reverse_proxy',
        example: 'empty: the only one',
        note: 'Its @id, or its path in the configuration; empty where there is only one.',
      },
    ],
    begin: (env) => (env === null ? {} : fieldsOf(env)),
    filled: fieldsOf,
    async read(fields, { allow }) {
      const [admin, handler] = [fields['caddyAdmin'] ?? '', fields['caddyHandler'] ?? '']
      if (!/^unix:\/\S+$/.test(admin) && !isPlainUrl(admin, ['http:'])) {
        throw wrong('Caddy’s admin API is an address such as http://127.0.0.1:2019 or unix:/run/caddy/admin.sock.')
      }
      await allow(admin)
      return {
        settings: { kind: 'caddy', admin: admin.replace(/\/$/, ''), handler: handler === '' ? null : handler },
        about: `Caddy at ${admin}`,
      }
    },
  },
  front(env, own) {
    const chosen = own ?? env
    return chosen && `${chosen.admin} ${chosen.handler ?? ''}`.trim()
  },
  start: async (env) => ({
    async open(pool, own, { isHealthy, reach }) {
      const { createCaddyBalancer } = await import('./caddy.ts')
      const chosen = own ?? env
      if (chosen === null) throw unset(pool)
      return createCaddyBalancer({ ...chosen, isHealthy, reach: reach(chosen.admin) })
    },
  }),
}

function fieldsOf({ admin, handler }: Admin): Readonly<Record<string, string>> {
  return { caddyAdmin: admin, caddyHandler: handler ?? '' }
}
