import {
  CLOCK_TOLERANCE_MS,
  MAX_NOTE_LENGTH,
  MAX_NOTES,
  MAX_REPORT_BYTES,
  MAX_SAMPLE_AGE_MS,
  type AgentIdentity,
  type RefusedStat,
  type ReportBody,
} from '../../src/core/model/report.ts'
import { clockShift, steadyNow } from '../collect/clock.ts'
import type { Batch, SampleBuffer } from '../core/buffer.ts'
import { afterSending, FRESH_DELIVERY, type Outcome, type Settlement } from '../core/delivery.ts'
import type { AgentLog } from './log.ts'
import { createPoster } from './post.ts'
import { cut } from '../../src/core/model/letters.ts'

const DEADLINE_MS = 5_000
/** Room for the fields around the samples. */
const MAX_BATCH_BYTES = MAX_REPORT_BYTES - 8 * 1024
/** Samples about to become too old would spoil the batch they travel in. */
const MAX_AGE_MS = MAX_SAMPLE_AGE_MS - 60_000

export interface Sender {
  /** Sends what waits, one batch after the other, unless it is sending or waiting already. Never rejects. */
  kick(): void
  /** One last try within `deadlineMs`, then nothing more. */
  stop(deadlineMs: number): Promise<void>
  readonly problem: string | null
  readonly arrivedAt: number | null
}

/** Delivers the buffer to the bot, in order, as `core/delivery` decides. */
export function createSender(
  identity: AgentIdentity,
  options: {
    readonly boot: string
    readonly version: string | null
    readonly buffer: SampleBuffer
    readonly log: AgentLog
    readonly random: () => number
    readonly periodMs: () => number
    /** The bot keeps no other stats of this member. */
    readonly restrict: (stats: readonly string[]) => void
    /** What the bot left out of a report, and how far the host's clock was set while this runs, ms. */
    readonly onRefused: (refused: readonly RefusedStat[]) => void
    readonly onClockSet: (aheadMs: number) => void
    /** What goes wrong here, for the bot's doctor. */
    readonly notes: () => readonly string[]
    readonly host: string
    /** The bot does not know the key: the one to go on with. */
    readonly onUnknown: (key: string) => Promise<string>
  },
): Sender {
  const { buffer, log } = options
  let { key } = identity
  const poster = createPoster(identity.url)
  let delivery = FRESH_DELIVERY
  let arrivedAt: number | null = null
  let sending: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null
  let stopped = false
  let clockSetMs = 0

  async function send(batch: Batch, deadlineMs: number): Promise<Outcome> {
    // Whatever the host's clock was when a sample was taken, all are stamped by what it is now: its error is one and the same.
    const shiftMs = clockShift()
    if (Math.abs(shiftMs - clockSetMs) > CLOCK_TOLERANCE_MS) {
      options.onClockSet(shiftMs - clockSetMs)
      clockSetMs = shiftMs
    }
    const notes = options.notes().slice(0, MAX_NOTES)
    const body: ReportBody = {
      pool: identity.pool,
      member: identity.member,
      boot: options.boot,
      seq: batch.seq,
      sentAt: steadyNow().at + shiftMs,
      periodMs: Math.round(options.periodMs()),
      dropped: buffer.dropped,
      ...(options.version === null ? {} : { version: options.version }),
      host: options.host,
      ...(notes.length === 0 ? {} : { notes: notes.map((note) => cut(note, MAX_NOTE_LENGTH)) }),
      samples: batch.samples.map((sample) => ({ ...sample, at: sample.at + shiftMs })),
    }
    try {
      const { status, body: said, retryAfterMs } = await poster.post('v1/samples', key, body, deadlineMs)
      const refused = refusedIn(said['refused'])
      if (refused.length > 0) options.onRefused(refused)
      return {
        kind: 'answered',
        status,
        code: typeof said['code'] === 'string' ? said['code'] : null,
        message: typeof said['message'] === 'string' ? cut(said['message'], 400) : null,
        nextSeq: Number.isSafeInteger(said['nextSeq']) ? Number(said['nextSeq']) : null,
        allowed: Array.isArray(said['allowed']) ? said['allowed'].filter((name) => typeof name === 'string') : null,
        retryAfterMs,
      }
    } catch (error) {
      return { kind: 'unreachable', message: error instanceof Error ? error.message : String(error) }
    }
  }

  function settle(batch: Batch, settlement: Settlement): void {
    switch (settlement.kind) {
      case 'keep':
        return
      case 'forget':
        buffer.forget(settlement.nextSeq)
        arrivedAt = Date.now()
        return
      case 'drop':
        // Some may have left at the buffer's other end meanwhile: only what was refused is given up.
        buffer.dropBelow(batch.seq + batch.samples.length)
        return
      case 'keepOnly':
        options.restrict(settlement.stats)
        return
    }
  }

  async function sendOne(deadlineMs: number): Promise<boolean> {
    buffer.dropOlder(steadyNow().at - MAX_AGE_MS)
    const batch = buffer.peek(delivery.maxSamples, MAX_BATCH_BYTES)
    if (batch === null) return false
    const outcome = await send(batch, deadlineMs)
    const before = delivery.problem
    const sent = { seq: batch.seq, count: batch.samples.length }
    const verdict = afterSending(delivery, sent, outcome, performance.now(), options.random)
    delivery = verdict.delivery
    settle(batch, verdict.settlement)
    if (outcome.kind === 'answered' && outcome.status === 401 && !stopped) {
      const known = await options.onUnknown(key)
      if (known !== key) delivery = FRESH_DELIVERY
      key = known
    }
    if (delivery.problem !== null && delivery.problem !== before) {
      log.warn({ buffered: buffer.size, dropped: buffer.droppedEver }, `report not accepted: ${delivery.problem}`)
    } else if (delivery.problem === null && before !== null) {
      log.info({ buffered: buffer.size, dropped: buffer.droppedEver }, 'reports are accepted again')
    }
    return true
  }

  async function drain(): Promise<void> {
    for (;;) {
      if (stopped) return
      const waitMs = delivery.notBefore - performance.now()
      if (waitMs > 0) {
        timer ??= setTimeout(() => {
          timer = null
          kick()
        }, waitMs)
        return
      }
      if (!(await sendOne(DEADLINE_MS))) return
    }
  }

  function kick(): void {
    if (stopped || sending !== null || timer !== null) return
    sending = drain().finally(() => {
      sending = null
    })
  }

  return {
    kick,
    async stop(deadlineMs) {
      stopped = true
      if (timer !== null) clearTimeout(timer)
      const until = performance.now() + deadlineMs
      const late = Promise.withResolvers<void>()
      const limit = setTimeout(late.resolve, deadlineMs)
      await Promise.race([sending, late.promise])
      clearTimeout(limit)
      const leftMs = until - performance.now()
      if (sending === null && leftMs > 20) await sendOne(leftMs)
      poster.close()
    },
    get problem() {
      return delivery.problem
    },
    get arrivedAt() {
      return arrivedAt
    },
  }
}

/** What an answer says was left out; whatever else it holds is passed over. */
function refusedIn(value: unknown): readonly RefusedStat[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || !('stat' in entry) || !('why' in entry)) return []
    const { stat, why } = entry
    return typeof stat === 'string' && typeof why === 'string' ? [{ stat, why }] : []
  })
}
