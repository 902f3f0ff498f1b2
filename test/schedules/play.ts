import { setTimeout as pause } from 'node:timers/promises'
import { SpinupError } from '../../src/core/model/error.ts'
import type { PoolState } from '../../src/core/model/state.ts'
import { perform, type Performable } from '../../src/engine/commands/perform.ts'
import { runOperation } from '../../src/engine/operations/run.ts'
import { reconcile } from '../../src/engine/reconcile/reconcile.ts'
import { operationOf } from '../../src/engine/tags.ts'
import { tickPool } from '../../src/engine/tick.ts'
import { HERE } from '../engine/rig.ts'
import { ada } from '../store/example-state.ts'
import type { Bot } from './bot.ts'
import type { Event, Schedule } from './schedule.ts'
import { openStage, report, type Ground, type Stage } from './stage.ts'
import { POOL_TAG, type Violation } from './watch.ts'

/** Ends a wait for bots' work that does not come to rest, ms of real time. */
const PATIENCE_MS = 12
/** Longer than any wait of the engine's besides those that only people end. */
const SETTLING_ROUNDS = 40
const SETTLING_MS = 45_000
/** After so many rounds with longer steps: clocks that were an hour off have to be caught up with. */
const SLOW_ROUNDS = 25
const SLOW_MS = 600_000

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

/** Drives the bots: ticks, and operations that go on beside them. */
class Players {
  readonly #stage: Stage
  readonly #running = new Map<string, Bot>()
  #turn = 0
  #movedAt = 0
  /** A bot was killed, whatever it held. */
  #left = false
  constructor(stage: Stage) {
    this.#stage = stage
  }

  /** A bot that is up, the next in turn. */
  bot(): Bot {
    const { bots, freshBot } = this.#stage
    bots.forEach((one, index) => {
      if (!one.dead()) return
      bots[index] = freshBot()
      this.#left = true
    })
    // One is always up.
    if (!bots.some((one) => one.awake())) bots[this.#turn % bots.length]!.wake()
    const up = bots.filter((one) => one.awake())
    return up[this.#turn++ % up.length]!
  }

  async round(ms: number, together = false): Promise<void> {
    const stage = this.#stage
    stage.pass(ms)
    const state = await stage.load()
    if (state !== null) await report(stage, stage.mute ? ['web-1'] : serving(stage, state))
    if (this.#left) await stage.lapse()
    this.#left = false
    await lapse(stage)
    const bots = together ? stage.bots.filter((bot) => bot.awake()) : [this.bot()]
    await within(Promise.all(bots.map((bot) => quietly(stage.begun(tickPool(bot.services, 'web', 40))))))
    await this.work()
    await follow(stage)
  }

  /** Every operation that nobody who is awake has in hand is taken up; until nothing moves any more. */
  async work(): Promise<void> {
    this.#movedAt = performance.now()
    do {
      const state = await this.#stage.load()
      for (const operation of state?.operations ?? []) {
        if (operation.state.kind === 'running') this.#take(operation.id)
      }
      await pause(1)
    } while (this.#running.size > 0 && performance.now() - this.#movedAt < PATIENCE_MS)
  }

  #take(id: string): void {
    const has = this.#running.get(id)
    if (has?.awake() === true) return
    const bot = this.bot()
    this.#running.set(id, bot)
    const changed = (): void => void (this.#movedAt = performance.now())
    const free = (): void => {
      if (this.#running.get(id) === bot) this.#running.delete(id)
    }
    void this.#stage.begun(runOperation(bot.services, 'web', id, { signal: bot.signal, changed })).then(free, free)
  }
}

/** What a bot held that is asleep, or was killed, lapses in the time between two events. */
async function lapse(stage: Stage): Promise<void> {
  if (stage.bots.some((bot) => !bot.awake())) await stage.lapse()
}

function serving(stage: Stage, { members }: PoolState): readonly string[] {
  const on = (id: string | null): boolean => stage.cloud.state.droplets.get(Number(id))?.status === 'active'
  return members.filter(({ dropletId }) => on(dropletId)).map(({ id }) => id)
}

/** What the bots' own timers would try again is left to the next round. */
async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof SpinupError)) throw error
  }
}

/** A bot that was put to sleep meanwhile does not come to an end. */
async function within(work: Promise<unknown>): Promise<void> {
  const patience = new AbortController()
  await Promise.race([work, pause(400, undefined, { signal: patience.signal }).catch(() => undefined)])
  patience.abort()
}

/** Whether a snapshot is under way, as the pool itself says once it is over. */
async function follow({ watch, load }: Pick<Stage, 'watch' | 'load'>): Promise<void> {
  const state = await load()
  const copies = state?.operations.some(({ kind }) => kind === 'snapshot') === true
  if (state?.refresh?.stage === 'working') watch.copying = state.refresh.live ? 'live' : 'graceful'
  else if (!copies && watch.asking === 0) watch.copying = 'no'
}

async function happen(stage: Stage, players: Players, event: Event, max: number): Promise<void> {
  switch (event.kind) {
    case 'load':
      stage.cpu = event.cpu
      return
    case 'pass':
      return players.round(event.ms)
    case 'ask':
      return ask(stage, players, event.request)
    case 'connect':
      stage.watch.allow(max)
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
    case 'reconcile':
      return within(quietly(stage.begun(reconcile(players.bot().services, 'web'))))
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
  watch.asking += 1
  const asked = perform(players.bot().services, request, { actor: ada, place: HERE, roles: [] })
  // What it has raised it may raise yet, if it is not done: the bot sleeps, or waits for the lock.
  const done = quietly(stage.begun(asked)).then(async () => {
    watch.asking -= 1
    const after = (await stage.load())?.pool.policy
    if (after !== undefined) stage.watch.allow(Math.max(after.max, ...after.calendar.map((window) => window.max ?? 0)))
    await follow(stage)
  })
  await within(stage.begun(done))
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
  const strangers = state?.upkeep.strangers ?? []
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
    await players.round(rounds < SLOW_ROUNDS ? SETTLING_MS : SLOW_MS)
    await within(quietly(stage.begun(reconcile(players.bot().services, 'web'))))
    await players.work()
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
  const told = new Set(upkeep.strangers.map(({ dropletId }) => dropletId))
  const orphans = there.filter(
    (one) => !ids.has(String(one.id)) && (operationOf(one) !== null || !told.has(String(one.id))),
  )
  if (orphans.length > 0)
    return `orphan: ${orphans.map(({ name, id, tags }) => `${name} (${id}) ${tags.join(' ')}`).join(', ')}`
  const gone = members.filter(({ dropletId }) => !cloud.state.droplets.has(Number(dropletId)))
  return gone.length === 0 ? '' : `members without a droplet: ${gone.map(({ id }) => id).join(', ')}`
}
