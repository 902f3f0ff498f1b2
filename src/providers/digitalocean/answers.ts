import { z } from 'zod'
import { MOST_HOURS } from '../../core/model/billing.ts'

/**
 * DigitalOcean's answers, as far as Spinup reads them (dots-wrapper's own types are wrong in places). Only what nothing can
 * be done without is demanded: one field of tomorrow's shall not hide the droplet that has it.
 */

const dateSchema = z.string().transform((text, context) => {
  const at = Date.parse(text)
  if (Number.isFinite(at)) return at
  context.addIssue({ code: 'custom', message: 'a date' })
  return z.NEVER
})

const idSchema = z.union([z.number().int(), z.string().regex(/^\d+$/)]).transform(String)

const text = z.string().catch('')
const textOrNone = z.string().min(1).nullable().catch(null)
const numberOrNone = z.number().nullable().catch(null)
/** US dollars. Nothing is given for nothing: taken at its word, a price of 0 or below would lift every limit on money. */
const price = z.number().positive()
const priceOrNone = price.nullable().catch(null)

/** The items that can be read; none where there is no list. */
export function some<T>(item: z.ZodType<T>): z.ZodType<readonly T[]> {
  return z
    .array(z.unknown())
    .catch([])
    .transform((all) =>
      all.flatMap((one) => {
        const read = item.safeParse(one)
        return read.success ? [read.data] : []
      }),
    )
}

/** One without a price or a disk cannot be offered. */
/** The price of an hour comes rounded to 5 decimals of the month's 672nd part: six droplets of $6 would cost $36.01. */
function exact<T extends { readonly price_hourly: number | null; readonly price_monthly: number | null }>(size: T): T {
  if (size.price_hourly === null || size.price_monthly === null) return size
  const hour = size.price_monthly / MOST_HOURS
  return Math.abs(hour - size.price_hourly) < 0.000_01 ? { ...size, price_hourly: hour } : size
}

export const sizeSchema = z
  .object({
    slug: z.string().min(1),
    vcpus: z.number(),
    /** MiB. */
    memory: z.number(),
    /** GiB. */
    disk: z.number(),
    price_hourly: price,
    price_monthly: price,
    regions: some(z.string()),
    available: z.boolean().catch(true),
  })
  .transform(exact)

const addresses = some(z.object({ ip_address: z.string().min(1), type: z.string() }))

export const dropletSchema = z.object({
  id: idSchema,
  name: text,
  /** `new`, `active`, `off`, `archive`, or a word of tomorrow's. */
  status: text,
  created_at: dateSchema.catch(0),
  vcpus: numberOrNone,
  memory: numberOrNone,
  disk: numberOrNone,
  size_slug: text,
  size: z
    .object({ price_hourly: priceOrNone, price_monthly: priceOrNone })
    .catch({
      price_hourly: null,
      price_monthly: null,
    })
    .transform(exact),
  region: z.object({ slug: text }).catch({ slug: '' }),
  features: some(z.string()),
  tags: some(z.string()),
  networks: z.object({ v4: addresses, v6: addresses }).catch({ v4: [], v6: [] }),
  vpc_uuid: textOrNone,
  volume_ids: some(z.string()),
})
export type DropletAnswer = z.infer<typeof dropletSchema>

export const actionSchema = z.object({
  id: z.number(),
  /** Anything else is not known to be over. */
  status: z.enum(['in-progress', 'completed', 'errored']).catch('in-progress'),
  type: z.string(),
  started_at: dateSchema,
  completed_at: dateSchema.nullish().catch(null),
})
export type ActionAnswer = z.infer<typeof actionSchema>

export const snapshotSchema = z.object({
  id: idSchema,
  name: z.string(),
  created_at: dateSchema,
  resource_id: idSchema,
  regions: some(z.string()),
  /** GiB that a droplet's disk must have; 0: DigitalOcean does not say. */
  min_disk_size: z.number().catch(0),
})
export type SnapshotAnswer = z.infer<typeof snapshotSchema>

export const firewallSchema = z.object({
  id: z.string(),
  name: text,
  droplet_ids: some(idSchema),
  tags: some(z.string()),
})
export type FirewallAnswer = z.infer<typeof firewallSchema>

export const projectSchema = z.object({ id: z.string(), name: text, is_default: z.boolean().catch(false) })

export const loadBalancerSchema = z.object({
  id: z.string().min(1),
  name: text,
  /** `REGIONAL`, `REGIONAL_NETWORK`, `GLOBAL`, or a word of tomorrow's. */
  type: z.string().catch('REGIONAL'),
  ip: text,
  /** `new`, `active`, `errored`, or a word of tomorrow's. */
  status: z.string().catch('active'),
  region: z.object({ slug: text }).nullable().catch(null),
  droplet_ids: some(idSchema),
  tag: textOrNone,
  vpc_uuid: textOrNone,
  forwarding_rules: some(
    z.object({ entry_protocol: text, entry_port: z.number(), target_protocol: text, target_port: z.number() }),
  ),
  health_check: z.object({ path: textOrNone }).catch({ path: null }),
})
export type LoadBalancerAnswer = z.infer<typeof loadBalancerSchema>

export const reservedIpSchema = z.object({
  ip: z.string(),
  droplet: z.object({ id: idSchema }).nullable().catch(null),
})

export const sshKeySchema = z.object({ id: idSchema, name: text, fingerprint: text })

export const accountSchema = z.object({
  email: z.string(),
  status: z.string(),
  droplet_limit: z.number(),
  team: z.object({ name: z.string().optional() }).nullish().catch(null),
})

export const nothingSchema = z.unknown()
