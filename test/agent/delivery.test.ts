import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSampleBuffer } from '../../agent/core/buffer.ts'
import {
  afterSending,
  backoffMs,
  FRESH_DELIVERY,
  type Delivery,
  type Outcome,
  type Verdict,
} from '../../agent/core/delivery.ts'

const half = (): number => 0.5

function answered(status: number, fields: Partial<Extract<Outcome, { kind: 'answered' }>> = {}): Outcome {
  return {
    kind: 'answered',
    status,
    code: null,
    message: null,
    nextSeq: null,
    allowed: null,
    retryAfterMs: null,
    ...fields,
  }
}

function after(outcome: Outcome, delivery: Delivery = FRESH_DELIVERY, count = 10): Verdict {
  return afterSending(delivery, { seq: 100, count }, outcome, 1_000, half)
}

describe('agent delivery', () => {
  it('forgets what was accepted and goes on at once', () => {
    const failed = after({ kind: 'unreachable', message: 'away' })
    const { delivery, settlement } = after(answered(200, { nextSeq: 110 }), failed.delivery)
    assert.deepEqual(settlement, { kind: 'forget', nextSeq: 110 })
    assert.deepEqual(delivery, FRESH_DELIVERY)
  })

  it('resynchronises when the bot has the samples already', () => {
    assert.deepEqual(after(answered(409, { nextSeq: 105 })).settlement, { kind: 'forget', nextSeq: 105 })
  })

  it('does not spin on a conflict that moves nothing', () => {
    for (const nextSeq of [null, 100, 3]) {
      const { delivery, settlement } = after(answered(409, { nextSeq }))
      assert.deepEqual(settlement, { kind: 'keep' })
      assert.ok(delivery.notBefore > 1_000)
    }
  })

  it('stops for a newer run of its member: what it measured meanwhile never arrives, and it asks slowly', () => {
    const { delivery, settlement } = after(answered(409, { code: 'replaced', message: 'another agent reports' }))
    assert.deepEqual(settlement, { kind: 'drop' })
    assert.equal(delivery.notBefore, 31_000)
    assert.match(delivery.problem ?? '', /another agent reports/)
  })

  it('backs off with jitter while the bot is away, but never so far that a restart goes unnoticed', () => {
    let delivery = FRESH_DELIVERY
    const waits: number[] = []
    for (let round = 0; round < 12; round += 1) {
      ;({ delivery } = after({ kind: 'unreachable', message: 'away' }, delivery))
      waits.push(delivery.notBefore - 1_000)
    }
    assert.ok(waits.every((wait, index) => index === 0 || wait >= (waits[index - 1] ?? 0)))
    assert.ok((waits[0] ?? 0) <= 500 && (waits.at(-1) ?? 0) <= 5_000)
    assert.equal(delivery.problem, 'away')
    assert.notEqual(
      backoffMs(3, () => 0),
      backoffMs(3, () => 0.9),
    )
  })

  it('keeps trying slowly, and says so, when only a person can help', () => {
    for (const status of [401, 403, 404, 410]) {
      const { delivery, settlement } = after(answered(status, { message: 'enrol again' }))
      assert.deepEqual(settlement, { kind: 'keep' })
      assert.equal(delivery.notBefore, 31_000)
      assert.match(delivery.problem ?? '', /enrol again/)
    }
  })

  it('gives up a batch that will never be taken instead of sending it for ever', () => {
    assert.deepEqual(after(answered(400)).settlement, { kind: 'drop' })
    assert.deepEqual(after(answered(422, { code: 'sampleTime' })).settlement, { kind: 'drop' })
    assert.ok(after(answered(400)).delivery.notBefore > 1_000)
  })

  it('sends less at a time when a report is too large, and drops a single sample that is', () => {
    const smaller = after(answered(413), FRESH_DELIVERY, 9)
    assert.deepEqual(smaller.settlement, { kind: 'keep' })
    assert.equal(smaller.delivery.maxSamples, 5)
    assert.deepEqual(after(answered(413), smaller.delivery, 1).settlement, { kind: 'drop' })
  })

  it('waits as long as it is asked to', () => {
    assert.equal(after(answered(429, { retryAfterMs: 7_000 })).delivery.notBefore, 8_000)
    assert.equal(after(answered(503, { retryAfterMs: 9_000 })).delivery.notBefore, 10_000)
    assert.ok(after(answered(429, { retryAfterMs: 1e12 })).delivery.notBefore < 400_000)
  })

  it('keeps only the allowed stats when the member has too many', () => {
    const { settlement } = after(answered(422, { code: 'tooManyStats', allowed: ['cpu', 'queue'] }))
    assert.deepEqual(settlement, { kind: 'keepOnly', stats: ['cpu', 'queue'] })
  })

  it('does not take just any 200 for delivery', () => {
    const { delivery, settlement } = after(answered(200))
    assert.deepEqual(settlement, { kind: 'keep' })
    assert.match(delivery.problem ?? '', /not a Spinup bot/)
  })
})

