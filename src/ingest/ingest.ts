import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { sourceOf } from '../core/model/address.ts'
import { runWords } from '../core/model/agent-about.ts'
import { messageOf } from '../core/model/error.ts'
import { MAX_REPORT_BYTES, type AgentIdentity, type ReportAnswer, type Texts } from '../core/model/report.ts'
import type { Sample } from '../core/model/sample.ts'
import type { Identities, MemberRef } from '../store/identities.ts'
import type { ReportClaim } from '../store/report-ledger.ts'
import {
  parseBody,
  parseEnrolment,
  parseReport,
  Refused,
  timed,
  TOO_LARGE,
  UNAVAILABLE,
  type Refusal,
  type SentReport,
} from './schema.ts'
import { createClocks, createNewest, createRate } from '../core/ingest/clock-error.ts'
import { countable, createSignedStats, sieve, type Sieved } from './stats.ts'
import { createWriter, within, type SampleSink } from './writer.ts'
import { clip } from '../core/model/letters.ts'

export interface IngestDeps {
  readonly samples: SampleSink
  readonly identities: Identities
  /** Epoch ms. */
  now(): number
  /** A clock that nobody sets, ms: what rates and waits are measured by. */
  elapsed(): number
  readonly log: Logger
  /** Where agents reach this bot; as they asked for it unless given. */
  readonly url?: string
  /** The pool's stats that may be below zero; asked for only where one is. None unless given. */
  signedStats?(poolId: string): Promise<readonly string[]>
  /** Counts what was reported in words. Unless given, nothing is. */
  countTexts?(poolId: string, at: number, texts: Texts): Promise<void>
  /** Called when a droplet has exchanged its one-time key. */
  onEnrolled?(member: MemberRef, at: number): Promise<void>
  /** Called for each stored sample, after the store has it and before the agent gets its answer. */
  onSample?(poolId: string, sample: Sample): void
}

/** A report waits for at most two appends, its own and the one before: less than the ledger's claim of 6 s. */
const STORE_DEADLINE_MS = 1_200
const APPEND_DEADLINE_MS = 2_500
const REPORT_RATE = { burst: 20, perSecond: 5 }
/** Samples of a member: what an agent gathers while the bot is away for six hours, then more than it ever takes. */
const SAMPLE_RATE = { burst: 25_000, perSecond: 20 }
/** One that is older than others of its member weighs so much: an agent delivers in order, and they all have to be moved for it. */
const LATE_WEIGHT = 20
/** Lines of the log about one member's refused values. */
const COMPLAINT_RATE = { burst: 1, perSecond: 1 / 60 }
/**
 * Enrolments per key, and refused ones per address. A key is looked at first: junk from the
 * address that clones come from, as everybody does behind a proxy, keeps none of them out.
 */
const ENROL_RATE = { burst: 20, perSecond: 1 }

/** Adds `POST /v1/samples` and `POST /v1/enroll` to `app`; refusals are JSON `{code, message}` and change nothing. */
export function registerIngest(app: FastifyInstance, deps: IngestDeps): void {
  void app.register(async (scope) => {
    const members = new WeakMap<FastifyRequest, MemberRef>()
    const reports = createRate(REPORT_RATE)
    const [enrolments, refusals] = [createRate(ENROL_RATE), createRate(ENROL_RATE)]
    const store = createReporting(deps)

    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request: FastifyRequest, bytes: Buffer) =>
      parseBody(bytes, request.headers['content-encoding']),
    )
    scope.setErrorHandler((error, _request, reply) => refuse(reply, refusalOf(error, deps.log)))

    scope.post('/v1/samples', {
      bodyLimit: MAX_REPORT_BYTES,
      // Before the body is read: nobody without a key makes us unpack anything.
      async onRequest(request) {
        const member = await authenticate(deps, request.headers.authorization)
        takeTurn(reports.take(`${member.poolId}/${member.memberId}`, deps.elapsed()))
        members.set(request, member)
      },
      handler: (request) =>
        store(members.get(request), parseReport(request.body), { ip: request.ip, via: clip(request.host, 260) }),
    })

    scope.post('/v1/enroll', {
      bodyLimit: 4_096,
      async handler(request): Promise<AgentIdentity> {
        const { key, host, random } = parseEnrolment(request.body)
        takeTurn(enrolments.take(key, deps.elapsed()))
        const member = await within(STORE_DEADLINE_MS, deps.identities.enrol(key, random))
        if (member === null) {
          takeTurn(refusals.take(sourceOf(request.ip), deps.elapsed()))
          throw new Refused({
            status: 401,
            code: 'enrolment',
            message: 'this install line was used or has expired; ask for a new one with /spinup connect install',
          })
        }
        deps.log.info({ pool: member.poolId, member: member.memberId, host }, 'agent enrolled')
        await within(STORE_DEADLINE_MS, deps.onEnrolled?.(member, deps.now()) ?? Promise.resolve()).catch(
          () => undefined,
        )
        return {
          url: deps.url ?? `${request.protocol}://${request.host}`,
          pool: member.poolId,
          member: member.memberId,
          key: member.key,
        }
      },
    })
  })
}

