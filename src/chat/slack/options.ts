import type { RequestListener } from 'node:http'
import type { Logger } from 'pino'
import type { ChartPictures, Shown } from '../chat.ts'

/** What the environment says of Slack. */
export interface SlackSettings {
  /** null: Slack's own. */
  readonly apiUrl: string | null
  /** Of the installation's own workspace; null: workspaces install the app themselves. */
  readonly botToken: string | null
  /** Socket Mode; null: requests come to `/slack/events`, signed. */
  readonly appToken: string | null
  readonly signingSecret: string | null
  /** Lets other workspaces install the app. */
  readonly clientId: string | null
  readonly clientSecret: string | null
}

/** What the Slack chat is made of. */
export interface SlackOptions {
  readonly settings: SlackSettings
  readonly charts: ChartPictures
  readonly shown: Shown
  /** Whose installation this is where no token tells: the first workspace to claim it. */
  readonly home: { claim(team: string): Promise<string> }
  /** Secrets at rest: what workspaces' installations are kept in. */
  readonly vault: {
    put(id: string, text: string): Promise<void>
    get(id: string): Promise<string | null>
    forget(id: string): Promise<void>
  }
  /** Of several who hear the same thing, the first. */
  readonly heard: { first(id: string): Promise<boolean> }
  /** HTTP under `/slack/`. */
  readonly doors: { open(name: string, listener: RequestListener): void }
  /**
   * Of a line, a form or a button: whether only some may use it, so that it matters in which groups a person is; and
   * whether its answer is mostly for that person.
   */
  readonly manners: (text: string) => { readonly guarded: boolean; readonly forOne: boolean }
  readonly publicUrl: string
  readonly now: () => number
  readonly log: Logger
}

/** The path of a door, below which everything of Slack's is. */
export const EVENTS_PATH = '/slack/events'
export const INSTALL_PATH = '/slack/install'
export const REDIRECT_PATH = '/slack/oauth_redirect'
