import { z } from 'zod'

/** DigitalOcean's answers, as far as Spinup reads them. dots-wrapper's own types are wrong in places. */

const dateSchema = z.string().transform((text, context) => {
  const at = Date.parse(text)
  if (Number.isFinite(at)) return at
  context.addIssue({ code: 'custom', message: 'a date' })
  return z.NEVER
})

const idSchema = z.union([z.number(), z.string()]).transform(String)

export const sizeSchema = z.object({
  slug: z.string(),
  vcpus: z.number(),
  /** MiB. */
  memory: z.number(),
  /** GiB. */
  disk: z.number(),
  price_hourly: z.number(),
  price_monthly: z.number(),
  regions: z.array(z.string()),
  available: z.boolean(),
  description: z.string().optional().default(''),
})
export type SizeAnswer = z.infer<typeof sizeSchema>

export const dropletSchema = z.object({
  id: idSchema,
  name: z.string(),
  status: z.enum(['new', 'active', 'off', 'archive']),
  created_at: dateSchema,
  vcpus: z.number(),
  memory: z.number(),
  disk: z.number(),
  size_slug: z.string(),
  size: z.object({ price_hourly: z.number(), price_monthly: z.number() }),
  region: z.object({ slug: z.string() }),
  features: z.array(z.string()).nullable().transform(orNone),
  tags: z.array(z.string()).nullable().transform(orNone),
  networks: z.object({
    v4: z
      .array(z.object({ ip_address: z.string(), type: z.string() }))
      .nullish()
      .transform(orNone),
  }),
  vpc_uuid: z.string().nullish(),
})
export type DropletAnswer = z.infer<typeof dropletSchema>

export const actionSchema = z.object({
  id: z.number(),
  status: z.enum(['in-progress', 'completed', 'errored']),
  type: z.string(),
  started_at: dateSchema,
  completed_at: dateSchema.nullish(),
})
export type ActionAnswer = z.infer<typeof actionSchema>

export const snapshotSchema = z.object({
  id: idSchema,
  name: z.string(),
  created_at: dateSchema,
  resource_id: idSchema,
  resource_type: z.string(),
  regions: z.array(z.string()),
  size_gigabytes: z.number(),
  min_disk_size: z.number(),
})
export type SnapshotAnswer = z.infer<typeof snapshotSchema>

export const firewallSchema = z.object({
  id: z.string(),
  name: z.string(),
  droplet_ids: z.array(idSchema).nullish().transform(orNone),
  tags: z.array(z.string()).nullish().transform(orNone),
})
export type FirewallAnswer = z.infer<typeof firewallSchema>

export const projectSchema = z.object({ id: z.string(), name: z.string(), is_default: z.boolean() })

export const loadBalancerSchema = z.object({
  id: z.string(),
  name: z.string().optional().default(''),
  ip: z.string().optional().default(''),
  status: z.string().optional().default('active'),
  region: z.object({ slug: z.string() }).nullish(),
  droplet_ids: z.array(idSchema).nullish().transform(orNone),
  tag: z.string().nullish(),
  vpc_uuid: z.string().nullish(),
  forwarding_rules: z.array(
    z.object({
      entry_protocol: z.string(),
      entry_port: z.number(),
      target_protocol: z.string(),
      target_port: z.number(),
    }),
  ),
  health_check: z
    .object({ protocol: z.string().optional(), port: z.number().optional(), path: z.string().nullish() })
    .nullish(),
})

export const sshKeySchema = z.object({ id: idSchema, name: z.string(), fingerprint: z.string().optional().default('') })

export const accountSchema = z.object({
  email: z.string(),
  status: z.string(),
  status_message: z.string(),
  droplet_limit: z.number(),
  team: z.object({ name: z.string().optional() }).nullish(),
})

export const nothingSchema = z.unknown()

function orNone<T>(list: readonly T[] | null | undefined): readonly T[] {
  return list ?? []
}
