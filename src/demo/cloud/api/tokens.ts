import { randomBytes } from 'node:crypto'
import type { TokenRecord } from './records.ts'
import type { World } from './world.ts'

const prefixes = { personal: 'dop_v1_', oauth: 'doo_v1_', refresh: 'dor_v1_' } as const

/** A token text with the real service's prefix and length. */
function tokenText(kind: keyof typeof prefixes): string {
  return `${prefixes[kind]}${randomBytes(32).toString('hex')}`
}

export interface NewToken {
  readonly name: string
  /** `['read', 'write']` is full access, `['read']` read-only. */
  readonly scopes: readonly string[]
  readonly expiresAt?: number | null
  readonly clientId?: string
}

export function addToken(world: World, wanted: NewToken): TokenRecord {
  const token: TokenRecord = {
    value: tokenText(wanted.clientId === undefined ? 'personal' : 'oauth'),
    name: wanted.name,
    scopes: wanted.scopes,
    createdAt: world.now(),
    expiresAt: wanted.expiresAt ?? null,
    revoked: false,
    clientId: wanted.clientId ?? null,
    refreshToken: wanted.clientId === undefined ? null : tokenText('refresh'),
  }
  world.tokens.set(token.value, token)
  return token
}

/** The live token of an Authorization header; null is a 401. */
export function authenticate(world: World, header: string | undefined): TokenRecord | null {
  const value = /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1]
  const token = value === undefined ? undefined : world.tokens.get(value)
  if (!token || token.revoked || (token.expiresAt !== null && token.expiresAt <= world.now())) return null
  return token
}

export function permits(token: TokenRecord, scope: string): boolean {
  if (token.scopes.includes(scope) || token.scopes.includes('write')) return true
  return token.scopes.includes('read') && scope.endsWith(':read')
}
