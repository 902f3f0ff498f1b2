import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import { NO_FIGURES, type BackendState, type Balancer, type Figures, type MemberRecord } from '../balancer.ts'
import { ANYWHERE, type Reach } from '../outside.ts'
import { createPost, refusal, type Answer } from './post.ts'

export interface WebhookOptions {
  /** Where to POST to. */
  readonly url: string
  /** Shared with the endpoint, at least 16 characters; signs every request. */
  readonly secret: string
  /** `json`: four types, `add-server`, `drain-server`, `rmv-server`, `list`. `form`: as in 2015, without `drain-server`. */
  readonly format: 'json' | 'form'
  readonly record: MemberRecord
  /** Whether a member answers its health path; asked before the endpoint hears of it. */
  readonly isHealthy: (url: string) => Promise<boolean>
  /** How long a draining member is taken to be busy where the endpoint does not tell, 30 s unless given. */
  readonly settleMs?: number
  /** Bounds each try, 5 s unless given. */
  readonly timeoutMs?: number
  /** Anywhere unless given. */
  readonly reach?: Reach
  /** Epoch ms; the clock unless given. */
  readonly now?: () => number
  /** By which a member drains: ms of a clock that nobody sets, the same at all bots; `now` unless given. */
  readonly elapsed?: () => number
}

/** Statuses by which an endpoint says that it does not know a type of request. */
const NOT_KNOWN = new Set([400, 404, 405, 422, 501])

/**
 * Any balancer that takes a signed POST. What it tells of its members when asked to `list` counts; what it does not
 * tell comes from the record and from asking members for their health.
 */
export function createWebhookBalancer(options: WebhookOptions): Balancer {
  const { record, isHealthy } = options
  if (options.secret.length < 16) {
    throw new SpinupError('configuration', 'The webhook secret needs at least 16 characters: openssl rand -hex 32')
  }
  const now = options.now ?? Date.now
  const elapsed = options.elapsed ?? now
  const settleMs = options.settleMs ?? 30_000
  const post = createPost({ ...options, timeoutMs: options.timeoutMs ?? 5000, now })
  const accept = (answer: Answer, ...fine: readonly number[]) => {
    if ((answer.status >= 200 && answer.status <= 299) || fine.includes(answer.status)) return
    throw refusal(new URL(options.url).host, answer, { retryable: false, quotes: (options.reach ?? ANYWHERE).quotes })
  }
  const recorded = async (url: string) => (await record.all()).find((member) => member.url === url)
  const leave = async (url: string) => accept(await post({ type: 'rmv-server', url }), 404, 410)
  const enter = async (url: string) => {
    accept(await post({ type: 'add-server', url }))
    await record.put({ url, state: 'serving', since: elapsed() })
  }

  return {
    kind: 'webhook',
    async add(url) {
      if (await isHealthy(url)) return enter(url)
      const known = await recorded(url)
      // One that serves already and is ill just now stays: its balancer knows what to do with it.
      if (known?.state !== 'serving') await record.put({ url, state: 'waiting', since: elapsed() })
    },
    async drain(url) {
      const known = await recorded(url)
      if (known?.state !== 'waiting') {
        const answer = options.format === 'json' ? await post({ type: 'drain-server', url }) : null
        if (answer === null || NOT_KNOWN.has(answer.status)) await leave(url)
        else accept(answer)
      }
      if (known?.state !== 'draining') await record.put({ url, state: 'draining', since: elapsed() })
    },
    async remove(url) {
      await leave(url)
      await record.forget(url)
    },
    async list() {
      for (const member of await record.all()) {
        if (member.state !== 'waiting' || !(await isHealthy(member.url))) continue
        // It may have been removed while it was being asked.
        if ((await recorded(member.url))?.state === 'waiting') await enter(member.url)
      }
      const answer = await post({ type: 'list' })
      if (!NOT_KNOWN.has(answer.status)) accept(answer)
      const known = new Map((await record.all()).map((member) => [member.url, member]))
      const members = reportedMembers(answer, known.keys())
      const urls = new Set(members?.map(({ url }) => url) ?? [])
      for (const { url, state } of known.values()) {
        // An endpoint that tells is believed about whom it serves, but not all name members that are leaving.
        if (members === null || state !== 'serving') urls.add(url)
      }
      return Promise.all(
        [...urls].map(async (url): Promise<BackendState> => {
          const said = members?.find((member) => member.url === url)
          const own = known.get(url)
          const draining = own?.state === 'draining' || said?.state === 'draining'
          const unsettled = draining && elapsed() - (own?.since ?? 0) < settleMs ? 1 : 0
          const ill = said?.state === 'unhealthy' || own?.state === 'waiting'
          const healthy = !draining && !ill && (said?.state === 'healthy' || (await isHealthy(url)))
          return {
            ...figuresOf(said),
            url,
            state: draining ? 'draining' : healthy ? 'healthy' : 'unhealthy',
            inFlight: said?.inFlight ?? unsettled,
            failed: said?.failed ?? 0,
          }
        }),
      )
    },
    queued: () => Promise.resolve(null),
    async weigh() {
      // A webhook knows no weights.
      await Promise.resolve()
    },
  }
}

/** What cannot be read counts as absent: one odd field, or entry, says nothing of the others. */
const figure = z.number().nonnegative().nullish().catch(null)
const count = z.number().nonnegative().optional().catch(undefined)
const memberSchema = z.object({
  url: z.string(),
  state: z.enum(['healthy', 'unhealthy', 'draining']).optional().catch(undefined),
  inFlight: count,
  failed: count,
  rps: figure,
  p95Ms: figure,
  firstByteP95Ms: figure,
  waiting: figure,
  streaming: figure,
  queued: figure,
})
const entrySchema = z.union([memberSchema, z.string().transform((url): z.infer<typeof memberSchema> => ({ url }))])
const listSchema = z
  .array(z.unknown())
  .transform((all) => ({ all, read: all.flatMap((one) => entrySchema.safeParse(one).data ?? []) }))
  .refine(({ all, read }) => all.length === 0 || read.length > 0)
  .transform(({ read }) => read)
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
