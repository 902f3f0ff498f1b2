/** What the snapshot is called that an operation (16 hex digits) takes of a pool's origin. */
export function snapshotName(poolId: string, operationId: string): string {
  return `spinup-${poolId}-${operationId}`
}

/**
 * Whether a snapshot of that name is of Spinup's making, so that it may be deleted when it is old. Beginning with
 * `spinup-` is not enough: control panels offer `<droplet>-<time>`, and a team's droplet may well be called `spinup-1`.
 */
export function isSnapshotName(name: string): boolean {
  return /^spinup-.+-[0-9a-f]{16}$/.test(name)
}
