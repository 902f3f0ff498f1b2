import type { PoolState } from '../../../core/pool/state.ts'
import type { CheckLine } from '../../../core/model/view.ts'
import { isOlder } from '../../../core/model/version.ts'
import { plural } from '../../../core/model/words.ts'
import type { Services } from '../../services.ts'
import { ok, skipped, warn } from '../check.ts'

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
