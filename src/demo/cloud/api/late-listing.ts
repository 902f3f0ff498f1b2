import type { ActionFault } from './faults.ts'
import type { World } from './world.ts'

/** Lists leave it out for as long as the faults say; requested by its id it is there. */
export function listLate(world: World, id: number, faults: readonly ActionFault[]): void {
  const ms = faults.reduce((sum, fault) => sum + (fault.kind === 'lateListing' ? fault.ms : 0), 0)
  if (ms > 0) world.listedFrom.set(id, world.now() + ms)
}

export function isListed(world: World, id: number): boolean {
  return (world.listedFrom.get(id) ?? 0) <= world.now()
}
