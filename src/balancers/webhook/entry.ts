import { createHash } from 'node:crypto'
import { z } from 'zod'
import { span, together, url } from '../../config/values.ts'
import { parseDuration } from '../../core/model/words.ts'
import { isPlainUrl, unset, wrong, type BalancerEntry } from '../entry.ts'

interface Endpoint {
  readonly url: string
  readonly secret: string
  readonly format: 'json' | 'form'
  readonly settleMs: number
}

const settings = z.object({
  kind: z.literal('webhook'),
  entry: z.string(),
  /** For people; the rest of the URL may be secret. */
  host: z.string(),
  /** By which it is known again; those kept before have none. */
  digest: z.string().optional(),
  format: z.enum(['json', 'form']),
  settleMs: z.number(),
})

const sealedSchema = z.object({ url: z.string(), secret: z.string() })

/** Any balancer that takes a signed POST. */
export const entry: BalancerEntry<Endpoint | null, z.infer<typeof settings>> = {
  name: 'webhook',
  label: 'Webhook',
  about: 'any other, by a signed POST',
  environment: z
    .object({
      WEBHOOK_BALANCER_URL: url('a URL such as https://balancer.internal/spinup').optional().meta({
        about: 'Gets a signed POST for each change, and fills in the connect page’s form: docs/balancers.md',
        example: 'https://balancer.internal/spinup',
      }),
      WEBHOOK_BALANCER_SECRET: z
        .string()
        .min(16, 'at least 16 characters, e.g. the output of: openssl rand -hex 32')
        .optional()
        .meta({ about: 'What the POST is signed with: openssl rand -hex 32', example: '' }),
      WEBHOOK_BALANCER_FORMAT: z
        .enum(['json', 'form'], 'json or form')
        .default('json')
        .meta({ about: 'json or form.', example: 'json' }),
      WEBHOOK_BALANCER_SETTLE: span('30s')
        .default(30_000)
        .meta({ about: 'How long it may take until a change holds.', example: '30s' }),
    })
    .superRefine(
      together(
        ['WEBHOOK_BALANCER_URL', 'WEBHOOK_BALANCER_SECRET'],
        ['WEBHOOK_BALANCER_SECRET', 'WEBHOOK_BALANCER_URL'],
      ),
    )
    .transform((value) =>
      value.WEBHOOK_BALANCER_URL === undefined || value.WEBHOOK_BALANCER_SECRET === undefined
        ? null
        : {
            url: value.WEBHOOK_BALANCER_URL,
            secret: value.WEBHOOK_BALANCER_SECRET,
            format: value.WEBHOOK_BALANCER_FORMAT,
            settleMs: value.WEBHOOK_BALANCER_SETTLE,
          },
    ),
  settings,
  form: {
    fields: [
      {
        kind: 'text',
        name: 'webhookUrl',
        label: 'URL',
        example: 'https://balancer.internal/spinup',
        note: 'Gets a signed POST for each change.',
      },
      {
        kind: 'secret',
        name: 'webhookSecret',
        label: 'Shared secret',
        note: 'At least 16 characters, e.g. from `openssl rand -hex 32`. Kept encrypted, and not shown again.',
      },
      {
        kind: 'choice',
        name: 'webhookFormat',
        label: 'Format',
        note: 'form: `type=add-server` or `rmv-server`, and `url`.',
        values: ['json', 'form'],
      },
      {
        kind: 'text',
        name: 'webhookSettle',
        label: 'Time a leaving member gets to finish',
        example: '30s',
        note: 'Where the endpoint does not report what is in flight.',
      },
    ],
    begin: (env) => ({ webhookFormat: env?.format ?? 'json' }),
    async read(fields, { allow, seal }) {
      const [address, secret] = [fields['webhookUrl'] ?? '', fields['webhookSecret'] ?? '']
      if (!isPlainUrl(address, ['http:', 'https:'])) {
        throw wrong('Give the webhook’s URL, e.g. https://balancer.internal/spinup.')
      }
      await allow(address)
      if (secret.length < 16) throw wrong('The webhook’s secret needs at least 16 characters: openssl rand -hex 32.')
      const settleMs = parseDuration(fields['webhookSettle'] || '30s')
      if (settleMs === null || settleMs > 3_600_000) throw wrong('Give the time to finish as a duration, e.g. 30s.')
      const { host } = new URL(address)
      const format = fields['webhookFormat'] === 'form' ? 'form' : 'json'
      return {
        settings: {
          kind: 'webhook',
          entry: await seal({ url: address, secret }),
          host,
          digest: digestOf(address),
          format,
          settleMs,
        },
        about: `Webhook at ${host}`,
      }
    },
  },
  front: (env, own) => (own === null ? env && digestOf(env.url) : (own.digest ?? own.host)),
  start: async (env, { unseal, now }) => ({
    async open(pool, own, { record, elapsed, isHealthy, reach }) {
      const { createWebhookBalancer } = await import('./webhook.ts')
      const around = { record, isHealthy, now, elapsed }
      if (own === null) {
        if (env === null) throw unset(pool)
        return createWebhookBalancer({ ...env, ...around })
      }
      const sealed = await unseal(own.entry)
      if (sealed === null) throw unset(pool)
      const { url: address, secret } = sealedSchema.parse(JSON.parse(sealed))
      const settings = { url: address, secret, format: own.format, settleMs: own.settleMs, reach: reach(address) }
      return createWebhookBalancer({ ...settings, ...around })
    },
  }),
}

/** Its path and query may be secret. */
function digestOf(address: string): string {
  return createHash('sha256').update(address).digest('hex').slice(0, 16)
}
