import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { SpinupError } from '../../../core/model/error.ts'

const processSchema = z.object({ pid: z.number(), start: z.string() })

const dropletRecordSchema = z.object({
  id: z.string(),
  name: z.string(),
  vcpus: z.number(),
  memoryBytes: z.number(),
  dollarsPerHour: z.number(),
  createdAt: z.number(),
  operationTag: z.string().nullable(),
  tags: z.array(z.string()),
  /** Where its services listen. */
  host: z.string().default('127.0.0.1'),
  port: z.number(),
  agentPort: z.number(),
  statsdPort: z.number(),
  /** The folder its disk is copied from at first. */
  image: z.string(),
  /** Delivered at the first boot, then null. */
  userData: z.string().nullable(),
  /** Base of its metadata service; null: it has none. */
  metadataUrl: z.string().nullable().default(null),
  goal: z.enum(['on', 'off', 'gone']),
  power: z.enum(['off', 'booting', 'on', 'stopping']),
  /** Has been active once, so its address is known. */
  born: z.boolean(),
  bootAt: z.number(),
  /** Instead of the general boot time, for the first boot. */
  firstBootMs: z.number().nullable(),
  neverBoots: z.boolean(),
  /** What runs, by service: how a later hypervisor finds it again. */
  processes: z.record(z.string(), processSchema),
})
export type DropletRecord = Readonly<z.infer<typeof dropletRecordSchema>>
export type ServiceProcess = Readonly<z.infer<typeof processSchema>>

const snapshotRecordSchema = z.object({
  id: z.string(),
  name: z.string(),
  dropletId: z.string(),
  vcpus: z.number(),
  memoryBytes: z.number(),
  dollarsPerHour: z.number(),
  complete: z.boolean(),
})
export type SnapshotRecord = Readonly<z.infer<typeof snapshotRecordSchema>>

const stateSchema = z.object({
  version: z.literal(1),
  droplets: z.array(dropletRecordSchema),
  snapshots: z.array(snapshotRecordSchema),
})

/** What the hypervisor must not forget; every change is on disk before the call returns. */
export interface Records {
  droplets(): readonly DropletRecord[]
  droplet(id: string): DropletRecord | null
  putDroplet(record: DropletRecord): void
  /** Changes some fields; a droplet that is gone stays gone. */
  patchDroplet(id: string, patch: Partial<DropletRecord>): void
  removeDroplet(id: string): void
  snapshots(): readonly SnapshotRecord[]
  putSnapshot(record: SnapshotRecord): void
  removeSnapshot(id: string): void
}

/** Opens `<dir>/state.json`, new when there is none; throws `configuration` when it cannot be read. */
export function openRecords(dir: string): Records {
  const path = join(dir, 'state.json')
  const droplets = new Map<string, DropletRecord>()
  const snapshots = new Map<string, SnapshotRecord>()
  const saved = load(path)
  for (const record of saved.droplets) droplets.set(record.id, record)
  for (const record of saved.snapshots) snapshots.set(record.id, record)

  function save(): void {
    const state = { version: 1, droplets: [...droplets.values()], snapshots: [...snapshots.values()] }
    // A rename is atomic: a reader, or the next hypervisor after a crash, sees the old state or the new one.
    writeFileSync(`${path}.next`, JSON.stringify(state, null, 1), { mode: 0o600 })
    renameSync(`${path}.next`, path)
  }

  return {
    droplets: () => [...droplets.values()],
    droplet: (id) => droplets.get(id) ?? null,
    putDroplet(record) {
      droplets.set(record.id, record)
      save()
    },
    patchDroplet(id, patch) {
      const record = droplets.get(id)
      if (!record) return
      droplets.set(id, { ...record, ...patch })
      save()
    },
    removeDroplet(id) {
      if (droplets.delete(id)) save()
    },
    snapshots: () => [...snapshots.values()],
    putSnapshot(record) {
      snapshots.set(record.id, record)
      save()
    },
    removeSnapshot(id) {
      if (snapshots.delete(id)) save()
    },
  }
}

function load(path: string): z.infer<typeof stateSchema> {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { version: 1, droplets: [], snapshots: [] }
    throw new SpinupError('configuration', `${path} cannot be read; move it away to begin with an empty cloud.`, {
      cause,
    })
  }
}
