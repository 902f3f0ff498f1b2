import type { Logger } from 'pino'
import type { Asker } from '../../core/model/platforms.ts'
import { chatFailure, errorCodeOf } from './failure.ts'
import type { Teams } from './teams.ts'

/** Who did something in Slack, and where, as Slack's payloads tell. */
export interface Doer {
  readonly team: string
  readonly user: string
  /** As the payload names them; null: it does not. */
  readonly name: string | null
  /** A channel, or the person themselves for what is between the two of us. */
  readonly channel: string
}

/** Names and groups of people. */
export interface People {
  /** `roles`: looks up the groups the person is in; `quick`: asks Slack nothing. */
  asker(doer: Doer, wants?: { readonly roles?: boolean; readonly quick?: boolean }): Promise<Asker>
}

const NAME_KEPT_MS = 3600_000
const GROUPS_KEPT_MS = 60_000
const MOST_NAMES = 5000

export function createPeople(teams: Teams, now: () => number, log: Logger): People {
  const names = new Map<string, Known>()
  const groups = new Map<string, Groups>()
  /** Everybody who votes at once waits for the same answer: Slack gives twenty a minute. */
  const asking = new Map<string, Promise<Groups>>()
  /** Workspaces whose app may not read profiles, or groups. */
  const nameless = new Map<string, number>()
  const groupless = new Set<string>()

  const known = async ({ team, user, name }: Doer, quick: boolean): Promise<Omit<Known, 'at'>> => {
    const key = `${team}/${user}`
    const before = names.get(key)
    if (before !== undefined && now() - before.at < NAME_KEPT_MS) return before
    const fallback = { name: name ?? before?.name ?? user, timeZone: before?.timeZone ?? null }
    // Not kept: the clock a person goes by is only known once Slack was asked.
    if (quick) return fallback
    if (now() - (nameless.get(team) ?? -Infinity) < NAME_KEPT_MS) return keep(key, fallback, name !== null)
    try {
      const client = await teams.client(team)
      const { user: found } = await client.users.info({ user })
      const profile = found?.profile
      const called = profile?.display_name || profile?.real_name || found?.real_name || fallback.name
      return keep(key, { name: called, timeZone: found?.tz ?? null }, true)
    } catch (error) {
      // Without the scope names are as payloads give them; any other trouble is not worth waiting for either.
      if (errorCodeOf(error) === 'missing_scope') nameless.set(team, now())
      return fallback
    }
  }

  const keep = (key: string, person: Omit<Known, 'at'>, sure: boolean): Omit<Known, 'at'> => {
    if (sure) {
      if (names.size >= MOST_NAMES) names.clear()
      names.set(key, { ...person, at: now() })
    }
    return person
  }

  const askForGroups = async (team: string): Promise<Groups> => {
    const at = now()
    const client = await teams.client(team)
    const { usergroups = [] } = await client.usergroups.list({ include_users: true, include_disabled: false })
    const of = new Map<string, string[]>()
    for (const { id, users = [] } of usergroups) {
      for (const one of users) of.set(one, [...(of.get(one) ?? []), `slack:${id}`])
    }
    groups.set(team, { of, at })
    groupless.delete(team)
    return { of, at }
  }

  const groupsOf = async ({ team, user }: Doer): Promise<Pick<Asker, 'roles' | 'groupsUnknown'>> => {
    let listed = groups.get(team)
    if (listed === undefined || now() - listed.at >= GROUPS_KEPT_MS) {
      try {
        const answer = asking.get(team) ?? askForGroups(team).finally(() => asking.delete(team))
        asking.set(team, answer)
        listed = await answer
      } catch (error) {
        const reason = chatFailure(error, 'read the user groups').message
        if (!groupless.has(team)) log.warn({ team, reason }, 'nobody is known to be in a Slack user group')
        groupless.add(team)
        // Older than a minute: who left a group meanwhile must not approve.
        return { roles: [], groupsUnknown: reason }
      }
    }
    return { roles: listed.of.get(user) ?? [] }
  }

  return {
    asker: async (doer, wants = {}) => {
      const [{ name, timeZone }, groups, tenant] = await Promise.all([
        known(doer, wants.quick === true),
        wants.roles === true ? groupsOf(doer) : { roles: [] },
        teams.tenantOf(doer.team),
      ])
      return {
        actor: { id: `slack:${doer.user}`, name, platform: 'slack' },
        place: { platform: 'slack', channel: `${doer.team}/${doer.channel}`, tenant },
        ...groups,
        ...(timeZone === null ? {} : { timeZone }),
      }
    },
  }
}

/** Who is in which groups, as it was at `at`, epoch ms. */
interface Groups {
  readonly of: ReadonlyMap<string, readonly string[]>
  readonly at: number
}

/** What Slack says of a person; `timeZone` is an IANA name. */
interface Known {
  readonly name: string
  readonly timeZone: string | null
  readonly at: number
}
