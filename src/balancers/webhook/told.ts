import { z } from 'zod'
import type { Answer } from './post.ts'

const memberSchema = z.object({
  url: z.string(),
  state: z.enum(['healthy', 'unhealthy', 'draining']).optional(),
  inFlight: z.number().nonnegative().optional(),
  rps: z.number().nonnegative().nullish(),
  p95Ms: z.number().nonnegative().nullish(),
  failed: z.number().nonnegative().optional(),
})
const listSchema = z.array(z.union([memberSchema, z.string().transform((url) => ({ url }))]))
const answerSchema = z.union([listSchema, z.object({ members: listSchema }).transform(({ members }) => members)])

/** What an endpoint may tell of a member; only the URL is sure. */
export type ToldMember = z.infer<typeof memberSchema>

/**
 * The members an answer to `list` names, as they are spelled in `known` where they are known: an endpoint may leave out
 * `:80`, or end with a slash. null: this endpoint does not tell.
 */
export function toldMembers(answer: Answer, known: Iterable<string>): readonly ToldMember[] | null {
  if (answer.status < 200 || answer.status > 299) return null
  const spelling = new Map([...known].map((url) => [placeOf(url), url]))
  try {
    const told = answerSchema.parse(JSON.parse(answer.text))
    return told.map((member) => ({ ...member, url: spelling.get(placeOf(member.url)) ?? member.url }))
  } catch {
    return null
  }
}

function placeOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url
}
