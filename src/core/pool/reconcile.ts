import { originPrice } from '../model/billing.ts'
import { counts, type Member } from '../model/member.ts'
import { SPINUP } from '../model/pool.ts'
import type { Upkeep } from '../model/upkeep.ts'
import { begin } from '../operation/next.ts'
import { planDeparture } from '../operation/plan.ts'
import type { Session } from '../../engine/session.ts'
import { compare, type Finding, type Seen } from './comparison.ts'
import { actsAlone, replace } from './replace.ts'

/** What is to be cleaned up outside the pool's lock: nobody's any more, whatever happens meanwhile. */
export type Litter = Extract<Finding, { kind: 'halfMade' | 'twin' | 'stray' }>

/** Compares, keeps what was found, and begins what it takes to set members right. Runs under the pool's lock. */
export function note(session: Session, seen: Seen): readonly Litter[] {
  const { now } = session
  const findings = compare(session.state(), seen, now)
  const acts = actsAlone(session.state(), now)
  const off = findings.filter((finding) => finding.kind === 'off')
  const left = off.filter((finding) => finding.spared || !acts).map((finding) => finding.member.id)
  const { upkeep } = session.state()
  session.change({ upkeep: { ...upkeep, ...told(findings), comparedAt: now, trouble: null, off: left } })
  reprice(session, seen)

  for (const finding of findings) {
    if (finding.kind === 'gone') out(session, finding, 'deleted')
    else if (finding.kind === 'off' && !left.includes(finding.member.id)) out(session, finding, 'switched off')
    else if (finding.kind === 'lost') bringBack(session, finding)
  }
  const sick = findings.find((finding) => finding.kind === 'sick')
  const quiet = session.state().upkeep.replacing === null && session.state().refresh?.stage !== 'working'
  if (sick !== undefined && acts && quiet) replace(session, sick.member, sick.forMs)
  return findings.filter(
    (finding) => finding.kind === 'halfMade' || finding.kind === 'twin' || finding.kind === 'stray',
  )
}

/** What droplets cost is what the account says: people resize the origin, and clones follow. */
function reprice(session: Session, { origin, droplets }: Seen): void {
  const { pool, members } = session.state()
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
  if (others.length > 0) session.change({ members: { put: others } })
  const follow = pool.clones.size === null ? [own] : []
  // Of clones that differ the dearest counts, so that no limit is passed.
  const each = Math.max(0, ...follow, ...clones) || pool.dollarsPerHour
  if (own === originPrice(pool) && each === pool.dollarsPerHour) return
  session.change({ pool: { ...pool, dollarsPerHour: each, originDollarsPerHour: own } })
}

function told(findings: readonly Finding[]): Pick<Upkeep, 'strangers' | 'origin'> {
  const strangers = findings
    .filter((finding) => finding.kind === 'stranger')
    .map(({ droplet: { id, name, status, url, createdAt, dollarsPerHour }, operationId }) => ({
      dropletId: id,
      name,
      status,
      url,
      createdAt,
      dollarsPerHour,
      operationId,
    }))
  return { strangers, origin: findings.find((finding) => finding.kind === 'origin')?.state ?? 'on' }
}

/** A clone that serves nobody any more leaves at once: off the balancer, and its droplet, if it is there, deleted. */
function out(session: Session, { member }: Extract<Finding, { kind: 'gone' | 'off' }>, what: string): void {
  const state = session.state()
  const from = state.members.filter((one) => counts(one)).length
  const reason = `The droplet of ${member.id} was ${what} by hand; the policy brings another when one is needed.`
  const order = {
    reason,
    actor: SPINUP,
    now: session.now,
    newId: session.services.newId,
    from,
    step: 'detach',
  } as const
  session.change(planDeparture(state, [member], order).change)
}

/** The origin is on and takes no part, since its way back failed earlier: it is tried again. */
function bringBack(session: Session, { member }: Extract<Finding, { kind: 'lost' }>): void {
  const { now, services, poolId } = session
  const id = services.newId()
  const operation = begin({
    id,
    poolId,
    kind: 'adopt',
    memberId: member.id,
    episodeId: `return:${id}`,
    actor: SPINUP,
    now,
    dropletId: member.dropletId,
    url: member.url,
  })
  session.change({
    members: { put: [{ ...member, phase: 'booting', phaseAt: now, operationId: id }] },
    operations: { put: [operation] },
  })
  services.log.warn({ member: member.id }, 'bringing the origin back into service')
}
