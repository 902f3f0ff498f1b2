import type { Installation, InstallationQuery, InstallationStore } from '@slack/bolt'
import type { SlackOptions } from './options.ts'

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
