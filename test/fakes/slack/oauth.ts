import { randomBytes } from 'node:crypto'
import { refused, type Params, type SlackState } from './state.ts'
import type { Answer } from './workspace.ts'

/** The app as it is registered at Slack. */
export interface AppWish {
  readonly clientId: string
  readonly clientSecret: string
  /** Tokens that live twelve hours and come with one to renew them. */
  readonly rotation: boolean
}

/** Slack's OAuth v2. `emulate` has one, of a single workspace and without rotation; this is ours. */
export interface OAuth {
  /** What a person's browser is sent back to, having said yes for a workspace. */
  approve(authorizeUrl: string, team: string): string
  access(params: Params): Answer
  /** Seconds that new tokens live for. */
  livesS: number
}

export function createOAuth(state: SlackState, app: AppWish): OAuth {
  const codes = new Map<string, { readonly team: string; readonly scopes: readonly string[]; readonly uri: string }>()
  const refreshers = new Map<string, { readonly team: string; readonly scopes: readonly string[] }>()
  const oauth: OAuth = {
    livesS: 43_200,
    approve: (authorizeUrl, team) => {
      const url = new URL(authorizeUrl)
      if (url.searchParams.get('client_id') !== app.clientId) throw new Error('the client id is not this app’s')
      const code = randomBytes(8).toString('hex')
      const uri = url.searchParams.get('redirect_uri') ?? ''
      codes.set(code, { team, scopes: (url.searchParams.get('scope') ?? '').split(','), uri })
      const back = new URL(uri)
      back.searchParams.set('code', code)
      back.searchParams.set('state', url.searchParams.get('state') ?? '')
      return back.href
    },
    access: (params) => {
      if (params['client_id'] !== app.clientId || params['client_secret'] !== app.clientSecret) {
        return refused('invalid_client_id')
      }
      const renewing = params['grant_type'] === 'refresh_token'
      const key = (renewing ? params['refresh_token'] : params['code']) ?? ''
      const grant = renewing ? refreshers.get(key) : codes.get(key)
      if (grant === undefined) return refused(renewing ? 'invalid_refresh_token' : 'invalid_code')
      if ('uri' in grant && grant.uri !== params['redirect_uri']) return refused('bad_redirect_uri')
      codes.delete(key)
      refreshers.delete(key)
      const workspace = state.workspaces.get(grant.team)
      if (workspace === undefined) return refused('invalid_team_for_non_distributed_app')
      if (renewing) state.tokens.revokeTeam(grant.team).forEach((token) => (token.state = 'expired'))
      const token = state.tokens.issue('bot', grant.team, grant.scopes)
      const refresh = `xoxe-1-${randomBytes(12).toString('hex')}`
      if (app.rotation) refreshers.set(refresh, { team: grant.team, scopes: grant.scopes })
      return {
        ok: true,
        access_token: token.text,
        token_type: 'bot',
        scope: grant.scopes.join(','),
        bot_user_id: workspace.botUser,
        app_id: 'A0SPINUP1',
        team: { id: workspace.team, name: workspace.name },
        enterprise: null,
        is_enterprise_install: false,
        authed_user: { id: workspace.people[0]?.id ?? '' },
        ...(app.rotation ? { refresh_token: refresh, expires_in: oauth.livesS } : {}),
      }
    },
  }
  return oauth
}
