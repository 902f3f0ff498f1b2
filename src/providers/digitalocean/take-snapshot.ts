import type { Logger } from 'pino'
import { holdOn, type Still } from '../../core/model/bound.ts'
import { SpinupError } from '../../core/model/error.ts'
import { keyedFlight } from './flight.ts'
import type { Snapshot } from '../provider.ts'
import { beginAction, listActions, noDroplet } from './actions.ts'
import type { ActionAnswer, SnapshotAnswer } from './answers.ts'
import type { Edge } from './edge.ts'
import { snapshotIdOf } from './tags.ts'
import { listSnapshots, named } from './snapshots.ts'

/** A first snapshot's usual time; later ones are measured by the last. DigitalOcean tells no progress. */
const USUAL_MS = 3 * 60_000

/** How long after its action a snapshot may not be listed yet, ms. */
const LISTING_LAG_MS = 60_000

/** Its clock may be a little off the one that dates snapshots, ms. */
const CLOCK_SLACK_MS = 5000

/** Begins snapshots and tells how far they are. */
export interface SnapshotTaker {
  take(dropletId: string, name: string, still?: Still): Promise<Snapshot>
}

interface Begun {
  readonly action: number
  /** When it was first seen to have ended well, by the bot's clock, which need not be DigitalOcean's. */
  doneAt: number | null
}

/**
 * Safe to ask again after anything: the action under way is recognised by its droplet (which takes one action at a
 * time), the finished snapshot by its name. An action that ended `errored` throws `providerFailed`, for good.
 */
export function createSnapshotTaker(options: {
  readonly edge: Edge
  readonly now: () => number
  readonly log: Logger
}): SnapshotTaker {
  const { edge, now, log } = options
  /** The actions begun here, by snapshot; after a restart the listing has to do. */
  const begun = new Map<string, Begun>()
  const flight = keyedFlight<Snapshot>()

  async function take(dropletId: string, name: string, still: Still | undefined): Promise<Snapshot> {
    const id = snapshotIdOf(dropletId, name)
    // One listing tells of all actions at the same moment; asked one by one, an end in between would be missed.
    const actions = await listActions(edge, dropletId)
    if (actions === null) throw noDroplet(dropletId)
    const mine = begun.get(id)
    const own = actions.find((action) => action.id === mine?.action)
    if (own?.status === 'errored') {
      begun.delete(id)
      throw failed(dropletId, own)
    }
    const taken = actions.filter((action) => action.type === 'snapshot')
    const running = taken.find((action) => action.status === 'in-progress')
    if (running) return { id, complete: false, progress: progressOf(running, taken, now()) }

    const snapshots = await listSnapshots(edge)
    if (named(snapshots, dropletId, name)) {
      begun.delete(id)
      return { id, complete: true, progress: 1 }
    }
    if (mine !== undefined && own?.status === 'completed') mine.doneAt ??= now()
    const doneAt = mine?.doneAt ?? null
    const late = doneAt === null ? unlisted(taken[0], snapshots, dropletId, now()) : now() - doneAt <= LISTING_LAG_MS
    if (late) return { id, complete: false, progress: 0.99 }
    return await start(dropletId, name, id, still)
  }

  async function start(dropletId: string, name: string, id: string, still: Still | undefined): Promise<Snapshot> {
    const outcome = await beginAction(edge, dropletId, {
      type: 'snapshot',
      name,
      what: `take the snapshot ${name} of droplet ${dropletId}`,
      before: () => holdOn(still, `the snapshot ${name}`),
    })
    if (!outcome.ok) throw outcome.error
    if (outcome.value.status === 'errored') throw failed(dropletId, outcome.value)
    begun.set(id, { action: outcome.value.id, doneAt: null })
    log.info({ droplet: dropletId, snapshot: name, action: outcome.value.id }, 'snapshot begun')
    return { id, complete: false, progress: 0 }
  }

  return {
    take: (dropletId, name, still) => flight(snapshotIdOf(dropletId, name), () => take(dropletId, name, still)),
  }
}

/** A guess from how long the last one took: never falls, never claims to be done. */
function progressOf(running: ActionAnswer, all: readonly ActionAnswer[], now: number): number {
  const last = all.find((one) => one.status === 'completed' && one.completed_at !== null && one.id < running.id)
  const usual = last?.completed_at ? Math.max(1000, last.completed_at - last.started_at) : USUAL_MS
  const elapsed = Math.max(0, now - running.started_at)
  return Math.min(0.95, 1 - Math.exp((-2 * elapsed) / usual))
}

/** The action ended well a moment ago and its snapshot is not to be seen yet. */
function unlisted(
  action: ActionAnswer | undefined,
  snapshots: readonly SnapshotAnswer[],
  dropletId: string,
  now: number,
): boolean {
  if (action?.status !== 'completed' || !action.completed_at) return false
  if (now - action.completed_at > LISTING_LAG_MS) return false
  const since = action.started_at - CLOCK_SLACK_MS
  return !snapshots.some((one) => one.resource_id === dropletId && one.created_at >= since)
}

function failed(dropletId: string, action: ActionAnswer): SpinupError {
  return new SpinupError(
    'providerFailed',
    `DigitalOcean could not take the snapshot of droplet ${dropletId} (action ${action.id} ended with an error). ` +
      'Nothing was changed; try again later, or look at the droplet’s history in the control panel.',
  )
}
