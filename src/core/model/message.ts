import type { Actor } from './pool.ts'
import type { Card } from './view.ts'

/**
 * One entry of the web console's channel. `id` grows with every new entry and is their order; `change` grows with every
 * new *or edited* one of the channel, so "everything after change N" is what a page missed. `at` is when it first appeared.
 */
export type ConsoleMessage =
  | {
      readonly kind: 'line'
      readonly id: string
      readonly change: number
      readonly at: number
      readonly actor: Actor
      readonly text: string
    }
  | {
      readonly kind: 'card'
      readonly id: string
      readonly change: number
      readonly at: number
      readonly card: Card
    }

/** Messages oldest change first, and the change up to which they are complete. */
export interface ConsolePage {
  readonly messages: readonly ConsoleMessage[]
  readonly cursor: number
}