async function authenticate(deps: IngestDeps, header: string | undefined): Promise<MemberRef> {
  const key = /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1]
  const member = key === undefined ? null : await within(STORE_DEADLINE_MS, deps.identities.verify(key))
  if (member !== null) return member
  throw new Refused({
    status: 401,
    code: 'key',
    message:
      'this key is not known (any more); enrol this host again with a new install line from /spinup connect install',
  })
}

function takeTurn(waitMs: number | null): void {
  if (waitMs === null) return
  throw new Refused({
    status: 429,
    code: 'tooOften',
    message: 'too many requests; keep the samples and send them together, later',
    retryAfterS: Math.max(1, Math.ceil(waitMs / 1000)),
  })
}

/** What happens to a well-formed report: checked against its key, the clock, the stats' ranges and the ledger, then stored. */
function createReporting(
  deps: IngestDeps,
): (
  member: MemberRef | undefined,
  body: SentReport,
  from: { readonly ip: string; readonly via: string },
) => Promise<ReportAnswer> {
  const { ledger } = deps.identities
  const clocks = createClocks()
  const complaints = createRate(COMPLAINT_RATE)
  const budget = createRate(SAMPLE_RATE)
  const newest = createNewest()
  const signed = createSignedStats(async (poolId) => (await deps.signedStats?.(poolId)) ?? [], deps.elapsed)
  const writer = createWriter(deps.samples, APPEND_DEADLINE_MS)

  async function claimed(claim: ReportClaim): Promise<string> {
    const answer = await within(STORE_DEADLINE_MS, ledger.claim(claim))
    switch (answer.kind) {
      case 'claimed':
        return answer.token
      case 'behind':
        throw new Refused({
          status: 409,
          code: 'behind',
          message: `samples below number ${answer.nextSeq} are stored already; continue from there`,
          details: { nextSeq: answer.nextSeq },
        })
      case 'replaced':
        throw new Refused({
          status: 409,
          code: 'replaced',
          message: `another agent reports as ${claim.memberId} since this one began (${runWords(answer.by)}); one key is for one host: give the other an install line of its own from /spinup connect install, or stop its agent`,
        })
      case 'busy':
        throw new Refused({
          ...UNAVAILABLE,
          code: 'busy',
          message: 'a report of this member is being stored right now; send again in a second',
        })
      case 'tooManyStats':
        throw new Refused({
          status: 422,
          code: 'tooManyStats',
          message: 'this member has as many different stats as it may have; report only those in "allowed"',
          details: { allowed: answer.allowed },
        })
    }
  }

  /** What may be kept of a report; throws when that is nothing. */
  async function sieved({ poolId, memberId }: MemberRef, body: SentReport): Promise<Sieved> {
    const found = await sieve(body.samples, () => signed(poolId))
    if (found.refused.length === 0) return found
    const words = found.refused.map(({ stat, why }) => `${stat}: ${why}`).join('; ')
    if (complaints.take(`${poolId}/${memberId}`, deps.elapsed()) === null) {
      deps.log.warn({ pool: poolId, member: memberId, refused: found.refused }, 'values of a report were refused')
    }
    await within(STORE_DEADLINE_MS, ledger.noteRefused(poolId, memberId, found.refused))
    if (found.samples.length > 0) return found
    throw new Refused({
      status: 400,
      code: 'badStats',
      message: clip(`nothing of this report can be taken: ${words}`, 400),
      details: { refused: found.refused },
    })
  }

  return async (member, body, { ip, via }) => {
    if (member === undefined || body.pool !== member.poolId || body.member !== member.memberId) {
      throw new Refused({
        status: 403,
        code: 'otherMember',
        message: 'this key belongs to another member, so the config file was changed; run the install line again',
      })
    }
    const { poolId, memberId } = member
    const now = deps.now()
    const clockAheadMs = body.sentAt - now
    const errorMs = clocks.errorOf(`${poolId}/${memberId}/${body.boot}`, clockAheadMs)
    // As they are stored, or all were late after a clock that was ahead.
    const times = body.samples.map(({ at }) => ({ at: at - errorMs }))
    const late = newest.late(`${poolId}/${memberId}`, times)
    takeTurn(budget.take(`${poolId}/${memberId}`, deps.elapsed(), body.samples.length + late * LATE_WEIGHT))
    const { samples: kept, refused } = await sieved(member, body)
    const samples = timed(kept, errorMs, now).map(({ at, stats }): Sample => ({ memberId, at, stats }))
    const claim: ReportClaim = {
      poolId,
      memberId,
      boot: body.boot,
      seq: body.seq,
      count: body.samples.length,
      version: body.version ?? null,
      host: body.host ?? `a host at ${ip}`,
      via,
      clockAheadMs,
      notes: body.notes ?? [],
      stats: [...new Set(samples.flatMap((sample) => Object.keys(sample.stats)))],
    }
    const words = timed(
      body.samples
        .map((sample) => ({ at: sample.at, texts: countable(sample.texts) }))
        .filter(({ texts }) => Object.keys(texts).length > 0),
      errorMs,
      now,
    )
    const token = await claimed(claim)
    try {
      await writer.write(samples.map((sample) => ({ poolId, sample, periodMs: body.periodMs })))
    } catch (error) {
      deps.log.warn({ pool: poolId, member: memberId, err: error }, 'samples could not be stored; the agent keeps them')
      await within(STORE_DEADLINE_MS, ledger.abandon(claim, token)).catch(() => {})
      throw new Refused(UNAVAILABLE)
    }
    // Stored but not counted as such happens only when Redis goes away just here; the same samples then come again.
    if (!(await within(STORE_DEADLINE_MS, ledger.commit(claim, token)))) throw new Refused(UNAVAILABLE)
    newest.stored(`${poolId}/${memberId}`, times)
    // Once the report counts as stored, so that none is counted twice; where that fails they are lost, and no sample is.
    for (const { at, texts } of words) {
      await within(STORE_DEADLINE_MS, deps.countTexts?.(poolId, at, texts) ?? Promise.resolve()).catch(
        (error: unknown) => {
          deps.log.warn({ pool: poolId, member: memberId, err: error }, 'texts of a report could not be counted')
        },
      )
    }
    if (body.dropped > 0)
      deps.log.warn({ pool: poolId, member: memberId, dropped: body.dropped }, 'agent dropped samples')
    for (const sample of samples) deps.onSample?.(poolId, sample)
    const answer = { accepted: samples.length, nextSeq: body.seq + body.samples.length }
    return refused.length === 0 ? answer : { ...answer, refused }
  }
}

/** Anything thrown on the way → what to answer; what is not the sender's fault is "try again". */
function refusalOf(error: unknown, log: Logger): Refusal {
  if (error instanceof Refused) return error.refusal
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return TOO_LARGE(MAX_REPORT_BYTES)
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return { status: 415, code: 'mediaType', message: 'send content-type application/json' }
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status >= 400 && status < 500) return { status, code: 'malformed', message: messageOf(error) }
  log.warn({ err: error }, 'a report could not be looked at')
  return UNAVAILABLE
}

function refuse(reply: FastifyReply, { status, code, message, retryAfterS, details }: Refusal): FastifyReply {
  if (retryAfterS !== undefined) void reply.header('retry-after', retryAfterS)
  return reply.code(status).send({ ...details, code, message })
}
