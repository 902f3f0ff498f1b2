import { SpinupError } from '../model/error.ts'
import { NO_PLATFORMS, type Platforms } from '../model/platforms.ts'
import { DEFAULT_POLICY, MODES, WAYS, type Policy } from '../model/policy.ts'
import { percent, plainNumber, statValue, unitOf } from '../model/words.ts'
import { approvers, checkQuorum } from './fields/approvers.ts'
import { calendar, checkCalendar } from './fields/calendar.ts'
import { elsewhere } from './fields/elsewhere.ts'
import { checkStandIns, fallback } from './fields/fallback.ts'
import { field, isWithin, numberOf, shareOf, Wrong, type PolicyField } from './fields/field.ts'
import { also } from './fields/goals.ts'
import { choice, count, money, span } from './fields/kinds.ts'
import { signed } from './fields/signed.ts'
import { checkStat, checkTarget, targetOf } from './fields/targets.ts'
import { timeZone } from './fields/time-zone.ts'

export type { PolicyField } from './fields/field.ts'

const EXPIRY = ['act', 'hold'] as const

/** Every setting of a pool's policy, in the order it is shown and set: a statistic before what is meant in its unit. */
export const POLICY_FIELDS: readonly PolicyField[] = [
  field({
    name: 'stat',
    key: 'stat',
    meaning: 'the statistic that scales the pool: cpu, memory, or any reported one',
    example: 'stat=cpu',
    text: (stat) => stat,
    parse: (text) => text,
    check: (value) => checkStat(value),
  }),
  field({
    name: 'target',
    key: 'target',
    meaning: 'the value of the statistic each member is kept at',
    example: 'target=60%',
    asked: true,
    text: (target, { stat }) => statValue(stat, target),
    parse: (text, { stat }) => targetOf(stat, text),
    check: (value, { stat }) => checkTarget(stat, value),
  }),
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
  count('min', 'min', [1, 1000], 'never fewer members than this', { asked: true }),
  count('max', 'max', [1, 1000], 'never more members than this, whatever happens', { asked: true }),
  calendar,
  choice(
    'mode',
    'mode',
    MODES,
    'approve',
    'auto acts and reports, approve asks first, observe only says what it would do',
    { guarded: 'always', asked: true },
  ),
  span('window', 'windowMs', 1000, 'a rise has to last this long before scaling out'),
  span('scale-in-window', 'scaleInWindowMs', 5000, 'the highest demand over this long has to fit before scaling in'),
  span('scale-out-cooldown', 'scaleOutCooldownMs', 0, 'wait between two scale outs'),
  span('scale-in-cooldown', 'scaleInCooldownMs', 0, 'wait after any change before a scale in'),
  field({
    name: 'tolerance',
    key: 'tolerance',
    meaning: 'how far over the target is not worth a change',
    example: 'tolerance=10%',
    text: percent,
    parse: shareOf,
    check: (value) => {
      if (isWithin(value, 0, 0.9)) return value
      throw new Wrong('a share from 0 % to 90 %, e.g. 60%', { plain: 'a fraction from 0 to 0.9' })
    },
  }),
  span(
    'stale-after',
    'staleAfterMs',
    12_000,
    'a member that has not reported for this long is silent, and holds scale in',
  ),
  count('step-in', 'maxStepIn', [1, 100], 'at most this many members leave in one decision'),
  field({
    name: 'slow-minute',
    key: 'slowMinute',
    meaning: 'what a minute of a slow site is worth, in droplet-hours: the more, the more headroom is kept',
    example: 'slow-minute=10',
    text: plainNumber,
    parse: numberOf,
    check: (value) => {
      if (isWithin(value, 0, 1000)) return value
      throw new Wrong('droplet-hours from 0 to 1000, e.g. 5')
    },
  }),
  money('max-per-hour', 'maxDollarsPerHour', '$0.50', 'never more members than this many dollars an hour pay for', {}),
  money('max-per-month', 'maxDollarsPerMonth', '$60', 'what the pool may cost in a calendar month (UTC)', {
    asked: true,
  }),
  elsewhere(
    'sizes',
    's-2vcpu-4gb,s-2vcpu-2gb',
    'sizes a clone may have instead, in this order, while the provider has none of the usual one; the cost limits apply',
  ),
  elsewhere(
    'regions',
    'fra1,ams3',
    'regions a clone may be made in instead; the snapshot has to be there, and the balancer has to reach it',
  ),
  count(
    'refresh-extra',
    'refreshExtra',
    [0, 1],
    'how many droplets above max a refresh may have while a new clone takes an old one’s place',
  ),
  count('changes-per-hour', 'maxChangesPerHour', [1, 1000], 'at most this many changes in any hour'),
  choice(
    'replace-sick',
    'replaceSick',
    ['off', 'on'],
    'on',
    'on: a clone that is far slower or dearer than the others is replaced; off: it is only named',
  ),
  span('approval', 'approvalMs', 10_000, 'how long a proposal waits for an answer', { guarded: 'always' }),
  choice('on-expiry-out', 'onExpiryOut', EXPIRY, 'hold', 'what an unanswered scale out does: act or hold', {
    guarded: 'always',
  }),
  choice('on-expiry-in', 'onExpiryIn', EXPIRY, 'act', 'what an unanswered scale in does: act or hold', {
    guarded: 'always',
  }),
  approvers,
  count('quorum', 'quorum', [1, 10], 'how many approvers have to say yes; one no is enough', {
    guarded: 'always',
  }),
  signed,
  timeZone,
]

