import type { Decision } from '../core/model/decision.ts'
import type { Mode } from '../core/model/policy.ts'
import type { Card, MemberLine, View, ViewKind } from '../core/model/view.ts'
import { SpinupError } from '../core/model/error.ts'
import type { ConsoleClient } from '../cli/console-client.ts'

/** Follows the channel and the live strip, as somebody looking at the page does. */
export interface Watch {
  /** Waits up to `timeoutMs` until `found` gives something; throws `timeout` with what was awaited and what is known so far. */
  until<T>(what: string, timeoutMs: number, found: () => T | null | false): Promise<T>
  /** The newest card whose view satisfies `wanted`. */
  card<T extends View>(wanted: (view: View) => view is T): T | null
  /** Every card, as it stands now, in the order they appeared. */
  cards(): readonly Card[]
  kinds(): readonly ViewKind[]
  pool(): PoolNow
  stop(): void
}

/** The pool as the page shows it, at most a second old. */
export interface PoolNow {
  readonly members: readonly MemberLine[]
  readonly clones: readonly MemberLine[]
  /** Those in service. */
  readonly serving: readonly MemberLine[]
  /** Mean of the stat that scales it; null while unknown. */
  readonly load: number | null
  readonly decision: Decision | null
  readonly mode: Mode
}

const LOOK_MS = 100

/** `soFar`: what is known, in lines, for a wait that ends without it. */
export function watch(client: ConsoleClient, signal: AbortSignal, soFar: () => string = () => ''): Watch {
  const cards = new Map<string, Card>()
  const kinds = new Set<ViewKind>()
  const stopping = new AbortController()
  let pool: PoolNow = { members: [], clones: [], serving: [], load: null, decision: null, mode: 'auto' }
  let cursor = 0
  void client.live(stopping.signal, ({ status: { members, value, lastDecision, mode } }) => {
    const clones = members.filter((member) => member.role === 'clone')
    const serving = clones.filter((member) => member.phase === 'inService')
    pool = { members, clones, serving, load: value, decision: lastDecision, mode }
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
  return {
    async until(what, timeoutMs, found) {
      const deadline = performance.now() + timeoutMs
      for (;;) {
        signal.throwIfAborted()
        await look()
        const answer = found()
        if (answer !== null && answer !== false) return answer
        if (performance.now() > deadline) {
          const words = `The demo waited ${Math.round(timeoutMs / 1000)} s for ${what}.`
          throw new SpinupError(
            'timeout',
            [words, soFar(), 'bot.log in its folder says more.'].filter(Boolean).join('\n'),
          )
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      }
    },
    card(wanted) {
      for (const card of [...cards.values()].toReversed()) if (wanted(card.view)) return card.view
      return null
    },
    cards: () => [...cards.values()],
    kinds: () => [...kinds],
    pool: () => pool,
    stop: () => stopping.abort(),
  }
}
