import { originPrice } from '../model/billing.ts'
import { counts, type Member } from '../model/member.ts'
import { SPINUP } from '../model/pool.ts'
import type { Upkeep } from '../model/upkeep.ts'
import { begin } from '../operation/next.ts'
import { planDeparture } from '../operation/plan.ts'
import type { PoolState } from './state.ts'
import type { Draft } from './draft.ts'
import { compare, type Finding, type Seen } from './comparison.ts'
import { actsAlone, replace } from './replace.ts'

/** What is to be cleaned up outside the pool's lock: nobody's any more, whatever happens meanwhile. */
export type Litter = Extract<Finding, { kind: 'halfMade' | 'twin' | 'stray' }>

/** Whether nobody of the pool has it: as it was when it was found. */
export function isNobodys({ members, operations }: PoolState, litter: Litter): boolean {
  const owners = [...members, ...operations]
  return litter.kind === 'stray'
    ? owners.every(({ url }) => url !== litter.url)
    : owners.every(({ dropletId }) => dropletId !== litter.droplet.id)
}

/** Compares, keeps what was found, and begins what it takes to set members right; what is left to clean up. */
export function applyComparison(draft: Draft, seen: Seen): readonly Litter[] {
  const { now } = draft
  const findings = compare(draft.state(), seen, now)
  const acts = actsAlone(draft.state(), now)
  const off = findings.filter((finding) => finding.kind === 'off')
  const left = off.filter((finding) => finding.spared || !acts).map((finding) => finding.member.id)
  const { upkeep } = draft.state()
  draft.change({ upkeep: { ...upkeep, ...reported(findings), comparedAt: now, trouble: null, off: left } })
  reprice(draft, seen)

  for (const finding of findings) {
    if (finding.kind === 'gone') out(draft, finding, 'deleted')
    else if (finding.kind === 'off' && !left.includes(finding.member.id)) out(draft, finding, 'switched off')
    else if (finding.kind === 'lost') bringBack(draft, finding)
  }
  const unhealthy = findings.find((finding) => finding.kind === 'unhealthy')
  const quiet = draft.state().upkeep.replacing === null && draft.state().refresh?.stage !== 'working'
  if (unhealthy !== undefined && acts && quiet) replace(draft, unhealthy.member, unhealthy.forMs)
  return findings.filter(
    (finding) => finding.kind === 'halfMade' || finding.kind === 'twin' || finding.kind === 'stray',
  )
}

/** What droplets cost is what the account says: people resize the origin, and clones follow. */
function reprice(draft: Draft, { origin, droplets }: Seen): void {
  const { pool, members } = draft.state()
  const own = origin?.dollarsPerHour ?? originPrice(pool)
  const price = new Map(droplets.map(({ id, dollarsPerHour }) => [id, dollarsPerHour]))
  const mine = members.filter(({ role }) => role === 'clone')
  // What was made as something else, because there was no other, says nothing of those to come.
  const usual = mine.filter(({ instead }) => instead === undefined)
  const clones = usual.flatMap(({ dropletId }) => price.get(dropletId ?? '') ?? [])
  const others = mine.flatMap((member): readonly Member[] => {
    const each = price.get(member.dropletId ?? '') ?? member.dollarsPerHour
    return each === undefined || each === member.dollarsPerHour || member.operationId !== null
      ? []
      : [{ ...member, dollarsPerHour: each }]
  })
  if (others.length > 0) draft.change({ members: { put: others } })
  const follow = pool.clones.size === null ? [own] : []
  // Of clones that differ the dearest counts, so that no limit is passed.
  const each = Math.max(0, ...follow, ...clones) || pool.dollarsPerHour
  if (own === originPrice(pool) && each === pool.dollarsPerHour) return
  draft.change({ pool: { ...pool, dollarsPerHour: each, originDollarsPerHour: own } })
}

function reported(findings: readonly Finding[]): Pick<Upkeep, 'unmanaged' | 'origin'> {
  const unmanaged = findings
    .filter((finding) => finding.kind === 'unmanaged')
    .map(({ droplet: { id, name, status, url, createdAt, dollarsPerHour }, operationId }) => ({
      dropletId: id,
      name,
      status,
      url,
      createdAt,
      dollarsPerHour,
      operationId,
    }))
  return { unmanaged, origin: findings.find((finding) => finding.kind === 'origin')?.state ?? 'on' }
}

/** A clone that serves nobody any more leaves at once: off the balancer, and its droplet, if it is there, deleted. */
function out(draft: Draft, { member }: Extract<Finding, { kind: 'gone' | 'off' }>, what: string): void {
  const state = draft.state()
  const from = state.members.filter((one) => counts(one)).length
  const reason = `The droplet of ${member.id} was ${what} by hand; the policy adds another when one is needed.`
  const order = {
    reason,
    actor: SPINUP,
    now: draft.now,
    newId: draft.newId,
    from,
    step: 'detach',
  } as const
  draft.change(planDeparture(state, [member], order).change)
}

/** The origin is on and takes no part, since its way back failed earlier: it is tried again. */
function bringBack(draft: Draft, { member }: Extract<Finding, { kind: 'lost' }>): void {
  const { now } = draft
  const id = draft.newId()
  const operation = begin({
    id,
    poolId: member.poolId,
    kind: 'adopt',
    memberId: member.id,
    episodeId: `return:${id}`,
    actor: SPINUP,
    now,
    dropletId: member.dropletId,
    url: member.url,
  })
  draft.change({
    members: { put: [{ ...member, phase: 'booting', phaseAt: now, operationId: id }] },
    operations: { put: [operation] },
  })
}
