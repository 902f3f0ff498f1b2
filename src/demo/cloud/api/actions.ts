import { unprocessable } from './route.ts'
import type { ActionFault } from './faults.ts'
import type { ActionRecord, DropletRecord } from './records.ts'
import type { World } from './world.ts'

export interface Work {
  readonly type: string
  readonly ms: number
  /** The effect, when the time is up; a rejection makes the action errored. */
  perform(): void | Promise<void>
}

/** 422 while something runs on it, in the real service's words. */
export function refuseLocked(droplet: DropletRecord): void {
  if (droplet.lockedBy !== null) throw unprocessable('Droplet already has a pending event.')
}

/** Locks the droplet until the work is done or has failed. */
export function startAction(
  world: World,
  droplet: DropletRecord,
  work: Work,
  faults: readonly ActionFault[] = [],
): ActionRecord {
  refuseLocked(droplet)
  const action: ActionRecord = {
    id: world.nextId(),
    type: work.type,
    status: 'in-progress',
    startedAt: world.now(),
    completedAt: null,
    resourceId: droplet.id,
    resourceType: 'droplet',
    regionSlug: droplet.regionSlug,
    error: null,
  }
  world.actions.set(action.id, action)
  droplet.lockedBy = action.id
  const slower = faults.reduce((sum, fault) => sum + (fault.kind === 'slowAction' ? fault.ms : 0), 0)
  world.later(work.ms + slower, async () => {
    const outcome = await perform(work, faults)
    action.error = outcome.error
    action.status = outcome.error === null ? 'completed' : 'errored'
    action.completedAt = world.now()
    if (droplet.lockedBy === action.id) droplet.lockedBy = null
  })
  return action
}

async function perform(work: Work, faults: readonly ActionFault[]): Promise<{ readonly error: unknown }> {
  if (faults.some((fault) => fault.kind === 'erroredAction')) return { error: 'a fault made it fail' }
  if (faults.some((fault) => fault.kind === 'ignoredAction')) return { error: null }
  try {
    await work.perform()
    return { error: null }
  } catch (error) {
    return { error: error ?? 'unknown' }
  }
}
