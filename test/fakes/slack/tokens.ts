import { randomBytes } from 'node:crypto'
import { REQUIRED_SCOPES } from '../../../src/chat/slack/options.ts'

/** A token of the stand-in. */
export interface Token {
  readonly text: string
  readonly kind: 'bot' | 'app'
  /** Empty for an app-level token. */
  readonly team: string
  readonly scopes: readonly string[]
  state: 'good' | 'revoked' | 'expired'
}

/** Which scope a method wants; absent: none. A list: one of them. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  'chat.postMessage': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.delete': ['chat:write'],
  'chat.scheduleMessage': ['chat:write'],
  'chat.deleteScheduledMessage': ['chat:write'],
  'files.getUploadURLExternal': ['files:write'],
  'files.completeUploadExternal': ['files:write'],
  'files.delete': ['files:write'],
  'files.info': ['files:read'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'usergroups.list': ['usergroups:read'],
  'users.list': ['users:read'],
  'users.info': ['users:read'],
  'apps.connections.open': ['connections:write'],
}

export interface Tokens {
  issue(kind: Token['kind'], team: string, scopes?: readonly string[]): Token
  get(text: string): Token | undefined
  revokeTeam(team: string): readonly Token[]
}

export function createTokens(): Tokens {
  const all = new Map<string, Token>()
  return {
    get: (text) => all.get(text),
    issue: (kind, team, scopes = REQUIRED_SCOPES) => {
      const text = `${kind === 'bot' ? 'xoxb' : 'xapp'}-${randomBytes(12).toString('hex')}`
      const token: Token = { text, kind, team, scopes: kind === 'app' ? ['connections:write'] : scopes, state: 'good' }
      all.set(text, token)
      return token
    },
    revokeTeam: (team) => {
      const gone = [...all.values()].filter((token) => token.team === team && token.kind === 'bot')
      for (const token of gone) token.state = 'revoked'
      return gone
    },
  }
}

/** Why a token may not call a method, as Slack would answer; null: it may. */
export function refusalOf(method: string, token: Token | undefined): Readonly<Record<string, unknown>> | null {
  if (token === undefined) return { ok: false, error: 'invalid_auth' }
  if (token.state !== 'good') return { ok: false, error: `token_${token.state}` }
  const wanted = SCOPES[method]
  if (method !== 'apps.connections.open' && token.kind === 'app') {
    return { ok: false, error: 'not_allowed_token_type' }
  }
  if (wanted === undefined || wanted.some((scope) => token.scopes.includes(scope))) return null
  return { ok: false, error: 'missing_scope', needed: wanted[0], provided: token.scopes.join(',') }
}
