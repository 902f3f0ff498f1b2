import { z } from 'zod'
import { MAX_CLOCK_SKEW_MS, MAX_REPORT_SAMPLES, MAX_SAMPLE_AGE_MS } from '../core/model/report.ts'
import type { EnrolBody, ReportBody } from '../core/model/report.ts'
import { MAX_STATS, STAT_NAME } from '../core/model/sample.ts'
import { malformed } from './body.ts'
import { Refused } from './refusal.ts'

const statValue = z.number().refine((value) => Number.isFinite(Math.fround(value)), 'must fit a 32-bit float')
const stats = z
  .record(
    z.string().regex(STAT_NAME, 'a stat starts with a letter and has at most 64 letters, digits, "_", ".", "-"'),
    statValue,
  )
  .refine((stats) => Object.keys(stats).length <= MAX_STATS, `a sample has at most ${MAX_STATS} stats`)
/** `1.2.3`, and what may follow it. */
const AGENT_VERSION = /^\d+(?:\.\d+){0,3}[\w.+-]{0,32}$/
const instant = z.number().int().nonnegative()

const report = z.object({
  pool: z.string().min(1).max(64),
  member: z.string().min(1).max(64),
  boot: z.string().min(8).max(64),
  seq: z.number().int().nonnegative(),
  sentAt: instant,
  periodMs: z.number().int().min(0).max(3_600_000),
  dropped: z.number().int().nonnegative(),
  // Good to know, and no reason to refuse a report.
  version: z.string().regex(AGENT_VERSION).optional().catch(undefined),
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

/** The report in a JSON value; throws `Refused` 400 that names the first wrong field. */
export function parseReport(value: unknown): ReportBody {
  return parse(report, value)
}

/** The enrolment in a JSON value; throws `Refused` 400 that names the first wrong field. */
export function parseEnrolment(value: unknown): EnrolBody {
  return parse(enrolment, value)
}

/** Refuses reports of hosts whose clock is wrong, and samples too old or from the future. */
export function checkTimes(body: ReportBody, now: number): void {
  const off = body.sentAt - now
  if (Math.abs(off) > MAX_CLOCK_SKEW_MS) {
    const seconds = Math.round(Math.abs(off) / 1000)
    throw new Refused({
      status: 422,
      code: 'clockOff',
      message: `this host's clock is ${seconds} s ${off > 0 ? 'ahead' : 'behind'}; set it right, e.g. with "timedatectl set-ntp true"`,
      details: { offMs: off },
    })
  }
  for (const { at } of body.samples) {
    if (at > now + MAX_CLOCK_SKEW_MS || at < now - MAX_SAMPLE_AGE_MS) {
      const text = at > now ? `${Math.round((at - now) / 1000)} s in the future` : 'more than 6 h old'
      throw new Refused({
        status: 422,
        code: 'sampleTime',
        message: `a sample is ${text}; leave it out and send the others again`,
      })
    }
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = issue === undefined || issue.path.length === 0 ? 'the body' : `"${issue.path.join('.').slice(0, 120)}"`
  throw malformed(`${where} is wrong: ${issue?.message ?? 'unknown'}`)
}
