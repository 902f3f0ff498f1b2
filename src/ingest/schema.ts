import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { z } from 'zod'
import { clean } from '../core/model/clean.ts'
import {
  MAX_CLOCK_SKEW_MS,
  MAX_NOTE_LENGTH,
  MAX_NOTES,
  MAX_REPORT_BYTES,
  MAX_REPORT_SAMPLES,
  MAX_SAMPLE_AGE_MS,
  type EnrolBody,
} from '../core/model/report.ts'
import { MAX_STATS } from '../core/model/sample.ts'
import { clip } from '../core/model/letters.ts'

/** Names and values are looked at one by one, so that a wrong one does not spoil the rest; a record of zod's drops `__proto__`. */
const stats = z
  .custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'expected an object of numbers',
  )
  .refine((stats) => Object.keys(stats).length <= MAX_STATS, `a sample has at most ${MAX_STATS} stats`)
/** `1.2.3`, and what may follow it. */
const AGENT_VERSION = /^\d+(?:\.\d+){0,3}[\w.+-]{0,32}$/
const instant = z.number().int().nonnegative()

const brief = (text: string): string => clip(clean(text).replaceAll('\n', ' '), MAX_NOTE_LENGTH)

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
    .array(z.object({ at: instant, stats, texts: z.record(z.string(), z.unknown()).optional().catch(undefined) }))
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
  const where = issue === undefined || issue.path.length === 0 ? 'the body' : `"${clip(issue.path.join('.'), 120)}"`
  throw malformed(`${where} is wrong: ${issue?.message ?? 'unknown'}`)
}

const unpack = promisify(gunzip)

/** Bytes of a request → its JSON value; unpacking stops at MAX_REPORT_BYTES, however small the packed body is. */
export async function parseBody(bytes: Buffer, encoding: string | undefined): Promise<unknown> {
  const plain = await decode(bytes, encoding?.trim().toLowerCase() ?? 'identity')
  try {
    return JSON.parse(plain.toString('utf8'))
  } catch {
    throw malformed('the body is not JSON')
  }
}

async function decode(bytes: Buffer, encoding: string): Promise<Buffer> {
  if (encoding === 'identity' || encoding === '') return bytes
  if (encoding !== 'gzip') {
    throw new Refused({
      status: 415,
      code: 'encoding',
      message: 'send the body plain or with content-encoding gzip',
    })
  }
  try {
    return await unpack(bytes, { maxOutputLength: MAX_REPORT_BYTES })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new Refused(TOO_LARGE(MAX_REPORT_BYTES))
    throw malformed('the body says it is gzip and is not')
  }
}

/** A body that can never be taken, however often it is sent. */
function malformed(message: string): Refused {
  return new Refused({ status: 400, code: 'malformed', message })
}

/** Why a request was not taken, ready to be answered. Nothing has changed when it is. */
export interface Refusal {
  readonly status: number
  /** Stable, for programs. */
  readonly code: string
  /** What happened and what to do, for people. */
  readonly message: string
  readonly retryAfterS?: number
  /** More fields of the answer, such as `nextSeq`. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** Carries a refusal out of a hook or parser; never seen outside `src/ingest`. */
export class Refused extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.name = 'Refused'
    this.refusal = refusal
  }
}

export const TOO_LARGE = (maxBytes: number): Refusal => ({
  status: 413,
  code: 'tooLarge',
  message: `a report may have ${maxBytes} bytes once unpacked; send fewer samples at a time`,
})

export const UNAVAILABLE: Refusal = {
  status: 503,
  code: 'unavailable',
  message: 'Spinup cannot store reports right now; keep the samples and send them again',
  retryAfterS: 1,
}
