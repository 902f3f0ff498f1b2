import { SpinupError } from '../model/error.ts'
import { DEFAULT_POLICY, MODES, WAYS, type Policy } from '../model/policy.ts'
import { STAT_NAME } from '../model/sample.ts'
import { percent, plainNumber, statValue, unitOf } from '../model/words.ts'
import { approvers, checkQuorum } from './fields/approvers.ts'
import { calendar, checkCalendar } from './fields/calendar.ts'
import { elsewhere } from './fields/elsewhere.ts'
import { bad, fraction, numberOf, type PolicyField } from './fields/field.ts'
import { checkFallback, fallback } from './fields/fallback.ts'
import { also } from './fields/goals.ts'
import { choice, count, money, span } from './fields/kinds.ts'
import { signed } from './fields/signed.ts'
import { targetOf } from './fields/targets.ts'
import { timeZone } from './fields/time-zone.ts'

export type { PolicyField } from './fields/field.ts'

const EXPIRY = ['act', 'hold'] as const

/** Every setting of a pool's policy. A new one is one entry here. */
export const POLICY_FIELDS: readonly PolicyField[] = [
  {
    name: 'stat',
    meaning: 'the statistic that scales the pool: cpu, memory, or any reported one',
    example: 'stat=cpu',
    read: (policy) => policy.stat,
    write: (policy, text) => {
      if (!STAT_NAME.test(text)) throw bad('stat', text, 'a statistic’s name, such as cpu or queue_depth')
      return { ...policy, stat: text }
    },
  },
  {
    name: 'target',
    meaning: 'the value of the statistic each member is kept at',
    example: 'target=60%',
    read: (policy) => statValue(policy.stat, policy.target),
    write: (policy, text) => ({ ...policy, target: targetOf('target', policy.stat, text) }),
  },
  choice('how', 'how', WAYS, 'p95', 'how the members’ values become one: their mean, p95, max or sum'),
  choice(
    'across',
    'across',
    ['member', 'pool'],
    'pool',
    'member: each member is kept at the target; pool: one member is needed for each target of the whole',
  ),
  fallback,
  also,
  count('min', 1, 1000, 'never fewer members than this'),
  count('max', 1, 1000, 'never more members than this, whatever happens'),
  calendar,
  choice(
    'mode',
    'mode',
    MODES,
    'approve',
    'auto acts and tells, approve asks first, observe only says what it would do',
  ),
  span('window', 'windowMs', 1000, 'a rise has to show for this long before it scales out'),
  span('scale-in-window', 'scaleInWindowMs', 5000, 'the highest demand of this long has to fit before scale in'),
  span('scale-out-cooldown', 'scaleOutCooldownMs', 0, 'wait between two scale outs'),
  span('scale-in-cooldown', 'scaleInCooldownMs', 0, 'wait after any change before a scale in'),
  {
    name: 'tolerance',
    meaning: 'how far over the target is not worth a change',
    example: 'tolerance=10%',
    read: (policy) => percent(policy.tolerance),
    write: (policy, text) => ({ ...policy, tolerance: fraction('tolerance', text, 0, 0.9) }),
  },
  span('stale-after', 'staleAfterMs', 12_000, 'a member unheard of for this long is silent, and holds scale in'),
  count('step-in', 1, 100, 'at most this many members leave in one decision', 'maxStepIn'),
  {
    name: 'slow-minute',
    meaning: 'what a minute of a slow site is worth, in droplet-hours: the more, the more spare room is kept',
    example: 'slow-minute=10',
    read: (policy) => plainNumber(policy.slowMinute),
    write: (policy, text) => {
      const value = numberOf(text)
      if (value === null || value > 1000) throw bad('slow-minute', text, 'droplet-hours from 0 to 1000, e.g. 5')
      return { ...policy, slowMinute: value }
    },
  },
  money('max-per-hour', 'maxDollarsPerHour', '$0.50', 'never more members than this many dollars an hour pay for'),
  money('max-per-month', 'maxDollarsPerMonth', '$60', 'what the pool may cost in a calendar month (UTC)'),
  elsewhere(
    'sizes',
    's-2vcpu-4gb,s-2vcpu-2gb',
    'sizes a clone may have instead, in this order, while the provider has none of the usual one; the limits on money hold',
  ),
  elsewhere(
    'regions',
    'fra1,ams3',
    'regions a clone may be made in instead; the snapshot has to be there, and the balancer has to reach it',
  ),
  count(
    'refresh-extra',
    0,
    1,
    'how many droplets above max a refresh may have while a new clone takes an old one’s place',
    'refreshExtra',
  ),
  count('changes-per-hour', 1, 1000, 'at most this many changes in any hour', 'maxChangesPerHour'),
  choice(
    'replace-sick',
    'replaceSick',
    ['off', 'on'],
    'on',
    'on: a clone that is far slower or dearer than the others is replaced; off: it is only named',
  ),
  span('approval', 'approvalMs', 10_000, 'how long a proposal waits for an answer'),
  choice('on-expiry-out', 'onExpiryOut', EXPIRY, 'hold', 'what an unanswered scale out does: act or hold'),
  choice('on-expiry-in', 'onExpiryIn', EXPIRY, 'act', 'what an unanswered scale in does: act or hold'),
  approvers,
  count('quorum', 1, 10, 'so many of the approvers have to say yes; one no is enough'),
  signed,
  timeZone,
]

/** Applies `name=value` pairs all or none; throws `badInput` naming the first wrong one. Names are known to be right. */
export function changePolicy(policy: Policy, changes: Readonly<Record<string, string>>): Policy {
  // A new statistic changes what the target means, so it is set first.
  const ordered = POLICY_FIELDS.filter((field) => changes[field.name] !== undefined)
  const changed = ordered.reduce((sofar, field) => field.write(sofar, changes[field.name]!), policy)
  if (changed.min > changed.max) {
    throw new SpinupError('badInput', `min ${changed.min} is above max ${changed.max}; nothing was changed.`)
  }
  if (changed.stat !== policy.stat && changes['target'] === undefined && unitOf(changed.stat) !== unitOf(policy.stat)) {
    throw new SpinupError(
      'badInput',
      `${changed.stat} has another unit than ${policy.stat}: give its target too, e.g. /spinup policy stat=${changed.stat} target=5. Nothing was changed.`,
    )
  }
  checkFallback(changed)
  checkCalendar(changed)
  checkQuorum(changed)
  return changed
}

/** Whether a field still has its default. */
export function isDefault(field: PolicyField, policy: Policy): boolean {
  return field.read(policy) === field.read(DEFAULT_POLICY)
}
