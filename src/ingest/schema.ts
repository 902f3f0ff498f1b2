import { z } from 'zod'
import { clean } from '../core/model/clean.ts'
import {
  MAX_CLOCK_SKEW_MS,
  MAX_NOTE_LENGTH,
  MAX_NOTES,
  MAX_REPORT_SAMPLES,
  MAX_SAMPLE_AGE_MS,
} from '../core/model/report.ts'
import type { EnrolBody } from '../core/model/report.ts'
import { MAX_STATS } from '../core/model/sample.ts'
import { malformed } from './body.ts'
import { Refused } from './refusal.ts'

/** Names and values are looked at one by one, so that a wrong one does not spoil the rest. */
const stats = z
  .record(z.string(), z.unknown())
  .refine((stats) => Object.keys(stats).length <= MAX_STATS, `a sample has at most ${MAX_STATS} stats`)
/** `1.2.3`, and what may follow it. */
const AGENT_VERSION = /^\d+(?:\.\d+){0,3}[\w.+-]{0,32}$/
const instant = z.number().int().nonnegative()

const brief = (text: string): string => clean(text).replaceAll('\n', ' ').slice(0, MAX_NOTE_LENGTH)

const report = z.object({
  pool: z.string().min(1).max(64),
  member: z.string().min(1).max(64),
  boot: z.string().regex(/^[\w.:-]{8,64}$/, 'takes 8 to 64 letters, digits, "_", ".", ":", "-"'),
  seq: z.number().int().nonnegative(),
  sentAt: instant,
  periodMs: z.number().int().min(0).max(3_600_000),
  dropped: z.number().int().nonnegative(),
  // Good to know, and no reason to refuse a report.
  version: z.string().regex(AGENT_VERSION).optional().catch(undefined),
  host: z.string().transform(brief).optional().catch(undefined),
  notes: z
    .array(z.string().transform(brief))
    .transform((notes) => notes.slice(0, MAX_NOTES))
    .optional()
    .catch(undefined),
  samples: z
    .array(z.object({ at: instant, stats }))
    .min(1)
    .max(MAX_REPORT_SAMPLES),
})

const enrolment = z.object({
  key: z.string().min(1).max(200),
  host: z.string().max(255),
  random: z
    .string()
    .regex(/^[\w-]{32}$/)
    .optional(),
})

/** A report as it was sent. */
export type SentReport = z.infer<typeof report>

/** The report in a JSON value; throws `Refused` 400 that names the first wrong field. */
export function parseReport(value: unknown): SentReport {
  return parse(report, value)
}

/** The enrolment in a JSON value; throws `Refused` 400 that names the first wrong field. */
export function parseEnrolment(value: unknown): EnrolBody {
  return parse(enrolment, value)
}

/** Puts the samples' times right by `errorMs`, how far their host's clock is ahead; refuses those too old or from the future. */
export function timed<T extends { readonly at: number }>(
  samples: readonly T[],
  errorMs: number,
  now: number,
): readonly T[] {
  return samples.map((sample) => {
    const at = sample.at - errorMs
    if (at > now + MAX_CLOCK_SKEW_MS || at < now - MAX_SAMPLE_AGE_MS) {
      const text = at > now ? `${Math.round((at - now) / 1000)} s in the future` : 'more than 6 h old'
      throw new Refused({
        status: 422,
        code: 'sampleTime',
        message: `a sample is ${text}; leave it out and send the others again`,
      })
    }
    return errorMs === 0 ? sample : { ...sample, at }
  })
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = issue === undefined || issue.path.length === 0 ? 'the body' : `"${issue.path.join('.').slice(0, 120)}"`
  throw malformed(`${where} is wrong: ${issue?.message ?? 'unknown'}`)
}
