import { setTimeout as pause } from 'node:timers/promises'
import { SpinupError } from '../../src/core/model/error.ts'
import type { PoolState } from '../../src/core/pool/state.ts'
import { runOperation } from '../../src/engine/operations/run.ts'
import { tickPool } from '../../src/engine/tick.ts'
import type { Bot } from './bot.ts'
import { report, type Stage } from './stage.ts'

/** Ends a wait for bots' work that does not come to rest, ms of real time. */
const PATIENCE_MS = 12
/** What is tried again and again moves without end. */
const LONGEST_MS = 200

/** Drives the bots: ticks, and operations that go on beside them. */
export class Players {
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
    const begun = performance.now()
    this.#movedAt = begun
    do {
      const state = await this.#stage.load()
      for (const operation of state?.operations ?? []) {
        if (operation.state.kind === 'running') this.#take(operation.id)
      }
      await pause(1)
    } while (this.#running.size > 0 && performance.now() < Math.min(this.#movedAt + PATIENCE_MS, begun + LONGEST_MS))
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
export async function lapse(stage: Stage): Promise<void> {
  if (stage.bots.some((bot) => !bot.awake())) await stage.lapse()
}

function serving(stage: Stage, { members }: PoolState): readonly string[] {
  const on = (id: string | null): boolean => stage.cloud.state.droplets.get(Number(id))?.status === 'active'
  return members.filter(({ dropletId }) => on(dropletId)).map(({ id }) => id)
}

/** What the bots' own timers would try again is left to the next round. */
export async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof SpinupError)) throw error
  }
}

/** A bot that was put to sleep meanwhile does not come to an end. */
export async function within(work: Promise<unknown>): Promise<void> {
  const patience = new AbortController()
  await Promise.race([work, pause(400, undefined, { signal: patience.signal }).catch(() => undefined)])
  patience.abort()
}

/** Whether a snapshot is under way, as the pool itself says once it is over. */
export async function follow({ watch, load }: Pick<Stage, 'watch' | 'load'>): Promise<void> {
  const state = await load()
  const copies = state?.operations.some(({ kind }) => kind === 'snapshot') === true
  if (state?.refresh?.stage === 'working') watch.copying = state.refresh.live ? 'live' : 'graceful'
  else if (!copies && watch.asking === 0) watch.copying = 'no'
}
