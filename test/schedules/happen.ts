import { perform, type Performable } from '../../src/commands/dispatch/perform.ts'
import { reconcile } from '../../src/engine/reconcile/reconcile.ts'
import { HERE } from '../engine/rig.ts'
import { ada } from '../store/example-state.ts'
import { follow, lapse, quietly, within, type Players } from './players.ts'
import type { Event } from './schedule.ts'
import type { Stage } from './stage.ts'
import { POOL_TAG } from './watch.ts'

/** One event of a schedule. `max`: what the pool is connected with, once more. */
export async function happen(stage: Stage, players: Players, event: Event, max: number): Promise<void> {
  switch (event.kind) {
    case 'load':
      stage.cpu = event.cpu
      return
    case 'pass':
      return players.round(event.ms)
    case 'ask':
      return ask(stage, players, event.request)
    case 'connect':
      // One that is connected stays as it is.
      if ((await stage.load()) === null) stage.watch.allow(max)
      return stage.connect({ max, min: 1 })
    case 'fault':
      stage.cloud.faults.add(event.spec)
      return
    case 'supply':
      return supply(stage, event.soldOut)
    case 'joins':
      stage.joins = event.refused
      return
    case 'endless':
    case 'mute':
      stage[event.kind] = event.on
      return
    case 'ail':
      stage.ground.ailing = event.on
      return
    case 'shut':
      stage.door.shut = event.on
      return
    case 'lost':
      stage.cloud.faults.add({ kind: 'loseAnswer', match: { step: 'create' } })
      stage.cloud.faults.add({ kind: 'lateListing', ms: event.lateMs, match: { step: 'create' } })
      return
    case 'kill':
    case 'sleep':
      stage.bots[event.bot]!.later(event.kind, event.after)
      return
    case 'wake':
      stage.bots[event.bot]!.wake()
      return
    case 'clock':
      stage.setClock(event.ms)
      return
    case 'hand':
      return byHand(stage, event)
    case 'reconcile': {
      const bot = players.bot()
      return within(quietly(stage.begun(reconcile(bot.services, 'web'))), bot)
    }
    case 'together':
      return players.round(1000, true)
    default:
      return named(stage, players, event)
  }
}

/** While operations go on: what a person wants comes at any moment. */
async function ask(stage: Stage, players: Players, request: Performable): Promise<void> {
  const { watch } = stage
  const before = (await stage.load())?.pool.policy
  await lapse(stage)
  const raised = request.kind === 'policy' ? Number(request.changes['max'] ?? (request.changes['calendar'] ? 4 : 0)) : 0
  if (raised > (before?.max ?? 0)) stage.watch.allow(raised)
  if (request.kind === 'refresh' && request.choice.kind !== 'stop' && stage.watch.copying === 'no') {
    stage.watch.copying = request.choice.kind === 'live' ? 'live' : 'graceful'
  }
  if (request.kind === 'refresh' && before?.refreshExtra === 1) watch.spare(true)
  watch.asking += 1
  const bot = players.bot()
  const asked = perform(bot.services, request, { actor: ada, place: HERE, roles: [] }, { pool: null, action: '' })
  // What it has raised it may raise yet, if it is not done: the bot sleeps, or waits for the lock.
  const done = quietly(stage.begun(asked)).then(async () => {
    watch.asking -= 1
    const state = await stage.load()
    const after = state?.pool.policy
    if (after !== undefined) stage.watch.allow(Math.max(after.max, ...after.calendar.map((window) => window.max ?? 0)))
    follow(watch, state)
  })
  await within(stage.begun(done), bot)
}

async function named(
  stage: Stage,
  players: Players,
  {
    kind,
    place,
  }: Extract<Event, { readonly place: number; readonly kind: 'adopt' | 'removeStranger' | 'removeClone' | 'protect' }>,
): Promise<void> {
  const state = await stage.load()
  const strangers = state?.upkeep.unmanaged ?? []
  const clones = state?.members.filter(({ role }) => role === 'clone') ?? []
  const stranger = strangers[place % Math.max(1, strangers.length)]
  const clone = clones[place % Math.max(1, clones.length)]
  if (kind === 'adopt' && stranger) return ask(stage, players, { kind, droplet: stranger.dropletId })
  if (kind === 'removeStranger' && stranger) return ask(stage, players, { kind: 'remove', name: stranger.dropletId })
  if (kind === 'removeClone' && clone) return ask(stage, players, { kind: 'remove', name: clone.id })
  if (kind === 'protect' && clone) return ask(stage, players, { kind, member: clone.id, forMs: 300_000, reason: '' })
}

function supply(stage: Stage, soldOut: string | null): void {
  const match = { operation: 'droplets_create' }
  if (soldOut !== null)
    stage.cloud.faults.add({ kind: 'refuse', status: 422, message: soldOut, times: Infinity, match })
  else stage.cloud.faults.clear()
}

function byHand({ cloud, watch }: Stage, { what, place }: Extract<Event, { kind: 'hand' }>): void {
  if (what === 'stranger') {
    const tags = ['spinup', POOL_TAG]
    watch.added()
    cloud.state.addDroplet({ name: `web-${90 + place}`, ip: `127.77.200.${place + 1}`, tags })
    return
  }
  const clones = cloud.state.dropletsTagged(POOL_TAG).filter(({ lockedBy }) => lockedBy === null)
  const victim = clones[place % Math.max(1, clones.length)]
  if (victim === undefined) return
  if (what === 'delete') cloud.state.deleteByHand(victim.id)
  else cloud.state.powerByHand(victim.id, 'off')
}
