import { z } from 'zod'

/** How the hypervisor behaves; the latest starter's wishes hold. */
export const settingsSchema = z.object({
  /** From create or power on to the start of the services, ms. */
  bootMs: z.number().nonnegative(),
  /** A snapshot takes this long at least, ms. */
  snapshotMs: z.number().nonnegative(),
  /** With no call for so long, it stops all droplets and itself, ms. */
  idleExitMs: z.number().positive(),
  /** CPU is free for so long after the services start, like a burstable instance's launch credit, ms. */
  launchCreditMs: z.number().nonnegative(),
  /** Starts the agent; `--config …` and the like are added. Empty: droplets run without one. */
  agentCommand: z.array(z.string()),
})
export type Settings = z.infer<typeof settingsSchema>

/** An address of its own, as a droplet has in a real cloud, and where it learns who it is. */
const networkSchema = z.object({
  /** A loopback address that no other droplet has; only Linux has more than one. */
  host: z.string().regex(/^127(\.\d{1,3}){3}$/),
  port: z.number().int().min(1).max(65_535),
  /** Base of its metadata service. Its agent's configuration then goes along into snapshots, as on a real droplet. */
  metadataUrl: z.string(),
})
export type Network = z.infer<typeof networkSchema>

const sizeSchema = z.object({ vcpus: z.number().positive(), memoryBytes: z.number().positive() })

export const seedSchema = z.object({
  name: z.string().min(1),
  /** A folder with a `droplet.json`; it becomes the droplet's disk. */
  from: z.string().min(1),
  size: sizeSchema,
  dollarsPerHour: z.number().nonnegative(),
  /** Without it: 127.0.0.1 and a free port. */
  network: networkSchema.optional(),
})
export type SeedRequest = z.infer<typeof seedSchema>

export const createSchema = z.object({
  name: z.string().min(1),
  snapshotId: z.string(),
  operationTag: z.string().min(1),
  tags: z.array(z.string()),
  userData: z.string(),
  /** As `Bound` of the provider contract. */
  bound: z.object({
    most: z.number(),
    tag: z.string(),
    known: z.array(z.string()),
    coming: z.array(z.string()),
  }),
  network: networkSchema.optional(),
})

/** Something that shall go wrong with the next create; spent by it. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('failCreate') }),
  z.object({ kind: z.literal('loseAnswer') }),
  z.object({ kind: z.literal('neverBoot') }),
  z.object({ kind: z.literal('slowBoot'), bootMs: z.number().nonnegative() }),
])
export type Fault = z.infer<typeof faultSchema>

export const powerSchema = z.object({ to: z.enum(['on', 'off']) })
export const snapshotRequestSchema = z.object({ name: z.string().min(1) })
export const pruneSchema = z.object({ keep: z.number().int().positive(), inUse: z.array(z.string()) })
export const agentSchema = z.object({ config: z.string() })

export const dropletSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(['new', 'active', 'off']),
  url: z.string().nullable(),
  tags: z.array(z.string()),
  createdAt: z.number(),
  dollarsPerHour: z.number(),
  size: z.string(),
  region: z.string(),
})
export const dropletsSchema = z.array(dropletSchema)
export const snapshotSchema = z.object({ id: z.string(), complete: z.boolean(), progress: z.number() })
export const prunedSchema = z.object({ deleted: z.number() })
export const healthSchema = z.object({ pid: z.number(), dir: z.string() })
/** The status that says there are as many droplets as there may be. */
export const LIMITED = 429

export const refusalSchema = z.object({ message: z.string(), retryable: z.boolean() })

/** `droplet.json` at the top of a droplet's disk: what runs on it. */
export const dropletFileSchema = z.object({
  services: z.array(
    z.object({
      name: z.string().regex(/^[a-z0-9-]+$/),
      command: z.array(z.string()).min(1),
      env: z.record(z.string(), z.string()).optional(),
    }),
  ),
})
