import { parseDuration } from '../model/duration.ts'
import { SpinupError } from '../model/error.ts'
import { DEFAULT_POLICY, MODES, type Mode, type Policy } from '../model/policy.ts'
import { STAT_NAME } from '../model/sample.ts'
import { duration, percent, plainNumber, statValue, unitOf } from '../model/words.ts'

/** One setting as people type and read it. */
export interface PolicyField {
  /** As typed: `/spinup policy target=50%`. */
  readonly name: string
  readonly meaning: string
  readonly example: string
  readonly read: (policy: Policy) => string
  /** Sets it from text; throws `SpinupError` `badInput` that says what is wanted. */
  readonly write: (policy: Policy, text: string) => Policy
}

type DurationKey =
  | 'windowMs'
  | 'scaleInWindowMs'
  | 'scaleOutCooldownMs'
  | 'scaleInCooldownMs'
  | 'staleAfterMs'
  | 'approvalMs'
type CountKey = 'min' | 'max' | 'maxStepIn'

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
    write: (policy, text) => ({ ...policy, target: targetOf(policy.stat, text) }),
  },
  count('min', 1, 1000, 'never fewer members than this'),
  count('max', 1, 1000, 'never more members than this, whatever happens'),
  {
    name: 'mode',
    meaning: 'auto acts and tells, approve asks first, observe only says what it would do',
    example: 'mode=approve',
    read: (policy) => policy.mode,
    write: (policy, text) => {
      const mode = MODES.find((known) => known === text)
      if (mode === undefined) throw bad('mode', text, MODES.join(', '))
      return { ...policy, mode: mode satisfies Mode }
    },
  },
  span('window', 'windowMs', 1000, 'samples this recent are averaged to judge scale out'),
  span('scale-in-window', 'scaleInWindowMs', 5000, 'all of this must have been quiet before scale in'),
  span('scale-out-cooldown', 'scaleOutCooldownMs', 0, 'wait between two scale outs'),
  span('scale-in-cooldown', 'scaleInCooldownMs', 0, 'wait after any change before a scale in'),
  {
    name: 'tolerance',
    meaning: 'how far from the target is not worth a change',
    example: 'tolerance=10%',
    read: (policy) => percent(policy.tolerance),
    write: (policy, text) => ({ ...policy, tolerance: fraction('tolerance', text, 0, 0.9) }),
  },
  span('stale-after', 'staleAfterMs', 12_000, 'a member unheard of for this long is silent, and holds scale in'),
  count('step-in', 1, 100, 'at most this many members leave in one decision', 'maxStepIn'),
  span('approval', 'approvalMs', 10_000, 'how long a proposal waits for an answer'),
  onExpiry('on-expiry-out', 'onExpiryOut', 'what an unanswered scale out does: act or hold'),
  onExpiry('on-expiry-in', 'onExpiryIn', 'what an unanswered scale in does: act or hold'),
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
  return changed
}

/** Whether a field still has its default. */
export function isDefault(field: PolicyField, policy: Policy): boolean {
  return field.read(policy) === field.read(DEFAULT_POLICY)
}

function targetOf(stat: string, text: string): number {
  if (unitOf(stat) === 'fraction') return fraction('target', text, 0.05, 0.99)
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw bad('target', text, 'a number above zero')
  return value
}

/** `60%`, `60` or `0.6`. */
function fraction(name: string, text: string, least: number, most: number): number {
  const number = Number(text.replace('%', '').trim())
  const value = text.includes('%') || number > 1 ? number / 100 : number
  if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most) {
    throw bad(name, text, `a share from ${percent(least)} to ${percent(most)}, e.g. 60%`)
  }
  return value
}

function count(name: string, least: number, most: number, meaning: string, key = name as CountKey): PolicyField {
  return {
    name,
    meaning,
    example: `${name}=${Math.max(least, 2)}`,
    read: (policy) => plainNumber(policy[key]),
    write: (policy, text) => {
      const value = Number(text)
      if (!/^\d+$/.test(text) || value < least || value > most)
        throw bad(name, text, `a whole number from ${least} to ${most}`)
      return { ...policy, [key]: value }
    },
  }
}

function span(name: string, key: DurationKey, leastMs: number, meaning: string): PolicyField {
  return {
    name,
    meaning,
    example: `${name}=30s`,
    read: (policy) => spanWords(policy[key]),
    write: (policy, text) => {
      const value = /^0\s*[a-z]*$/.test(text) ? 0 : parseDuration(text)
      if (value === null || value < leastMs || value > 86_400_000) {
        throw bad(name, text, `a time from ${spanWords(leastMs)} to 24 h, e.g. 30s or 5m`)
      }
      return { ...policy, [key]: value }
    },
  }
}

function spanWords(ms: number): string {
  return ms === 0 ? '0 s' : duration(ms)
}

function onExpiry(name: string, key: 'onExpiryOut' | 'onExpiryIn', meaning: string): PolicyField {
  return {
    name,
    meaning,
    example: `${name}=hold`,
    read: (policy) => policy[key],
    write: (policy, text) => {
      if (text !== 'act' && text !== 'hold') throw bad(name, text, 'act or hold')
      return { ...policy, [key]: text }
    },
  }
}

function bad(name: string, text: string, wanted: string): SpinupError {
  return new SpinupError('badInput', `${name}=${text} is not understood: it takes ${wanted}. Nothing was changed.`)
}
