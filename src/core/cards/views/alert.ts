import type { Alarm } from '../../model/state.ts'
import type { Action, AlertView, AnswerView } from '../../model/view.ts'
import { inForce } from '../../model/member.ts'
import type { Pin, Pool } from '../../model/pool.ts'
import type { PoolState } from '../../pool/state.ts'
import { timeOfDay, timeZoneOf } from '../../model/time-zone.ts'
import { duration, plural } from '../../model/words.ts'
import { answer } from '../../model/answer.ts'
import type { Litter } from '../../pool/apply-comparison.ts'

/** A warning as a card; `resolvedAt` once its cause is gone. */
export function alertView(alarm: Alarm, resolvedAt: number | null): AlertView {
  return {
    kind: 'alert',
    tone: resolvedAt === null ? alarm.tone : 'good',
    title: resolvedAt === null ? alarm.title : `Resolved: ${alarm.title}`,
    // What was wrong is over; the title says what it was.
    text: resolvedAt === null ? alarm.text : '',
    fix: resolvedAt === null ? alarm.fix : null,
    facts: resolvedAt === null ? (alarm.facts ?? []) : [],
    actions: resolvedAt === null ? (alarm.actions ?? []) : [],
    state: resolvedAt === null ? 'active' : 'resolved',
    since: alarm.since,
    resolvedAt,
  }
}

/** At most this long before it expires the channel is warned, or a tenth of its time, whichever is less. */
const WARN_MS = 5 * 60_000
const WARN_SHARE = 0.1
/** Discord takes no longer button; a reason that does not fit is left out. */
const LONGEST_ACTION = 90

/** When the channel is warned that a pin expires soon, epoch ms. */
export function warnsAt({ at, expiresAt }: Pin): number {
  return expiresAt - Math.min(WARN_MS, (expiresAt - at) * WARN_SHARE)
}

/** The card that warns of a pin's end, and tells it. */
export function pinCard({ at }: Pin): string {
  return `pin:${at}`
}

/** A pin expires soon: when, what happens then, and the buttons to have it otherwise. */
export function pinView({ pool }: PoolState, pin: Pin): AlertView {
  const { count, owner, reason, expiresAt } = pin
  const since = pin.warned?.at ?? warnsAt(pin)
  const at = timeOfDay(expiresAt, since, timeZoneOf(pool.policy.timeZone))
  return {
    kind: 'alert',
    tone: 'warn',
    title: `${pool.name} is pinned at ${plural(count, 'member')}, and only until ${at}`,
    text: `That is ${duration(expiresAt - since)} from the time of this warning. ${after(pool.policy, pin)}`,
    fix: null,
    facts: [{ name: 'By', value: owner.name }, ...(reason === '' ? [] : [{ name: 'Reason', value: reason }])],
    actions: [extend(pin), { action: 'run:/spinup unpin', label: 'Unpin now', style: 'plain' }],
    state: 'active',
    since,
    resolvedAt: null,
  }
}

/** What became of a pin that was warned of. */
export function pinEnded({ pool }: PoolState, pin: Pin, now: number): AnswerView {
  const size = plural(pin.count, 'member')
  return inForce(pin, now)
    ? answer('info', `The pin at ${size} was changed before it expired`, `See /spinup status for ${pool.name}.`)
    : answer('info', `Pin at ${size} expired`, `Set by ${pin.owner.name}; the policy decides again.`)
}

function after({ mode }: PoolState['pool']['policy'], { count, warned }: Pin): string {
  if (mode === 'observe') return 'Then nothing changes by itself: the pool is only observed.'
  const wanted = warned?.wanted ?? count
  if (wanted === count) return 'Then the policy decides again; as the load is, it stays at that size.'
  const change = wanted < count ? `${count - wanted} would leave` : `${wanted - count} would be added`
  const how = mode === 'approve' ? ', once you approve' : ''
  return `Then the policy decides again; as the load is, ${change}${how} (${count} → ${wanted}).`
}

function extend({ count, reason }: Pin): Action {
  const line = `run:/spinup pin ${count} for 1h`
  const whole = reason === '' ? line : `${line} ${reason}`
  return { action: whole.length > LONGEST_ACTION ? line : whole, label: 'Extend: 1 h from now', style: 'primary' }
}

/** What was cleaned up, once it is gone; `id` names it among what was. */
export function litterCard(
  litter: Litter,
  { policy }: Pool,
  now: number,
): { readonly id: string; readonly view: AnswerView } {
  if (litter.kind === 'stray') {
    const text = `${litter.url} was the address of ${litter.memberId}, which has left the pool.`
    return {
      id: `${litter.url}:${litter.memberId}`,
      view: answer('warn', 'Took a former member off the balancer', text),
    }
  }
  const { droplet } = litter
  const made = timeOfDay(droplet.createdAt, now, timeZoneOf(policy.timeZone))
  const fields = [
    { name: 'Droplet', value: droplet.id },
    { name: 'Made', value: made },
  ]
  if (litter.kind === 'twin') {
    const text = 'The same operation had made two droplets; the one that is no member is deleted.'
    return { id: droplet.id, view: answer('warn', `Removed a duplicate of ${droplet.name}`, text, [], fields) }
  }
  const text = 'The operation that made it is over and it was never in service; it is deleted.'
  return { id: droplet.id, view: answer('warn', `Removed a half-made clone, ${droplet.name}`, text, [], fields) }
}
