/**
 * DigitalOcean gives a snapshot its id only when it is complete, and operations need one from the start that never
 * changes: the droplet's id and the snapshot's name. A bare number is an image of DigitalOcean's.
 */
export type SnapshotRef =
  | { readonly kind: 'named'; readonly originId: string; readonly name: string }
  | { readonly kind: 'image'; readonly imageId: string }

export function snapshotIdOf(originId: string, name: string): string {
  return `${originId}:${name}`
}

export function snapshotRef(id: string): SnapshotRef {
  const colon = id.indexOf(':')
  if (colon === -1) return { kind: 'image', imageId: id }
  return { kind: 'named', originId: id.slice(0, colon), name: id.slice(colon + 1) }
}
