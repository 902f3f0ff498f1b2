import type { Actor } from './pool.ts'

/** Where something was typed or pressed. */
export interface Place {
  /** Name of the chat, e.g. `slack`. */
  readonly platform: string
  /** The channel as its platform addresses it; opaque to everyone else. */
  readonly channel: string
  /**
   * Whose pools may be seen and steered from there: null for the team this installation belongs to, else the id of a
   * workspace that only installed the app, e.g. `slack:T0614TZR7`.
   */
  readonly tenant: string | null
}

/** Who asks, and from where. */
export interface Asker {
  readonly actor: Actor
  readonly place: Place
  /** Groups the person is in, as policies name them: `slack:S0614TZR7`, `discord:8131…`; `console` once a password was given. */
  readonly roles: readonly string[]
  /** Why the chat could not tell all groups of this person just now, a sentence; absent: it could. */
  readonly groupsUnknown?: string
  /** IANA name of the clock this person goes by; absent: not known. */
  readonly timeZone?: string
}

/** The outbox's name of a place. */
export function destinationOf({ platform, channel }: Place): string {
  return `${platform}:${channel}`
}
