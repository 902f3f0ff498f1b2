import { z } from 'zod'
import { DEFAULT_POLICY, MODES, WAYS, type Policy } from '../../core/model/policy.ts'
import { POLICY_FIELDS } from '../../core/policy/fields.ts'

const WHOLE = z.int()
const MS = z.number().min(0).max(86_400_000)
const DOLLARS = z.number().positive().max(1_000_000).nullable()
const NAMES = z.array(z.string())

const FALLBACK = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('hold') }),
  z.strictObject({ kind: z.literal('size'), members: WHOLE.min(1) }),
  z.strictObject({ kind: z.literal('stat'), stat: z.string(), target: z.number() }),
])

/** What each setting is in plain data, times in ms; what it means is in its field, which also judges it. */
const FIELDS = {
  stat: z.string().min(1),
  target: z.number(),
  how: z.enum(WAYS),
  across: z.enum(['member', 'pool']),
  fallback: FALLBACK,
  also: z.array(
    z.strictObject({
      stat: z.string(),
      target: z.number(),
      how: z.enum(WAYS),
      across: z.enum(['member', 'pool']),
      fallback: FALLBACK.exactOptional(),
    }),
  ),
  min: WHOLE.min(1).max(1000),
  max: WHOLE.min(1).max(1000),
  mode: z.enum(MODES),
  windowMs: MS,
  scaleInWindowMs: MS,
  scaleOutCooldownMs: MS,
  scaleInCooldownMs: MS,
  tolerance: z.number().min(0).max(0.9),
  staleAfterMs: MS,
  maxStepIn: WHOLE.min(1).max(100),
  slowMinute: z.number().min(0).max(1000),
  maxDollarsPerHour: DOLLARS,
  maxDollarsPerMonth: DOLLARS,
  replaceSick: z.enum(['off', 'on']),
  sizes: NAMES,
  regions: NAMES,
  refreshExtra: WHOLE.min(0).max(1),
  maxChangesPerHour: WHOLE.min(1).max(1000),
  calendar: z.array(
    z.strictObject({
      cron: z.string(),
      forMs: z.number().positive(),
      timeZone: z.string(),
      min: WHOLE.nullable(),
      max: WHOLE.nullable(),
    }),
  ),
  approvalMs: MS,
  onExpiryOut: z.enum(['act', 'hold']),
  onExpiryIn: z.enum(['act', 'hold']),
  approvers: NAMES,
  quorum: WHOLE.min(1).max(10),
  signed: NAMES,
  timeZone: z.string(),
} satisfies { readonly [K in keyof Policy]: z.ZodType<Policy[K]> }

const meaningOf = (key: string): string => {
  const field = POLICY_FIELDS.find((one) => one.key === key)
  return field === undefined ? '' : `${field.meaning}. In chat: ${field.name}, as in ${field.example}`
}

/** Every setting, each with what it means. */
export const POLICY = z.strictObject(
  Object.fromEntries(Object.entries<z.ZodType>(FIELDS).map(([key, schema]) => [key, schema.describe(meaningOf(key))])),
)

/** Some settings: those that are left out stay as they are. */
export const SETTINGS = POLICY.partial()

/** The schema of a policy file, for editors: JSON Schema, draft 2020-12. */
export function policyFileSchema(): Readonly<Record<string, unknown>> {
  const { properties = {}, ...schema } = z.toJSONSchema(SETTINGS)
  const withDefaults = Object.entries(properties).map(([key, one]) => [
    key,
    { ...(one as object), default: DEFAULT_POLICY[key as keyof Policy] },
  ])
  return {
    ...schema,
    title: 'The policy of a pool of Spinup',
    description: 'What is left out stays as it is. Times are milliseconds, shares fractions: 0.8 is 80 %.',
    properties: Object.fromEntries(withDefaults) as Readonly<Record<string, unknown>>,
  }
}
