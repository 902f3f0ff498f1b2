import type { Actor } from '../core/model/pool.ts'
import type { Card, View } from '../core/model/view.ts'

/** Something typed: `text` is what follows `/spinup`, or the whole line. */
export interface CommandInput {
  readonly text: string
  readonly actor: Actor
  readonly channel: string
}

/** A button pressed. */
export interface ActionInput {
  readonly action: string
  readonly actor: Actor
  readonly channel: string
}

/** What a platform calls when people do something; answered within its own deadline by the views to show. */
export interface ChatHandlers {
  command(input: CommandInput): Promise<readonly View[]>
  action(input: ActionInput): Promise<readonly View[]>
  /** Completions of a half-typed line, best first. */
  complete(text: string): Promise<readonly Completion[]>
}

export interface Completion {
  /** The whole line as it would read. */
  readonly text: string
  readonly hint: string
}

/** A chat platform. Vendor types stay inside. */
export interface Chat {
  readonly platform: string
  start(handlers: ChatHandlers): Promise<void>
  /** Shows a card, or edits the one of that id; an older revision than the shown one is ignored. */
  show(channel: string, card: Card): Promise<void>
  stop(): Promise<void>
}
