import type { Actor } from './pool.ts'
import { capital } from './words.ts'

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
  /** Somebody of another company, who may look and change nothing. */
  readonly readOnly?: true
  /** A program with a token: where the team is asked first, what it asks for waits for a person. */
  readonly token?: true
}

/** The outbox's name of a place. */
export function destinationOf({ platform, channel }: Place): string {
  return `${platform}:${channel}`
}

/** How a chat platform names people and groups; ids are what follows `NAME:` where a policy names somebody. */
export interface PeopleGrammar {
  /** What is taken, in words: `slack:U… or slack:S… (a user group)`. */
  readonly takes: string
  /** The id in a mention as people copy it from there; null: it is none of this platform's. */
  readonly mentioned: (word: string) => string | null
  /** The id as it is compared, say in upper case; null: it cannot be one. */
  readonly idOf: (text: string) => string | null
  /** Whether it is one person for sure, and no group. */
  readonly isPerson: (id: string) => boolean
}

/** What is said of a platform in addition to its chat. */
export interface PlatformWords {
  /** As policies and destinations name it: lower-case letters, digits and `-`. */
  readonly name: string
  /** As people know it. */
  readonly label: string
  readonly people: PeopleGrammar
}

/** The chat platforms there are, by what they call themselves and people. */
export interface Platforms {
  /** Somebody as a policy names them (`slack:U061F7AUR`), from that or a mention, in any case; null: it is not understood. */
  readonly read: (word: string) => string | null
  readonly isPerson: (entry: string) => boolean
  /** What `read` takes, in words, with commas between. */
  readonly takes: string
  readonly labelOf: (name: string) => string
}

export function createPlatforms(platforms: readonly PlatformWords[]): Platforms {
  const parts = (entry: string): readonly [PlatformWords | undefined, string] => {
    const [name = '', id = ''] = entry.split(/:(.*)/s)
    return [platforms.find((known) => known.name === name.toLowerCase()), id]
  }
  return {
    read: (word) => {
      for (const { name, people } of platforms) {
        const id = people.mentioned(word)
        if (id !== null) return `${name}:${id}`
      }
      const [platform, text] = parts(word)
      const id = platform?.people.idOf(text) ?? null
      return platform === undefined || id === null ? null : `${platform.name}:${id}`
    },
    isPerson: (entry) => {
      const [platform, id] = parts(entry)
      return platform?.people.isPerson(id) === true
    },
    takes: platforms.map(({ people }) => people.takes).join(', '),
    labelOf: (name) => platforms.find((known) => known.name === name)?.label ?? capital(name),
  }
}

/** Where nobody can be named but by the console's password. */
export const NO_PLATFORMS = createPlatforms([])
