import type { Form } from '../chat/chat.ts'
import type { CommandWords } from '../chat/grammar.ts'
import type { Asker } from '../core/model/platforms.ts'
import type { Actor } from '../core/model/pool.ts'
import type { TimeZone } from '../core/model/time-zone.ts'
import type { View } from '../core/model/view.ts'
import type { PoolState } from '../core/pool/state.ts'
import type { Services } from '../engine/services.ts'
import type { Session } from '../engine/session.ts'

/** When and by whose clock a line is read, and the commands there are. */
export interface Reading {
  /** Epoch ms. */
  readonly now: number
  readonly zone: TimeZone
  readonly commands: readonly CommandWords[]
}

/**
 * What it does: `read` changes nothing and is not kept; `change`, which a command is unless it says otherwise, may change
 * size, cost, access or data, so that where the team is asked first only those who may answer do it; `open` is for
 * anyone: it is of a channel, a vote, or checks its settings one by one.
 */
export type Access = 'read' | 'open' | 'change'

/** The pool it is about: any that is known, or one that is ready to be changed; merely to read, any will do. */
export type Needs = 'pool' | 'readyPool'

/** What a request means, from where it was asked. */
export interface Here {
  readonly services: Services
  readonly asker: Asker
  readonly actor: Actor
  /** The pool that was meant; null: there is none yet, or the team has several and none was named. */
  readonly state: PoolState | null
  /** All of the team's, oldest first. */
  readonly pools: readonly PoolState[]
  /** IANA name of the clock that times of day are meant by. */
  timeZone(): Promise<string>
  /** Does what was asked for and kept, in this pool, as if the one who asks now had typed it: with all that is checked then. */
  carryOut(request: unknown): Promise<Views>
  /** Does it under the pool's lock and commits it whole; throws `notFound` without a pool, `unavailable` when it stays busy. */
  change(work: (session: Session) => Views | Promise<Views>): Promise<Views>
}

export interface AtPool extends Here {
  readonly state: PoolState
}

type Views = readonly View[]
type Values = Readonly<Record<string, string>>

interface Parts<R, At> {
  /**
   * Does it, and answers the views to show at once; what goes on (episodes, proposals) has its own card. Throws
   * `SpinupError` with a message fit for chat when it can't, and then nothing has changed.
   */
  readonly run: (at: At, request: R) => Views | Promise<Views>
  /** What `ask:NAME` and `ask:NAME:ABOUT` open. */
  readonly form?: {
    /** Filled in as things are now; views instead: there is nothing to fill in any more. */
    readonly open: (at: At, about: string) => Form | Views | Promise<Form | Views>
    /** What was filled in, as the request it stands for. Throws `BadWords`. */
    readonly read: (values: Values, about: string) => R
  }
}

/**
 * One command: everything there is to say about it. The line, help, completion, Slack's manifest, Discord's
 * registration, the guard and the audit all derive from this record. `R`: what it asks for, of the kind of its name.
 */
export type Command<R extends { readonly kind: string }> = CommandWords & {
  readonly name: R['kind']
  /** Reads the words after the name. Throws `BadWords`. */
  readonly parse: (words: readonly string[], at: Reading) => R
  /** The most that it does; `change` unless given. */
  readonly access?: Access
  /** A request that only asks how things are, of a command that may change them. */
  readonly reads?: (request: R) => boolean
  /** A request that sets what a channel gets, which is `open`, of a command that else does more or less than that. */
  readonly sets?: (request: R) => boolean
  /** Whether what it names (a member, a question) is that pool's: then no pool has to be named. */
  readonly isOf?: (request: R, state: PoolState) => boolean
  /** The settings of the policy that it would change, as typed. */
  readonly settings?: (request: R) => Values
  readonly audit?: {
    /** What follows the name, as a person would type it. */
    readonly words?: (request: R) => string
    /** It is a vote: the id of the question; null: of the open one. */
    readonly vote?: (request: R) => string | null
    /** Whether it changed something that no commit of a pool shows. */
    readonly beside?: (views: Views) => boolean
  }
  /** Buttons that are no line: `KEY:TEXT` is read from the text, and from what its form was filled in with. */
  readonly buttons?: Readonly<Record<string, (text: string, values: Values) => R>>
} & (
    | { readonly needs: 'words'; readonly run: (commands: readonly CommandWords[], request: R) => Views }
    | ({ readonly needs: 'nothing' } & Parts<R, Here>)
    | ({ readonly needs: Needs } & Parts<R, AtPool>)
  )
