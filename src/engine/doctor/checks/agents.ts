import { CLOCK_TOLERANCE_MS } from '../../../core/model/report.ts'
import type { PoolState } from '../../../core/pool/state.ts'
import type { CheckLine } from '../../../core/model/view.ts'
import { plural } from '../../../core/model/words.ts'
import { twins } from '../../../core/alarms/alarms.ts'
import { wordsOfAgentClocks } from '../../../core/alarms/clocks.ts'
import type { Services } from '../../services.ts'
import { failed, ok, skipped, warn } from '../check.ts'
import { isOlder } from '../../../core/model/agent-about.ts'

/** What was refused so long ago is over. */
const RECENT_MS = 600_000
const MOST_LISTED = 4

/** What agents report, and what of it is wrong: two hosts with one key, values refused, troubles that they tell themselves. */
export async function agentReports(
  { agents }: Services,
  { pool, members }: PoolState,
  name: string,
): Promise<CheckLine> {
  const about = await agents.about(
    pool.id,
    members.map(({ id }) => id),
  )
  if (about.size === 0) return skipped(name, 'no agent has reported')
  const [twin] = twins(about)
  if (twin !== undefined) {
    const fix = 'Stop the agent on the one that is a copy: sudo systemctl disable --now spinup-agent'
    return failed(name, `two hosts report as ${twin.id}: ${twin.taken}, and ${twin.refused}, which is refused`, fix)
  }
  const troubles = [...about].flatMap(([id, { notes, refused }]) => {
    const left = refused !== null && refused.agoMs <= RECENT_MS ? refused.stats : []
    return [...left.map(({ stat, why }) => `${id}: ${stat} refused: ${why}`), ...notes.map((note) => `${id}: ${note}`)]
  })
  if (troubles.length === 0) return ok(name, `all that ${plural(about.size, 'agent')} reported was taken`)
  const more = troubles.length > MOST_LISTED ? `; and ${troubles.length - MOST_LISTED} more` : ''
  return warn(
    name,
    `${troubles.slice(0, MOST_LISTED).join('; ')}${more}`,
    'On that droplet: journalctl -u spinup-agent has each with an example; fix it where it is reported.',
  )
}

/** Whether the droplets' clocks agree with Redis's. */
export async function agentClocks(
  { agents }: Services,
  { pool, members }: PoolState,
  name: string,
): Promise<CheckLine> {
  const about = await agents.about(
    pool.id,
    members.map(({ id }) => id),
  )
  if (about.size === 0) return skipped(name, 'no agent has reported')
  const trouble = wordsOfAgentClocks(about, CLOCK_TOLERANCE_MS)
  return trouble === null ? ok(name, 'agree with Redis’s') : warn(name, trouble.title, trouble.fix)
}

/** Whether the agents are as new as what this bot hands out; those that tell no version are from before there was one. */
export async function agentVersions(
  { agents }: Services,
  { pool, members }: PoolState,
  name: string,
): Promise<CheckLine> {
  const serving = members.filter(({ phase }) => phase === 'inService')
  const byMember = await agents.about(
    pool.id,
    serving.map(({ id }) => id),
  )
  if (serving.length === 0) return skipped(name, 'no member is in service')
  const versionOf = (id: string): string | null => byMember.get(id)?.version ?? null
  const old = serving.filter(({ id }) => isOlder(versionOf(id), agents.version))
  if (old.length === 0) {
    return ok(name, `${plural(serving.length, 'agent')} up to date with the ${agents.version} that I hand out`)
  }
  const each = old.map(({ id }) => `${id} has ${versionOf(id) ?? 'none that it reports'}`)
  // A clone has the agent of the snapshot that it was made from, and that one the origin's.
  const renew = '/spinup refresh makes new clones with it.'
  const origin = old.find(({ role }) => role === 'origin')
  const fix =
    origin === undefined
      ? `The origin’s is up to date: ${renew}`
      : `/spinup connect install gives a line that brings ${origin.id}’s up to date; then ${renew}`
  return warn(name, `I hand out ${agents.version}; ${each.join(', ')}`, fix)
}
