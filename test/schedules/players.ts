import { SpinupError } from '../../src/core/model/error.ts'
import type { PoolState } from '../../src/core/pool/state.ts'
import { runOperation } from '../../src/engine/operations/run.ts'
import { tickPool } from '../../src/engine/loop/tick.ts'
import type { Bot } from './bot.ts'
import { report, type Stage } from './stage.ts'
import type { Watch } from './watch.ts'

/** Ends a wait for bots' work that does not come to rest, ms of real time. */
const PATIENCE_MS = 12
/** What is tried again and again moves without end. */
const LONGEST_MS = 200

/** Drives the bots: ticks, and operations that go on beside them. */
export class Players {
  readonly #stage: Stage
  readonly #running = new Map<string, Bot>()
  #turn = 0
  #ended: () => void = () => undefined
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
    await Promise.all(bots.map((bot) => within(quietly(stage.begun(tickPool(bot.services, 'web', 40))), bot)))
    await this.work()
  }

  /**
   * Every operation that nobody who is awake has in hand is taken up; until nothing moves any more. `patience`: so many
   * times as long as usual, for a machine that is busy with other things.
   */
  async work(patience = 1): Promise<void> {
    const begun = performance.now()
    this.#movedAt = begun
    do {
      const state = await this.#stage.load()
      follow(this.#stage.watch, state)
      for (const operation of state?.operations ?? []) {
        if (operation.state.kind === 'running') this.#take(operation.id)
      }
      await this.#moment()
    } while (this.#running.size > 0 && performance.now() < this.#until(begun, patience))
  }

  #until(begun: number, patience: number): number {
    return Math.min(this.#movedAt + PATIENCE_MS * patience, begun + LONGEST_MS * patience)
  }

  /** Until something ends or a bot is stopped; or a while. */
  async #moment(): Promise<void> {
    if (this.#running.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#ended = resolve
    for (const bot of this.#running.values()) if (bot.awake()) void bot.stopped().then(resolve)
    const patience = setTimeout(resolve, PATIENCE_MS / 2)
    await promise
    clearTimeout(patience)
  }

  #take(id: string): void {
    const has = this.#running.get(id)
    if (has?.awake() === true) return
    const bot = this.bot()
    this.#running.set(id, bot)
    const changed = (): void => void (this.#movedAt = performance.now())
    const free = (): void => {
      if (this.#running.get(id) === bot) this.#running.delete(id)
      this.#ended()
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

/** Waits for the end of a bot's work, as long as it is not stopped over it; or a while. */
export async function within(work: Promise<unknown>, bot: Bot): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const patience = setTimeout(resolve, 400)
  await Promise.race([work, bot.stopped(), promise])
  clearTimeout(patience)
}

/** Whether a snapshot is under way, as the pool itself says once it is over. */
export function follow(watch: Watch, state: PoolState | null): void {
  watch.spare(state?.refresh?.stage === 'working' && state.pool.policy.refreshExtra === 1)
  const copies = state?.operations.some(({ kind }) => kind === 'snapshot') === true
  if (state?.refresh?.stage === 'working') watch.copying = state.refresh.live ? 'live' : 'graceful'
  else if (!copies && watch.asking === 0) watch.copying = 'no'
}
