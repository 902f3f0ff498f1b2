import type { Answer, Workspace } from './workspace.ts'
import type { Faults } from './faults.ts'
import type { Block, ChannelRecord } from './record.ts'
import type { SocketMode } from './socket-mode.ts'
import type { Tokens } from './tokens.ts'

/** A view that was opened or published. */
export interface ShownView {
  readonly id: string
  readonly team: string
  readonly user: string
  readonly type: 'modal' | 'home'
  view: Readonly<Record<string, unknown>> & { readonly blocks: readonly Block[] }
  open: boolean
  /** What the last submission was refused for, by block. */
  errors: Readonly<Record<string, string>>
}

export interface StoredFile {
  readonly id: string
  readonly name: string
  readonly team: string
  bytes: Buffer
  completed: boolean
  /** Looks at `files.info` until it is ready. */
  looks: number
  deleted: boolean
}

/** A `response_url`. */
export interface ResponseUrl {
  readonly team: string
  readonly channel: string
  readonly user: string
  /** The message that was pressed, which `replace_original` means. */
  readonly message: string | null
  readonly bornAt: number
  uses: number
}

/** A call of the Web API as it came. */
export interface Call {
  readonly method: string
  readonly team: string
  readonly channel: string | null
  readonly at: number
  readonly ok: boolean
}

/** Everything the stand-in knows. */
export interface SlackState {
  readonly workspaces: Map<string, Workspace>
  readonly tokens: Tokens
  readonly record: ChannelRecord
  readonly faults: Faults
  readonly socket: SocketMode
  readonly files: Map<string, StoredFile>
  readonly views: Map<string, ShownView>
  readonly responseUrls: Map<string, ResponseUrl>
  /** Who a trigger belongs to, and since when. */
  readonly triggers: Map<string, { readonly team: string; readonly user: string; readonly bornAt: number }>
  readonly calls: Call[]
  /** What no Slack would have shown; a test that leaves some fails. */
  readonly violations: string[]
  /** How long a trigger lives, ms. */
  triggerMs: number
  /** Looks at a fresh file before it is ready. */
  fileLooks: number
  /** Posts a channel takes: one each `everyMs`, after `burst` at once; null: as many as come. */
  pace: { readonly everyMs: number; readonly burst: number } | null
  /** How far Slack's clock is ahead of ours, ms. */
  clockAheadMs: number
  origin: string
}

/** A method of our own, or what goes before and after one of `emulate`'s. */
export type Method = (call: {
  readonly state: SlackState
  readonly workspace: Workspace
  readonly params: Params
  readonly token: string
}) => Promise<Answer>

export type Params = Readonly<Record<string, string>>

/** A parameter that is JSON in itself; undefined: absent or broken. */
export function jsonOf(text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

export function refused(error: string, more: object = {}): Answer {
  return { ok: false, error, ...more }
}
