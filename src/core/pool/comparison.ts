import type { BackendState } from '../model/backend.ts'
import { inForce, type Member } from '../model/member.ts'
import type { PoolState } from './state.ts'
import type { Droplet } from '../model/droplet.ts'
import { carries, madeFor, operationOf, sinceTag } from './tags.ts'

/** What the account and the balancer were seen to hold. */
export interface Seen {
  /** When the look began, epoch ms. */
  readonly at: number
  /** Those that carry the pool's tag, and every member's that is there. */
  readonly droplets: readonly Droplet[]
  /** Ids of the droplets that members had when the look began: of others nothing was asked. */
  readonly asked: ReadonlySet<string>
  /** null: it is gone. */
  readonly origin: Droplet | null
  /** null: the balancer could not be asked. */
  readonly backends: readonly BackendState[] | null
  /** When the balancer was asked, epoch ms: perhaps earlier than the account. */
  readonly backendsAt: number
}

/** Something that Redis, the account and the balancer do not agree on. */
export type Finding =
  /** Made by an operation that is over, and never in service. */
  | { readonly kind: 'halfMade'; readonly droplet: Droplet; readonly operationId: string }
  /** Made by the same operation as a member's droplet. */
  | { readonly kind: 'twin'; readonly droplet: Droplet; readonly operationId: string }
  /** Carries Spinup's tags, and nothing is known of it. */
  | { readonly kind: 'unmanaged'; readonly droplet: Droplet; readonly operationId: string | null }
  /** A clone whose droplet was deleted, or switched off, by hand. */
  | { readonly kind: 'gone'; readonly member: Member }
  | { readonly kind: 'off'; readonly member: Member; readonly spared: boolean }
  /** A clone that the balancer finds unhealthy for long, while others are well. */
  | { readonly kind: 'unhealthy'; readonly member: Member; readonly forMs: number }
  /** The team's own droplet is off, or gone. */
  | { readonly kind: 'origin'; readonly state: 'off' | 'gone' }
  /** The origin is on and does not take part, because its way back failed. */
  | { readonly kind: 'lost'; readonly member: Member }
  /** An address at the balancer that was a former member's, and is nobody's now. */
  | { readonly kind: 'stray'; readonly url: string; readonly memberId: string }

/** How long a clone may be unhealthy at the balancer before another takes its place. */
export const UNHEALTHY_MS = 2 * 60_000
/** A droplet that was just deleted may be listed for so long. */
const LINGER_MS = 2 * 60_000
/** What a remote balancer last said is gone by for so long. */
const ECHO_MS = 30_000
/** How long members that left are remembered; of anything older nothing is known for certain. */
export const FORMER_MS = 7 * 86_400_000

/** What is wrong; pure. `seen` may be a little older than `state`, never newer. */
export function compare(state: PoolState, seen: Seen, now: number): readonly Finding[] {
  return [
    ...state.members.flatMap((member) => ofMember(state, seen, member, now)),
    ...seen.droplets
      .filter((droplet) => madeFor(state.pool, droplet))
      .flatMap((droplet) => ofDroplet(state, seen, droplet, now)),
    ...strays(state, seen),
  ]
}

function ofMember(state: PoolState, seen: Seen, member: Member, now: number): readonly Finding[] {
  // What an operation works on is the operation's business, and what changed since the look was not seen.
  const busy = state.operations.some((one) => one.memberId === member.id && one.state.kind === 'running')
  if (busy || member.dropletId === null || member.phaseAt > seen.at) return []
  if (member.role === 'origin') return ofOrigin(seen, member)
  // Bots' clocks differ, so having come in before the look says too little.
  if (member.phase !== 'inService' || !seen.asked.has(member.dropletId)) return []
  const droplet = seen.droplets.find((one) => one.id === member.dropletId)
  const spared = inForce(state.protections[member.id] ?? null, now)
  if (droplet === undefined) return [{ kind: 'gone', member }]
  if (droplet.status === 'off') return [{ kind: 'off', member, spared: spared || !madeFor(state.pool, droplet) }]
  const since = state.upkeep.unhealthy[member.id]
  const well = seen.backends?.some(
    (backend) =>
      backend.state === 'healthy' &&
      state.members.some((one) => one.phase === 'inService' && one.url === backend.url && one.id !== member.id),
  )
  if (since === undefined || now - since < UNHEALTHY_MS || spared || well !== true) return []
  return [{ kind: 'unhealthy', member, forMs: now - since }]
}

function ofOrigin({ origin }: Seen, member: Member): readonly Finding[] {
  if (origin === null) return [{ kind: 'origin', state: 'gone' }]
  if (origin.status === 'off') return [{ kind: 'origin', state: 'off' }]
  return origin.status === 'active' && member.phase !== 'inService' ? [{ kind: 'lost', member }] : []
}

function ofDroplet(state: PoolState, seen: Seen, droplet: Droplet, now: number): readonly Finding[] {
  if (state.members.some((member) => member.dropletId === droplet.id)) return []
  // Its operation has just ended and is not booked yet: it may be seen though it was deleted since the look.
  if (state.operations.some((one) => one.dropletId === droplet.id)) return []
  const operationId = operationOf(droplet)
  const unmanaged: Finding = { kind: 'unmanaged', droplet, operationId }
  const left = state.upkeep.former.find((one) => one.dropletId === droplet.id)
  if (left !== undefined) return seen.at - left.at < LINGER_MS ? [] : [unmanaged]
  if (operationId === null) return [unmanaged]

  const running = state.operations.find((one) => one.id === operationId && one.state.kind === 'running')
  // While an operation does not know its droplet yet, this may be the one.
  if (running !== undefined && (running.dropletId === null || running.dropletId === droplet.id)) return []
  const serves = seen.backends === null || seen.backends.some((backend) => backend.url === droplet.url)
  if (serves) return [unmanaged]
  const sibling = seen.droplets.some(
    (other) =>
      other.id !== droplet.id &&
      operationOf(other) === operationId &&
      (state.members.some((member) => member.dropletId === other.id) || running?.dropletId === other.id),
  )
  if (sibling) return [{ kind: 'twin', droplet, operationId }]
  // Its whole life is on record, and it was never a member.
  const known = carries(droplet, sinceTag(state.pool)) && droplet.createdAt >= now - FORMER_MS
  return known ? [{ kind: 'halfMade', droplet, operationId }] : [unmanaged]
}

function strays(state: PoolState, seen: Seen): readonly Finding[] {
  const used = new Set([
    ...state.members.map((member) => member.url),
    ...state.operations.map((operation) => operation.url),
    ...seen.droplets.map((droplet) => droplet.url),
    seen.origin?.url ?? null,
  ])
  return (seen.backends ?? []).flatMap((backend): readonly Finding[] => {
    const left = state.upkeep.former.findLast((one) => one.url === backend.url)
    if (left === undefined || seen.backendsAt - left.at < ECHO_MS || used.has(backend.url)) return []
    return [{ kind: 'stray', url: backend.url, memberId: left.memberId }]
  })
}
