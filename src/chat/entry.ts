import type { RequestListener } from 'node:http'
import type { Logger } from 'pino'
import type { ZodType } from 'zod'
import type { PlatformWords } from '../core/model/platforms.ts'
import type { Pace } from '../core/notify/pace.ts'
import type { Chat, ChartPictures, Shown } from './chat.ts'
import type { CommandWords, Manners } from './grammar.ts'

/** What a chat platform may need to come up; what it keeps is its own. */
export interface ChatSurroundings {
  readonly charts: ChartPictures
  readonly shown: Shown
  /** Whose installation this is, where a platform can't tell: the first to claim it, for good. */
  readonly home: { claim(team: string): Promise<string> }
  /** What shortened buttons stand for. */
  readonly longActions: {
    keep(actions: ReadonlyMap<string, string>): Promise<void>
    get(id: string): Promise<string | null>
  }
  /** Of several who hear the same thing, the first; `changes`: whether it may change something. */
  readonly seenEvents: { first(id: string, changes: boolean): Promise<boolean> }
  /** Answers that were promised and not given yet. */
  readonly promises: {
    keep(id: string, text: string): Promise<void>
    settle(id: string): Promise<boolean>
    all(): Promise<ReadonlyMap<string, string>>
  }
  /** A channel has another id now, both as places have it; what is kept of it goes along. */
  readonly moved: (before: string, after: string) => Promise<void>
  /** Secrets at rest. */
  readonly vault: {
    put(id: string, text: string): Promise<void>
    get(id: string): Promise<string | null>
    forget(id: string): Promise<void>
  }
  /** Takes requests below `/NAME/` of this bot. */
  readonly chatRoutes: { open(name: string, listener: RequestListener): void }
  /** What is offered under `/spinup`. */
  readonly commands: readonly CommandWords[]
  /** Of a line, a form or a button. */
  readonly manners: (text: string) => Manners
  /** As people's browsers and the platform reach this bot. */
  readonly publicUrl: string
  readonly now: () => number
  readonly log: Logger
}

/** All there is to say of a chat platform, in its own folder; loading it loads no SDK. `S`: what its environment says. */
export interface ChatEntry<S = unknown> extends PlatformWords {
  /** The variable that has it talked to, for those who look for it. */
  readonly variable: string
  /** Its variables of the environment, read: null where it is not set up. An issue names its variable, or says in words what is missing. */
  readonly environment: ZodType<S | null>
  /** Absent: it is as fast as it answers. */
  readonly pace?: Pace
  /** Makes the chat, not connected yet; here the SDK is loaded. */
  open(settings: S, around: ChatSurroundings): Promise<Chat>
}
