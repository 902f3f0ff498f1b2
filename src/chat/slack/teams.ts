import { webApi } from '@slack/bolt'
import type { Logger } from 'pino'
import { SpinupError } from '../../core/model/error.ts'
import { chatFailure, isDeadToken } from './failure.ts'
import { INSTALL_PATH, type Installations, type SlackOptions } from './options.ts'

/** The workspaces the app is in, and how to speak in each. */
export interface Teams {
  /** The workspace of `SLACK_BOT_TOKEN`; null: there is no such token. Throws `chatFailed` or `configuration`. */
  own(): Promise<OwnTeam | null>
  /** With a token that is good now. Throws `chatFailed`, for good where the app is not installed. */
  client(team: string): Promise<webApi.WebClient>
  /** Whose pools are seen from there; see `Place`. Throws `chatFailed` where the app is not installed. */
  tenantOf(team: string): Promise<string | null>
  /**
   * A workspace took the app out, or so it seems: forgets it unless its token is good. Slack may say so late, when it has
   * been installed again, and a token may have been renewed meanwhile.
   */
  forgetIfDead(team: string): Promise<void>
}

export interface OwnTeam {
  readonly team: string
  readonly botUser: string
}

/** Renews tokens that are about to expire; the SDK's installer in the product. */
export interface Renewer {
  authorize(query: {
    readonly teamId: string | undefined
    readonly enterpriseId: string | undefined
    readonly isEnterpriseInstall: boolean
  }): Promise<{ botToken?: string; botTokenExpiresAt?: number }>
}

export function createTeams(parts: {
  readonly options: SlackOptions
  readonly installations: Installations
  readonly renewer: Renewer | null
  readonly clientOptions: webApi.WebClientOptions
  readonly log: Logger
}): Teams {
  const { options, installations, renewer, clientOptions, log } = parts
  const { botToken } = options.settings
  const ownClient = botToken === null ? null : new webApi.WebClient(botToken, clientOptions)
  const clients = new Map<string, { readonly token: string; readonly client: webApi.WebClient }>()
  /** One renewal at a time: a refresh token is good for one. */
  const renewals = new Map<string, Promise<string>>()
  let ownTeam: Promise<OwnTeam> | null = null

  const own = async (): Promise<OwnTeam | null> => {
    if (ownClient === null) return null
    ownTeam ??= identify(ownClient)
    try {
      return await ownTeam
    } catch (error) {
      ownTeam = null
      throw error
    }
  }

  const tokenOf = async (team: string): Promise<string> => {
    const installation = await installations.get(team)
    if (installation === null || renewer === null) throw notInstalled(options.publicUrl)
    // Installed for all workspaces of an organisation, it is the organisation's.
    const everywhere = installation.isEnterpriseInstall === true
    const { botToken: token, botTokenExpiresAt: expiresS } = await renewer.authorize({
      teamId: everywhere ? undefined : team,
      enterpriseId: everywhere ? team : undefined,
      isEnterpriseInstall: everywhere,
    })
    if (token === undefined) throw notInstalled(options.publicUrl)
    // A renewal that failed leaves the old one, which is good for two hours more. Another bot may have got the new one.
    if (expiresS !== undefined && expiresS * 1000 <= options.now()) throw notRenewed(options.publicUrl)
    return token
  }

  const clientOf: Teams['client'] = async (team) => {
    if (ownClient !== null && (await own())?.team === team) return ownClient
    const renewal = renewals.get(team) ?? tokenOf(team).finally(() => renewals.delete(team))
    renewals.set(team, renewal)
    const token = await renewal
    const known = clients.get(team)
    if (known?.token === token) return known.client
    const client = new webApi.WebClient(token, clientOptions)
    clients.set(team, { token, client })
    return client
  }

  return {
    own,
    client: clientOf,
    tenantOf: async (team) => {
      const mine = (await own())?.team
      if (mine === team) return null
      // Before anything is done for a workspace: words may come from one that the app was taken out of.
      if ((await installations.get(team)) === null) throw notInstalled(options.publicUrl)
      return mine === undefined && (await options.home.claim(team)) === team ? null : `slack:${team}`
    },
    forgetIfDead: async (team) => {
      if ((await installations.get(team)) === null) return
      try {
        await (await clientOf(team)).auth.test()
      } catch (error) {
        // Not known to be dead: the next card will tell.
        if (!isDeadToken(error)) return
        clients.delete(team)
        await installations.forget(team)
        log.info({ team }, 'a workspace took Spinup out of Slack')
      }
    },
  }
}

async function identify(client: webApi.WebClient): Promise<OwnTeam> {
  try {
    const {
      team_id: workspace,
      user_id: botUser,
      is_enterprise_install: everywhere,
      enterprise_id: org,
    } = await client.auth.test()
    const team = (everywhere === true ? org : workspace) ?? org
    if (team === undefined) throw new SpinupError('chatFailed', 'Slack does not say whose token SLACK_BOT_TOKEN is.')
    return { team, botUser: botUser ?? '' }
  } catch (error) {
    const failure = chatFailure(error, 'sign in with SLACK_BOT_TOKEN')
    throw failure.retryable ? failure : new SpinupError('configuration', failure.message)
  }
}

function notInstalled(publicUrl: string): SpinupError {
  const message = `Spinup is not installed in that Slack workspace. Open ${publicUrl}${INSTALL_PATH} to install it.`
  return new SpinupError('unauthorised', message, { retryable: false })
}

function notRenewed(publicUrl: string): SpinupError {
  const message = `Slack did not renew the app’s token for that workspace; I will try again. Should it stay so, open ${publicUrl}${INSTALL_PATH} to install it again.`
  return new SpinupError('chatFailed', message, { retryable: true })
}
