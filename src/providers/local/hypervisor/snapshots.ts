import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { SpinupError, messageOf } from '../../../core/model/error.ts'
import { isSnapshotName } from '../../../core/model/snapshot-name.ts'
import type { Settings } from '../protocol.ts'
import type { Snapshot } from '../../provider.ts'
import { copyFolder } from './copy.ts'
import { AGENT_CONFIG } from './places.ts'
import type { Places } from './places.ts'
import type { DropletRecord, Records, SnapshotRecord } from './records.ts'

export interface SnapshotsOptions {
  readonly records: Records
  readonly places: Places
  readonly log: Logger
  settings(): Settings
}

/** Takes snapshots of disks in the background. */
export interface Snapshots {
  /** Starts the one of that name, or tells how far it is; throws once when copying has failed, then starts anew. */
  take(droplet: DropletRecord, name: string): Snapshot
  prune(dropletId: string, keep: number, inUse: readonly string[]): Promise<number>
  folder(id: string): string
  /** Goes on with what a crash cut short. */
  resume(): void
}

export function createSnapshots({ records, places, log, settings }: SnapshotsOptions): Snapshots {
  const progress = new Map<string, number>()
  const failures = new Map<string, string>()
  const folder = (id: string): string => join(places.snapshots, id)

  async function copy(record: SnapshotRecord): Promise<void> {
    progress.set(record.id, 0)
    try {
      mkdirSync(places.snapshots, { recursive: true })
      const target = folder(record.id)
      if (!existsSync(target)) {
        await copyFolder(places.droplet(record.dropletId).disk, target, {
          // Who the original is must not get into its clones, unless they can learn who they are themselves.
          without: records.droplet(record.dropletId)?.metadataUrl ? [] : [AGENT_CONFIG],
          minMs: settings().snapshotMs,
          onProgress: (share) => progress.set(record.id, Math.max(progress.get(record.id) ?? 0, share)),
        })
      }
      records.putSnapshot({ ...record, complete: true })
      log.info({ snapshot: record.id, name: record.name }, 'snapshot is complete')
    } catch (error) {
      log.error({ snapshot: record.id, error: String(error) }, 'snapshot failed')
      failures.set(record.name, messageOf(error))
      records.removeSnapshot(record.id)
      await rm(`${folder(record.id)}.partial`, { recursive: true, force: true })
    } finally {
      progress.delete(record.id)
    }
  }

  /** Just short of 1 until the copy is in its place. */
  function tell(record: SnapshotRecord): Snapshot {
    const share = record.complete ? 1 : Math.min(0.999, progress.get(record.id) ?? 0)
    return { id: record.id, complete: record.complete, progress: share }
  }

  return {
    folder,
    take(droplet, name) {
      const failure = failures.get(name)
      if (failures.delete(name)) {
        throw new SpinupError('providerFailed', `Snapshot ${name} failed: ${failure}. Try again.`, { retryable: true })
      }
      const known = records.snapshots().find((record) => record.name === name)
      if (known && known.dropletId !== droplet.id) {
        throw new SpinupError('conflict', `There is a snapshot ${name} of another droplet; choose another name.`)
      }
      if (known) return tell(known)
      if (!existsSync(places.droplet(droplet.id).disk)) {
        throw new SpinupError('unavailable', `${droplet.name} has not booted yet; take the snapshot when it has.`)
      }
      const record: SnapshotRecord = {
        id: `snapshot-${randomBytes(5).toString('hex')}`,
        name,
        dropletId: droplet.id,
        vcpus: droplet.vcpus,
        memoryBytes: droplet.memoryBytes,
        dollarsPerHour: droplet.dollarsPerHour,
        complete: false,
      }
      records.putSnapshot(record)
      void copy(record)
      return tell(record)
    },
    async prune(dropletId, keep, inUse) {
      const own = records.snapshots().filter((one) => one.dropletId === dropletId && isSnapshotName(one.name))
      const complete = own.filter((one) => one.complete)
      // A droplet copies its disk when it first boots; until then the image has to stay.
      const awaited = new Set(
        records
          .droplets()
          .filter((one) => !one.born)
          .map((one) => one.image),
      )
      const old = complete
        .slice(0, Math.max(0, complete.length - keep))
        .filter((one) => !inUse.includes(one.id) && !awaited.has(folder(one.id)))
      for (const { id, name } of old) {
        records.removeSnapshot(id)
        await rm(folder(id), { recursive: true, force: true })
        log.info({ snapshot: id, name }, 'old snapshot deleted')
      }
      return old.length
    },
    resume() {
      for (const record of records.snapshots()) if (!record.complete) void copy(record)
    },
  }
}
