import type { ConsoleMessage, ConsolePage } from '../../core/model/message.ts'
import type { Actor } from '../../core/model/pool.ts'
import type { Card } from '../../core/model/view.ts'

/** What the console keeps its channels in; the store has one on Redis. */
export interface ConsoleLog {
  /** null: a same or newer revision of that card is shown already. */
  upsertCard(channel: string, card: Card): Promise<ConsoleMessage | null>
  say(channel: string, actor: Actor, text: string): Promise<ConsoleMessage>
  after(channel: string, cursor: number): Promise<ConsolePage>
  subscribe(channel: string, listener: (messages: readonly ConsoleMessage[]) => void): Promise<() => Promise<void>>
}
