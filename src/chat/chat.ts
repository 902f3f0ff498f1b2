import type { Form } from '../core/model/form.ts'
import type { Pace } from '../core/notify/pace.ts'
import type { SpinupError } from '../core/model/error.ts'
import type { Asker } from '../core/model/platforms.ts'
import type { Card, CheckLine, View } from '../core/model/view.ts'

export type { Form, FormField } from '../core/model/form.ts'

/** Something typed: `text` is what follows `/spinup`, or the whole line. */
export interface CommandInput {
  readonly text: string
  readonly asker: Asker
}

/** A button pressed; `values` when it was an `ask:` one, whose form was filled in. */
export interface ActionInput {
  readonly action: string
  readonly asker: Asker
  readonly values?: Readonly<Record<string, string>>
}

/** What a platform calls when people do something; answered within its own deadline by the views to show. */
export interface ChatHandlers {
  command(input: CommandInput): Promise<readonly View[]>
  action(input: ActionInput): Promise<readonly View[]>
  /** The form that an `ask:` button opens, filled in as things are now; the views say why there is none. */
  form(input: ActionInput): Promise<Form | readonly View[]>
  /** Completions of a half-typed line, best first. */
  complete(text: string, asker: Asker): Promise<readonly Completion[]>
  /** Values for a command's named option that is half typed, for platforms that ask for options one by one; `pool`: the one given so far. */
  offers?(command: string, option: string, half: string, asker: Asker, pool?: string | null): Promise<readonly string[]>
  /** What a person's home page shows: the pools that may be seen from there. */
  home(asker: Asker): Promise<readonly View[]>
}

export interface Completion {
  /** The whole line as it would read. */
  readonly text: string
  readonly hint: string
}

/** A chat platform. Vendor types stay inside. */
export interface Chat {
  readonly platform: string
  /** As people know it; the platform's name unless given. */
  readonly label?: string
  /** Absent: it is as fast as it answers. */
  readonly pace?: Pace
  /** Connects, once more where it was connected before. `ended` is called when it hears nothing any more and won't by itself. */
  start(handlers: ChatHandlers, ended?: (error: SpinupError) => void): Promise<void>
  /**
   * Shows a card, or edits the one of that id; an older revision than the shown one is ignored. Throws `chatFailed`:
   * retryable, with `retryAfterMs` where the platform said so, or for good when it refuses the card; `unauthorised` or
   * `notFound` when nothing may be shown in that channel.
   */
  show(channel: string, card: Card): Promise<void>
  /** What `/spinup doctor` asks of the platform; each check has a deadline of its own and never throws. */
  checkUp?(channel: string | null): Promise<readonly CheckLine[]>
  stop(): Promise<void>
}

/** Who wants to know that a chat hears nothing, and when it does again (null); must not throw. */
export type Hearing = (chat: Pick<Chat, 'platform' | 'label'>, trouble: SpinupError | null) => Promise<void>

/** Pictures of the charts that views refer to; null: it is no longer kept. */
export interface ChartPictures {
  png(chartId: string, theme: 'light' | 'dark'): Promise<Uint8Array | null>
}

/** Where on a platform the cards are, so that they can be edited; kept in Redis. */
export interface Shown {
  get(channel: string, cardId: string): Promise<ShownCard | null>
  set(channel: string, cardId: string, shown: ShownCard): Promise<void>
}

export interface ShownCard {
  /** `sending`: a post was started and its answer may have been lost; `refused`: it was certainly not posted. */
  readonly state: 'sending' | 'refused' | 'shown'
  /** The platform's id of the message, or of the deleted one that is being replaced; null: there was none. */
  readonly message: string | null
  readonly revision: number
  /** When it was first posted, epoch ms; while sending: when that began. */
  readonly at: number
  /** What the platform keeps in addition: its thread, its uploaded charts. */
  readonly extra: Readonly<Record<string, string>>
}

/** What the person who asked gets where the answer is a card of its own; nobody is left without a word. */
export const CARD_TELLS: View = {
  kind: 'answer',
  tone: 'info',
  title: 'On it',
  text: 'The card in the channel shows the progress.',
  fields: [],
  actions: [],
  private: true,
}
