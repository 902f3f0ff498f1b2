import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { nearest } from '../core/model/nearest.ts'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { DEFAULT_POLICY, MODES, WAYS, type Policy } from '../core/model/policy.ts'
import { STAT_NAME } from '../core/model/sample.ts'
import { unitOf } from '../core/model/words.ts'
import { checkWindow } from '../engine/calendar.ts'
import { faults } from './faults.ts'

const DAY_MS = 86_400_000

const wide = (least: number, most: number, words: string): z.ZodNumber =>
  z.number({ error: words }).min(least, words).max(most, words)
const whole = (least: number, most: number): z.ZodNumber =>
  wide(least, most, `takes a whole number from ${least} to ${most}`).int(
    `takes a whole number from ${least} to ${most}`,
  )
const span = (leastMs: number): z.ZodNumber => wide(leastMs, DAY_MS, `takes milliseconds, ${leastMs} to ${DAY_MS}`)
const oneOf = <T extends string>(words: readonly T[]): z.ZodType<T> =>
  z.enum(words, { error: `takes one of ${words.join(', ')}` })
const dollars = wide(0, 1e9, 'takes US dollars, or null for no limit').nullable()
const count = whole(1, 1000).nullable()

const STAT = z.string({ error: 'takes the name of a statistic' }).regex(STAT_NAME, 'takes the name of a statistic')
const ABOVE = z.number({ error: 'takes a number above zero' }).positive('takes a number above zero')
const FALLBACK = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('hold') }),
    z.strictObject({ kind: z.literal('size'), members: whole(1, 1000) }),
    z.strictObject({ kind: z.literal('stat'), stat: STAT, target: ABOVE }),
  ],
  { error: 'takes {"kind": "hold"}, {"kind": "size", "members"} or {"kind": "stat", "stat", "target"}' },
)

const GOAL = {
  stat: STAT,
  target: ABOVE,
  how: oneOf(WAYS),
  across: oneOf(['member', 'pool'] as const),
}

/** Every field of a policy; a new one is one line here, which the compiler asks for. */
const FIELDS = z.strictObject({
  ...GOAL,
  fallback: FALLBACK,
  also: z.array(
    z.strictObject({
      ...GOAL,
      how: GOAL.how.default('mean'),
      across: GOAL.across.default('member'),
      fallback: FALLBACK.optional(),
    }),
    { error: 'takes a list of {"stat", "target", "how", "across"}' },
  ),
  min: whole(1, 1000),
  max: whole(1, 1000),
  mode: oneOf(MODES),
  windowMs: span(0),
  scaleInWindowMs: span(0),
  scaleOutCooldownMs: span(0),
  scaleInCooldownMs: span(0),
  tolerance: wide(0, 0.9, 'takes a fraction from 0 to 0.9'),
  staleAfterMs: span(1000),
  maxStepIn: whole(1, 1000),
  slowMinute: wide(0, 1e6, 'takes droplet-hours, 0 or more'),
  maxDollarsPerHour: dollars,
  maxDollarsPerMonth: dollars,
  replaceSick: oneOf(['off', 'on'] as const),
  maxChangesPerHour: whole(1, 100_000),
  calendar: z.array(
    z.strictObject({
      cron: z.string({ error: 'takes a cron line, e.g. "0 9 * * 1-5"' }),
      forMs: span(60_000),
      timeZone: z.string({ error: 'takes a time zone such as Europe/Berlin' }),
      min: count,
      max: count,
    }),
    { error: 'takes a list of {"cron", "forMs", "timeZone", "min", "max"}' },
  ),
  sizes: z.array(z.string(), { error: 'takes a list of sizes such as ["s-2vcpu-4gb"]' }),
  regions: z.array(z.string(), { error: 'takes a list of regions such as ["fra1"]' }),
  refreshExtra: whole(0, 1),
  approvalMs: span(0),
  onExpiryOut: oneOf(['act', 'hold'] as const),
  onExpiryIn: oneOf(['act', 'hold'] as const),
  approvers: z.array(z.string(), { error: 'takes a list such as ["slack:S0614TZR7", "console"]' }),
  quorum: whole(1, 10),
  signed: z.array(z.string().regex(STAT_NAME), { error: 'takes a list of statistics such as ["temperature"]' }),
  timeZone: z.string({ error: 'takes a time zone such as Europe/Berlin' }),
} satisfies Record<keyof Policy, z.ZodType>)

/** The fields that a policy file sets; throws `configuration` that names the file, each wrong field and what is right. */
export async function readPolicyFile(path: string): Promise<Partial<Policy>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SpinupError('configuration', `the policy file ${path} cannot be read: ${messageOf(cause)}`)
  })
  return parsePolicy(path, text)
}

/** `name` is what errors call it. */
export function parsePolicy(name: string, text: string): Partial<Policy> {
  const wrong = (words: string): SpinupError => new SpinupError('configuration', `the policy file ${name}: ${words}`)
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    throw wrong(`it is not JSON (${messageOf(cause)})`)
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw wrong('it takes one JSON object, e.g. {"target": 0.7, "min": 1, "max": 20}')
  }
  const parsed = FIELDS.partial().safeParse(data)
  if (!parsed.success) {
    const told = parsed.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => unknown(key, issue.path)) : faults([issue], data),
    )
    throw wrong(told.join('\n  '))
  }
  // Only what was there: an absent field keeps its default.
  const set = parsed.data as Partial<Policy>
  const all = { ...DEFAULT_POLICY, ...set }
  if (all.min > all.max)
    throw wrong(`min ${all.min} is above max ${all.max}${set.max === undefined ? ' (default)' : ''}`)
  if (set.target === undefined && unitOf(all.stat) !== unitOf(DEFAULT_POLICY.stat)) {
    throw wrong(`${all.stat} has another unit than ${DEFAULT_POLICY.stat}: give its target too`)
  }
  for (const window of all.calendar) {
    try {
      checkWindow(window)
    } catch (cause) {
      throw wrong(messageOf(cause).replace(' Nothing was changed.', ''))
    }
  }
  return set
}

function unknown(key: string, path: readonly PropertyKey[]): string {
  if (path.length > 0) return `${path.join('.')} has no field ${key}`
  const names = Object.keys(FIELDS.shape)
  const plain = nearest(
    key.replaceAll(/[-_ ]/g, ''),
    names.map((name) => name.toLowerCase()),
  )
  const near = names.find((name) => name.toLowerCase() === plain)
  const known = near === undefined ? `the fields are ${names.join(', ')}` : `did you mean ${near}?`
  return `there is no field ${key}; ${known}`
}
