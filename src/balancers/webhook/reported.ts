import { z } from 'zod'
import { NO_FIGURES, type Figures } from '../balancer.ts'
import type { Answer } from './post.ts'

const figure = z.number().nonnegative().nullish()
const memberSchema = z.object({
  url: z.string(),
  state: z.enum(['healthy', 'unhealthy', 'draining']).optional(),
  inFlight: z.number().nonnegative().optional(),
  failed: z.number().nonnegative().optional(),
  rps: figure,
  p95Ms: figure,
  firstByteP95Ms: figure,
  waiting: figure,
  streaming: figure,
  queued: figure,
})
const listSchema = z.array(z.union([memberSchema, z.string().transform((url) => ({ url }))]))
const answerSchema = z.union([listSchema, z.object({ members: listSchema }).transform(({ members }) => members)])

/** What an endpoint may tell of a member; only the URL is sure. */
export type ReportedMember = z.infer<typeof memberSchema>

/**
 * The members an answer to `list` names, as they are spelled in `known` where they are known: an endpoint may leave out
 * `:80`, or end with a slash. null: this endpoint does not tell.
 */
export function reportedMembers(answer: Answer, known: Iterable<string>): readonly ReportedMember[] | null {
  if (answer.status < 200 || answer.status > 299) return null
  const spelling = new Map([...known].map((url) => [placeOf(url), url]))
  try {
    const reported = answerSchema.parse(JSON.parse(answer.text))
    return reported.map((member) => ({ ...member, url: spelling.get(placeOf(member.url)) ?? member.url }))
  } catch {
    return null
  }
}

/** The figures it tells; its `inFlight` are those at the member and those it holds back for it. */
export function figuresOf(reported: ReportedMember | undefined): Figures {
  if (reported === undefined) return NO_FIGURES
  const { inFlight, rps = null, p95Ms = null, firstByteP95Ms = null, waiting = null, streaming = null } = reported
  const { queued = null } = reported
  const atMember = inFlight === undefined ? null : Math.max(0, inFlight - (queued ?? 0))
  return { rps, p95Ms, firstByteP95Ms, atMember, waiting, streaming, queued }
}

function placeOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url
}
