import type { Actor } from './pool.ts'

/** What a token may do; each alone: one that may refresh reads nothing. */
export const SCOPES = ['read', 'refresh', 'scale', 'policy', 'visuals'] as const
export type Scope = (typeof SCOPES)[number]

/** What a program may do for a team. The token itself is kept nowhere. Times are epoch ms. */
export interface ApiToken {
  /** Lower-case letters, digits, `.`, `_` and `-`; one a team. */
  readonly name: string
  /** Whose pools it reaches; null: the installation's own team's. */
  readonly tenant: string | null
  readonly can: readonly Scope[]
  /** Ids of the pools it reaches; none: all of the team's. */
  readonly pools: readonly string[]
  /** Who made it. */
  readonly by: Actor
  readonly createdAt: number
  /** null: it works until it is revoked. */
  readonly expiresAt: number | null
  /** When it was used last, to the minute; null: never. */
  readonly usedAt: number | null
}

/** What somebody asked for, until its link is opened and the token made. */
export type TokenOrder = Omit<ApiToken, 'createdAt' | 'expiresAt' | 'usedAt'> & {
  /** How long it works from then on; null: until it is revoked. */
  readonly forMs: number | null
}

/** Who a token is in the history and on cards. */
export function actorOf({ name }: Pick<ApiToken, 'name'>): Actor {
  return { id: `token:${name}`, name: `token ${name}`, platform: 'token' }
}

/** Whether it works no more. */
export function isExpired({ expiresAt }: Pick<ApiToken, 'expiresAt'>, now: number): boolean {
  return expiresAt !== null && expiresAt <= now
}
