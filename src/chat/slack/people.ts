import type { Logger } from 'pino'
import type { Asker } from '../../core/model/place.ts'
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
  const names = new Map<string, { readonly name: string; readonly at: number }>()
  const groups = new Map<string, { readonly of: ReadonlyMap<string, readonly string[]>; readonly at: number }>()
  /** Workspaces whose app may not read profiles, or groups. */
  const nameless = new Map<string, number>()
  const groupless = new Set<string>()

  const nameOf = async ({ team, user, name }: Doer, quick: boolean): Promise<string> => {
    const key = `${team}/${user}`
    const known = names.get(key)
    if (known !== undefined && now() - known.at < NAME_KEPT_MS) return known.name
    const fallback = name ?? known?.name ?? user
    if (quick || now() - (nameless.get(team) ?? -Infinity) < NAME_KEPT_MS) return keep(key, fallback, name !== null)
    try {
      const client = await teams.client(team)
      const { user: found } = await client.users.info({ user })
      const profile = found?.profile
      return keep(key, profile?.display_name || profile?.real_name || found?.real_name || fallback, true)
    } catch (error) {
      // Without the scope names are as payloads give them; any other trouble is not worth waiting for either.
      if (errorCodeOf(error) === 'missing_scope') nameless.set(team, now())
      return fallback
    }
  }

  const keep = (key: string, name: string, sure: boolean): string => {
    if (sure) {
      if (names.size >= MOST_NAMES) names.clear()
      names.set(key, { name, at: now() })
    }
    return name
  }

  const groupsOf = async ({ team, user }: Doer): Promise<readonly string[]> => {
    let known = groups.get(team)
    if (known === undefined || now() - known.at >= GROUPS_KEPT_MS) {
      try {
        const client = await teams.client(team)
        const { usergroups = [] } = await client.usergroups.list({ include_users: true, include_disabled: false })
        const of = new Map<string, string[]>()
        for (const { id, users = [] } of usergroups) {
          for (const one of users) of.set(one, [...(of.get(one) ?? []), `slack:${id}`])
        }
        known = { of, at: now() }
        groups.set(team, known)
        groupless.delete(team)
      } catch (error) {
        const reason = chatFailure(error, 'read the user groups').message
        if (!groupless.has(team)) log.warn({ team, reason }, 'nobody is known to be in a Slack user group')
        groupless.add(team)
        // Older than a minute: who left a group meanwhile must not approve.
        return []
      }
    }
    return known.of.get(user) ?? []
  }

  return {
    asker: async (doer, wants = {}) => {
      const [name, roles, tenant] = await Promise.all([
        nameOf(doer, wants.quick === true),
        wants.roles === true ? groupsOf(doer) : [],
        teams.tenantOf(doer.team),
      ])
      return {
        actor: { id: `slack:${doer.user}`, name, platform: 'slack' },
        place: { platform: 'slack', channel: `${doer.team}/${doer.channel}`, tenant },
        roles,
      }
    },
  }
}

/** Whether words or a button are about a vote, which may be for some groups alone. */
export function isVote(text: string): boolean {
  return /^(?:run:|ask:)?(?:\s*\/?spinup\s+)?\s*(?:approve|deny)\b/i.test(text)
}
