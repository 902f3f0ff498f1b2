import type { Card, View, ViewKind } from '../core/model/view.ts'
import { SpinupError } from '../core/model/error.ts'
import type { ConsoleClient } from '../cli/console-client.ts'

/** Follows the channel and the live strip, as somebody looking at the page does. */
export interface Watch {
  /** The newest card whose view satisfies `wanted`; waits for it up to `timeoutMs`. */
  until<T extends View>(what: string, wanted: (view: View) => view is T, timeoutMs: number): Promise<T>
  /** Waits for something of the pool. */
  untilPool(what: string, wanted: (pool: PoolNow) => boolean, timeoutMs: number): Promise<PoolNow>
  /** Every card, as it stands now, in the order they appeared. */
  cards(): readonly Card[]
  kinds(): readonly ViewKind[]
  pool(): PoolNow
  clonesPeak(): number
  stop(): void
}

export interface PoolNow {
  readonly clones: number
  readonly clonesInService: number
  readonly moving: number
  /** Mean of the stat that scales it; null while unknown. */
  readonly load: number | null
}

const LOOK_MS = 100

export function watch(client: ConsoleClient): Watch {
  const cards = new Map<string, Card>()
  const kinds = new Set<ViewKind>()
  const stopping = new AbortController()
  let pool: PoolNow = { clones: 0, clonesInService: 0, moving: 0, load: null }
  let peak = 0
  let cursor = 0
  void client.live(stopping.signal, ({ status }) => {
    const clones = status.members.filter((member) => member.role === 'clone')
    const clonesInService = clones.filter((member) => member.phase === 'inService').length
    pool = {
      clones: clones.length,
      clonesInService,
      moving: status.members.filter((member) => member.phase !== 'inService').length,
      load: status.value,
    }
    peak = Math.max(peak, clonesInService)
  })
  const look = async (): Promise<void> => {
    const page = await client.after(cursor)
    cursor = page.cursor
    for (const message of page.messages) {
      if (message.kind !== 'card') continue
      cards.set(message.card.id, message.card)
      kinds.add(message.card.view.kind)
    }
  }
  const waitFor = async <T>(what: string, timeoutMs: number, found: () => T | null): Promise<T> => {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      await look()
      const answer = found()
      if (answer !== null) return answer
      if (Date.now() > deadline) {
        throw new SpinupError(
          'timeout',
          `The demo waited ${timeoutMs / 1000} s for ${what}. See bot.log in its folder.`,
        )
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }
  return {
    until: (what, wanted, timeoutMs) =>
      waitFor(what, timeoutMs, () => {
        for (const card of [...cards.values()].toReversed()) if (wanted(card.view)) return card.view
        return null
      }),
    untilPool: (what, wanted, timeoutMs) => waitFor(what, timeoutMs, () => (wanted(pool) ? pool : null)),
    cards: () => [...cards.values()],
    kinds: () => [...kinds],
    pool: () => pool,
    clonesPeak: () => peak,
    stop: () => stopping.abort(),
  }
}
