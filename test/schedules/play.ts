import { reconcile } from '../../src/engine/reconcile/reconcile.ts'
import { operationOf } from '../../src/core/pool/tags.ts'
import { happen } from './happen.ts'
import { Players, quietly, within } from './players.ts'
import type { Schedule } from './schedule.ts'
import { openStage, type Ground, type Stage } from './stage.ts'
import { POOL_TAG, type Violation } from './watch.ts'

/** Longer than any wait of the engine's besides those that only people end. */
const SETTLING_ROUNDS = 40
const SETTLING_MS = 45_000

/** Plays it to its end and until all is calm again; what must never be, empty where all went well. */
export async function play(ground: Ground, schedule: Schedule): Promise<readonly Violation[]> {
  const stage = await openStage(ground)
  try {
    const policy = { max: schedule.max, min: Math.min(schedule.min, schedule.max), mode: schedule.mode }
    stage.watch.allow(schedule.max)
    await stage.connect(policy)
    const players = new Players(stage)
    await players.round(1000)
    for (const event of schedule.events) {
      await happen(stage, players, event, policy.max)
      await players.round(2000)
    }
    await calmDown(stage, players)
    return stage.watch.violations
  } finally {
    await stage.stop()
  }
}

/** Everything works again, and the bots have time: then nothing may be left over. */
async function calmDown(stage: Stage, players: Players): Promise<void> {
  const { cloud, watch, bots, door, ground } = stage
  cloud.faults.clear()
  Object.assign(stage, { joins: 0, endless: false, mute: false, cpu: 0.05 })
  ground.ailing = false
  door.shut = false
  for (const bot of bots) bot.wake()
  let left = 'nothing was looked at'
  for (let rounds = 0; rounds < SETTLING_ROUNDS && left !== ''; rounds++) {
    await players.round(SETTLING_MS)
    const bot = players.bot()
    await within(quietly(stage.begun(reconcile(bot.services, 'web'))), bot)
    await players.work(1 + rounds)
    left = await unsettled(stage)
  }
  if (left !== '') watch.violations.push({ wrong: left.startsWith('orphan') ? 'orphan' : 'stuck', words: left })
  if (cloud.state.droplets.get(stage.originId)?.status !== 'active') {
    watch.violations.push({ wrong: 'origin', words: 'it is not on in the end' })
  }
}

/** What is not as it should be, in words; empty: all is calm, and whatever exists is a member or known to people. */
async function unsettled({ cloud, load }: Stage): Promise<string> {
  const state = await load()
  const there = cloud.state.dropletsTagged(POOL_TAG)
  if (state === null) {
    const left = there.filter((one) => operationOf(one) !== null)
    return left.length === 0 ? '' : `orphan after disconnecting: ${left.map(({ name }) => name).join(', ')}`
  }
  const { operations, refresh, members, upkeep } = state
  if (operations.length > 0)
    return `working: ${operations.map(({ kind, step, failure }) => `${kind} ${step} ${failure}`).join(', ')}`
  if (refresh?.stage === 'working') return `refresh: ${refresh.step} ${refresh.waiting}`
  const ids = new Set(members.map(({ dropletId }) => dropletId))
  const told = new Set(upkeep.unmanaged.map(({ dropletId }) => dropletId))
  const orphans = there.filter(
    (one) => !ids.has(String(one.id)) && (operationOf(one) !== null || !told.has(String(one.id))),
  )
  if (orphans.length > 0)
    return `orphan: ${orphans.map(({ name, id, tags }) => `${name} (${id}) ${tags.join(' ')}`).join(', ')}`
  const gone = members.filter(({ dropletId }) => !cloud.state.droplets.has(Number(dropletId)))
  return gone.length === 0 ? '' : `members without a droplet: ${gone.map(({ id }) => id).join(', ')}`
}