/** Applies `name=value` pairs all or none; throws `badInput` naming the first wrong one. Names are known to be right. `platforms`: whose people may be named. */
export function changePolicy(
  policy: Policy,
  changes: Readonly<Record<string, string>>,
  platforms = NO_PLATFORMS,
): Policy {
  // A new statistic changes what the target means, so it is set first.
  // What a setting reads is rounded, and a form sends back all that it showed: the same again changes nothing.
  const ordered = POLICY_FIELDS.filter(({ name, read }) => ![undefined, read(policy)].includes(changes[name]?.trim()))
  const changed = ordered.reduce((sofar, field) => field.write(sofar, changes[field.name]!, platforms), policy)
  checkTogether(changed, policy, changes['target'] !== undefined, platforms)
  return changed
}

/** What a policy file sets, in plain data by the fields' keys, on top of `policy`; throws `badInput` as `changePolicy`. */
export function takePolicy(policy: Policy, data: Readonly<Record<string, unknown>>, platforms = NO_PLATFORMS): Policy {
  const wrong: string[] = []
  const changed = POLICY_FIELDS.filter(({ key }) => Object.hasOwn(data, key)).reduce((sofar, { key, take }) => {
    try {
      return take(sofar, data[key], platforms)
    } catch (error) {
      if (!(error instanceof SpinupError)) throw error
      wrong.push(error.message)
      return sofar
    }
  }, policy)
  if (wrong.length > 0) throw new SpinupError('badInput', wrong.join('\n  '))
  checkTogether(changed, policy, Object.hasOwn(data, 'target'), platforms)
  return changed
}

/** Throws `badInput` where settings that are each right do not fit together. */
function checkTogether(changed: Policy, before: Policy, targeted: boolean, platforms: Platforms): void {
  if (changed.min > changed.max) {
    throw new SpinupError('badInput', `min ${changed.min} is above max ${changed.max}; nothing was changed.`)
  }
  if (changed.stat !== before.stat && !targeted && unitOf(changed.stat) !== unitOf(before.stat)) {
    throw new SpinupError(
      'badInput',
      `${changed.stat} has another unit than ${before.stat}: give its target too, e.g. stat=${changed.stat} target=5. Nothing was changed.`,
    )
  }
  checkStandIns(changed)
  checkCalendar(changed)
  checkQuorum(changed, platforms)
}

/** Whether a field still has its default. */
export function isDefault(field: PolicyField, policy: Policy): boolean {
  return field.read(policy) === field.read(DEFAULT_POLICY)
}
