import type { Installation, InstallationQuery, InstallationStore } from '@slack/bolt'
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
  /** What people of other companies may do in channels that are shared with them. */
  readonly partners: 'none' | 'read'
}

/** What the Slack chat is made of. */
export interface SlackOptions extends Omit<ChatSurroundings, 'longActions' | 'commands' | 'promises'> {
  readonly settings: SlackSettings
}

/** The path of a door, below which everything of Slack's is. */
export const EVENTS_PATH = '/slack/events'
export const INSTALL_PATH = '/slack/install'
export const REDIRECT_PATH = '/slack/oauth_redirect'

/** What the app may do in a workspace, and what for; the manifest, the docs and the doctor all read it here. */
export interface Scope {
  readonly name: string
  readonly why: string
}

/** Without one of these something does not work. */
export const SCOPES: readonly Scope[] = [
  { name: 'commands', why: 'to answer /spinup' },
  { name: 'chat:write', why: 'to show cards where the app was invited' },
  { name: 'app_mentions:read', why: 'to answer @Spinup in threads' },
  { name: 'files:write', why: 'to upload charts' },
  { name: 'files:read', why: 'to see when an uploaded chart may be shown' },
  { name: 'usergroups:read', why: 'to know whether a person is in a group that may approve' },
]

/** Better with, possible without. */
export const OPTIONAL_SCOPES: readonly Scope[] = [
  { name: 'channels:history', why: 'to find a card whose posting was not confirmed, so that it is not posted twice' },
  { name: 'groups:history', why: 'the same in private channels' },
  { name: 'users:read', why: 'to write people’s names as their profiles show them, and to know their clocks' },
]

export const REQUIRED_SCOPES: readonly string[] = SCOPES.map(({ name }) => name)
export const WISHED_SCOPES: readonly string[] = OPTIONAL_SCOPES.map(({ name }) => name)

/** Which workspaces installed the app, with their tokens; at rest nobody can read them without `SPINUP_SECRET`. */
export interface Installations extends InstallationStore {
  get(team: string): Promise<Installation<'v2', boolean> | null>
  forget(team: string): Promise<void>
}

const entryOf = (team: string): string => `slack:install:${team}`

export function createInstallations(
  vault: SlackOptions['vault'],
  installed: (team: string) => Promise<void>,
): Installations {
  const teamOf = (query: InstallationQuery<boolean>): string =>
    (query.isEnterpriseInstall ? query.enterpriseId : query.teamId) ?? query.teamId ?? ''
  const get: Installations['get'] = async (team) => {
    const text = await vault.get(entryOf(team))
    // Written below alone.
    return text === null ? null : (JSON.parse(text) as Installation<'v2', boolean>)
  }
  return {
    get,
    forget: (team) => vault.forget(entryOf(team)),
    storeInstallation: async (installation) => {
      const team = (installation.isEnterpriseInstall ? installation.enterprise?.id : installation.team?.id) ?? ''
      // What a person's own token could do is never asked for, so it is not kept either.
      const { token: _token, refreshToken: _refresh, ...user } = installation.user
      await vault.put(entryOf(team), JSON.stringify({ ...installation, user }))
      await installed(team)
    },
    fetchInstallation: async (query) => {
      const found = await get(teamOf(query))
      if (found === null) throw new Error('the app is not installed there')
      return found as never
    },
    deleteInstallation: (query) => vault.forget(entryOf(teamOf(query))),
  }
}
