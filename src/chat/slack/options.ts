import type { ChatSurroundings } from '../entry.ts'

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
export interface SlackOptions extends Omit<ChatSurroundings, 'longActions' | 'commands'> {
  readonly settings: SlackSettings
}

/** The path of a door, below which everything of Slack's is. */
export const EVENTS_PATH = '/slack/events'
export const INSTALL_PATH = '/slack/install'
export const REDIRECT_PATH = '/slack/oauth_redirect'
