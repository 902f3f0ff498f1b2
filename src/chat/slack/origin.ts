/** Where something done in Slack came from. */
export interface Origin {
  /** The workspace that installed the app, or the organisation where it is installed for all of its workspaces. */
  readonly team: string
  /** Whose person did it, as the payload says; null: it does not. */
  readonly home: string | null
  /** What `home` is for people of the same company. */
  readonly own: readonly string[]
}

/** What Slack says of a person, of which this much matters here. */
export interface Profile {
  /** The workspace they are of. */
  readonly team_id?: string
  readonly enterprise_user?: { readonly enterprise_id?: string; readonly teams?: readonly string[] }
}

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
const firstText = (...values: readonly unknown[]): string | null =>
  values.find((value): value is string => typeof value === 'string' && value !== '') ?? null

/**
 * Reads a slash command, an event's envelope, or what came of a button or form. In channels that are shared with other
 * companies, their people's words come here like everybody's; what tells them apart is the workspace they are of.
 */
export function originOf(payload: unknown): Origin {
  const body = fieldsOf(payload)
  const [first] = Array.isArray(body['authorizations']) ? (body['authorizations'] as readonly unknown[]) : []
  const [installed, user, event] = [fieldsOf(first), fieldsOf(body['user']), fieldsOf(body['event'])]
  const place = firstText(body['team_id'], fieldsOf(body['team'])['id'])
  const org = firstText(installed['enterprise_id'], fieldsOf(body['enterprise'])['id'], body['enterprise_id'])
  const home = firstText(event['user_team'], event['source_team'], event['team'], user['team_id'], body['user_team'])
  const everywhere = [installed['is_enterprise_install'], body['is_enterprise_install']].some(
    (value) => value === true || value === 'true',
  )
  if (everywhere && org !== null) return { team: org, home, own: [org, ...(place === null ? [] : [place])] }
  const view = fieldsOf(body['view'])
  const team = firstText(view['app_installed_team_id'], installed['team_id'], place, user['team_id']) ?? ''
  return { team, home, own: [team, ...(org === null ? [] : [org])] }
}

/**
 * Whether a person is of another company. Their profile tells who is of another workspace of the same one, and whose
 * person they are where the payload does not: a home page that is opened, say.
 */
export function isPartner({ team, home: said, own }: Origin, profile: Profile | null): boolean {
  const home = said ?? profile?.team_id ?? null
  if (home === null || own.includes(home)) return false
  const { enterprise_id: org, teams = [] } = profile?.enterprise_user ?? {}
  return !((org !== undefined && own.includes(org)) || teams.includes(team))
}
