import type { Logger } from 'pino'
import type { Asker } from '../../core/model/platforms.ts'
import { SpinupError } from '../../core/model/error.ts'
import { chatFailure, errorCodeOf } from './failure.ts'
import { isPartner, type Origin, type Profile } from './origin.ts'
import type { Teams } from './teams.ts'

/** Who did something in Slack, and where, as Slack's payloads tell. */
export interface Doer {
  readonly origin: Origin
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

const FOR_ITS_OWN =
  'Spinup answers to people of the workspace that installed it, and you are of another one. Nothing was changed. Ask somebody of that workspace.'

const NAME_KEPT_MS = 3600_000
const GROUPS_KEPT_MS = 60_000
const MOST_NAMES = 5000

/** `partners`: what people of other companies may do in channels that are shared with them. */
export function createPeople(parts: {
  readonly teams: Teams
  readonly partners: 'none' | 'read'
  readonly now: () => number
  readonly log: Logger
}): People {
  const { teams, partners, now, log } = parts
  const names = new Map<string, Known>()
  const groups = new Map<string, Groups>()
  /** Everybody who votes at once waits for the same answer: Slack gives twenty a minute. */
  const asking = new Map<string, Promise<Groups>>()
  /** Workspaces whose app may not read profiles, or groups. */
  const nameless = new Map<string, number>()
  const groupless = new Set<string>()

  const known = async ({ origin, user, name }: Doer, quick: boolean): Promise<Omit<Known, 'at'>> => {
    const { team } = origin
    const key = `${team}/${user}`
    const before = names.get(key)
    if (before !== undefined && now() - before.at < NAME_KEPT_MS) return before
    const fallback = {
      name: name ?? before?.name ?? user,
      timeZone: before?.timeZone ?? null,
      profile: before?.profile ?? null,
    }
    // Not kept: the clock a person goes by is only known once Slack was asked.
    if (quick) return fallback
    if (now() - (nameless.get(team) ?? -Infinity) < NAME_KEPT_MS) return keep(key, fallback, name !== null)
    try {
      const client = await teams.client(team)
      const { user: found } = await client.users.info({ user })
      const profile = found?.profile
      const called = profile?.display_name || profile?.real_name || found?.real_name || fallback.name
      const person = {
        name: called,
        timeZone: found?.tz ?? null,
        profile: {
          ...(found?.team_id === undefined ? {} : { team_id: found.team_id }),
          ...(found?.enterprise_user === undefined ? {} : { enterprise_user: found.enterprise_user }),
        },
      }
      return keep(key, person, true)
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

  const groupsOf = async ({ origin: { team }, user }: Doer): Promise<Pick<Asker, 'roles' | 'groupsUnknown'>> => {
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
      const { team } = doer.origin
      const [{ name, timeZone, profile }, groups, tenant] = await Promise.all([
        known(doer, wants.quick === true),
        wants.roles === true ? groupsOf(doer) : { roles: [] },
        teams.tenantOf(team),
      ])
      const partner = isPartner(doer.origin, profile)
      if (partner && partners !== 'read') throw new SpinupError('unauthorised', FOR_ITS_OWN)
      return {
        actor: { id: `slack:${doer.user}`, name, platform: 'slack' },
        place: { platform: 'slack', channel: `${team}/${doer.channel}`, tenant },
        ...groups,
        ...(timeZone === null ? {} : { timeZone }),
        ...(partner ? { readOnly: true as const } : {}),
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
  /** Null: not read. */
  readonly profile: Profile | null
  readonly at: number
}
