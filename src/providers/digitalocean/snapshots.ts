import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import { isSnapshotName } from '../../core/model/droplet.ts'
import { holdOn, type Still } from '../../core/model/bound.ts'
import { nothingSchema, snapshotSchema, type SnapshotAnswer } from './answers.ts'
import type { Edge } from './edge.ts'
import { everyPage } from './pages.ts'
import { snapshotRef, vendorId } from './tags.ts'

export interface OldSnapshot {
  /** DigitalOcean's own id, for `deleteSnapshot`. */
  readonly id: string
  readonly name: string
}

/** Every complete snapshot of droplets in the account. */
export async function listSnapshots(edge: Edge): Promise<readonly SnapshotAnswer[]> {
  const listed = await everyPage(edge, {
    what: 'list the snapshots',
    scope: 'snapshot:read',
    field: 'snapshots',
    item: snapshotSchema,
    idOf: (snapshot) => snapshot.id,
    send: (client, page) => client.snapshot.listSnapshots({ ...page, resource_type: 'droplet' }),
  })
  return listed ?? []
}

/** The oldest complete snapshot of that droplet and name: of two, every bot takes the same. */
export function named(
  snapshots: readonly SnapshotAnswer[],
  originId: string,
  name: string,
): SnapshotAnswer | undefined {
  return snapshots
    .filter((one) => one.resource_id === originId && one.name === name)
    .toSorted((a, b) => a.created_at - b.created_at || Number(a.id) - Number(b.id))[0]
}

/** The snapshot behind an id of the contract; throws `providerFailed` when there is none. */
export async function resolveSnapshot(edge: Edge, snapshotId: string): Promise<SnapshotAnswer> {
  const ref = snapshotRef(snapshotId)
  const found =
    ref.kind === 'named'
      ? named(await listSnapshots(edge), ref.originId, ref.name)
      : await getSnapshot(edge, ref.imageId)
  if (found) return found
  const what = ref.kind === 'named' ? ref.name : ref.imageId
  throw new SpinupError(
    'providerFailed',
    `There is no snapshot ${what} in the DigitalOcean account; take a new one with /spinup refresh.`,
  )
}

async function getSnapshot(edge: Edge, id: string): Promise<SnapshotAnswer | null> {
  if (vendorId(id) === null) return null
  const found = await edge.find({
    what: `show snapshot ${id}`,
    scope: 'snapshot:read',
    repeatable: true,
    answer: z.object({ snapshot: snapshotSchema }),
    send: (client) => client.snapshot.getSnapshot({ snapshot_id: id }),
  })
  return found?.snapshot ?? null
}

/** Spinup's snapshots of a droplet beyond the newest `keep`, oldest first; `except` (ids of the contract) are in use. */
export async function oldSnapshots(
  edge: Edge,
  options: { readonly originId: string; readonly keep: number; readonly except?: readonly string[] },
): Promise<readonly OldSnapshot[]> {
  const all = await listSnapshots(edge)
  const refs = (options.except ?? []).map(snapshotRef)
  const spared = new Set(
    refs.map((ref) => (ref.kind === 'image' ? ref.imageId : named(all, ref.originId, ref.name)?.id)),
  )
  return all
    .filter((one) => one.resource_id === options.originId && isSnapshotName(one.name))
    .toSorted((a, b) => b.created_at - a.created_at || Number(b.id) - Number(a.id))
    .slice(Math.max(0, options.keep))
    .filter((one) => !spared.has(one.id))
    .toReversed()
    .map(({ id, name }) => ({ id, name }))
}

/** Deletes one of Spinup's snapshots, by DigitalOcean's id; gone already is fine. Throws `conflict` for any other's. */
export async function deleteSnapshot(edge: Edge, id: string, still?: Still): Promise<void> {
  const snapshot = await getSnapshot(edge, id)
  if (snapshot === null) return
  if (!isSnapshotName(snapshot.name)) {
    throw new SpinupError('conflict', `Snapshot ${snapshot.name} is not Spinup’s; it was not deleted.`)
  }
  await edge.find({
    what: `delete snapshot ${snapshot.name}`,
    scope: 'image:delete and snapshot:delete',
    repeatable: true,
    answer: nothingSchema,
    before: () => holdOn(still, `snapshot ${snapshot.name}`),
    send: (client) => client.snapshot.deleteSnapshot({ snapshot_id: id }),
  })
}