const sample = (at: number, stats: Record<string, number> = { cpu: 0.5 }) => ({ at, stats })

describe('agent buffer', () => {
  it('hands out the oldest first and keeps them until they have arrived', () => {
    const buffer = createSampleBuffer({ maxSamples: 10, maxBytes: 100_000 })
    assert.equal(buffer.peek(5, 1_000), null)
    for (let at = 0; at < 5; at += 1) buffer.push(sample(at))
    const batch = buffer.peek(3, 100_000)
    assert.deepEqual(
      batch?.samples.map(({ at }) => at),
      [0, 1, 2],
    )
    assert.deepEqual(buffer.peek(3, 100_000), batch)
    buffer.forget(3)
    assert.equal(buffer.peek(3, 100_000)?.seq, 3)
    assert.equal(buffer.dropped, 0)
  })

  it('drops the oldest at the bound and counts them until something newer arrives', () => {
    const buffer = createSampleBuffer({ maxSamples: 3, maxBytes: 100_000 })
    for (let at = 0; at < 8; at += 1) buffer.push(sample(at))
    assert.equal(buffer.peek(9, 100_000)?.seq, 5)
    assert.equal(buffer.dropped, 5)
    buffer.forget(8)
    assert.deepEqual([buffer.size, buffer.dropped, buffer.droppedEver], [0, 0, 5])
  })

  it('does not count as lost what was dropped on its way and then arrived', () => {
    const buffer = createSampleBuffer({ maxSamples: 3, maxBytes: 100_000 })
    for (let at = 0; at < 5; at += 1) buffer.push(sample(at))
    buffer.forget(4)
    assert.deepEqual([buffer.size, buffer.dropped], [1, 0])
  })

  it('is bounded in bytes too, and cuts batches by bytes', () => {
    const wide = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`stat_number_${index}`, 0.123456]))
    const buffer = createSampleBuffer({ maxSamples: 10_000, maxBytes: 20_000 })
    for (let at = 0; at < 100; at += 1) buffer.push(sample(at, wide))
    const bytes = JSON.stringify(buffer.peek(10_000, 1e9)?.samples).length
    assert.ok(bytes <= 20_001 && bytes > 15_000, String(bytes))
    const cut = buffer.peek(10_000, 5_000)
    assert.ok(JSON.stringify(cut?.samples).length <= 5_001 && (cut?.samples.length ?? 0) > 1)
    assert.equal(buffer.peek(10_000, 1)?.samples.length, 1, 'one at least, or nothing would ever move')
  })

  it('drops what has become too old, and takes stats out', () => {
    const buffer = createSampleBuffer({ maxSamples: 10, maxBytes: 100_000 })
    for (let at = 0; at < 4; at += 1) buffer.push(sample(at, { cpu: at, extra: 1 }))
    buffer.dropOlder(2)
    buffer.keepOnly(['cpu'])
    assert.deepEqual(buffer.peek(9, 100_000), { seq: 2, samples: [sample(2, { cpu: 2 }), sample(3, { cpu: 3 })] })
    assert.equal(buffer.dropped, 2)
  })
})
