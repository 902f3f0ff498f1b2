import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { MAX_REPORT_BYTES, MAX_REPORT_SAMPLES } from '../../src/core/model/report.ts'
import { createBench, reportAt, send, type Bench } from './bench.ts'

/** Forty stats, numbered from `from`. */
function forty(from: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`s${from + index}`, 1]))
}

describe('ingest', () => {
  let bench: Bench
  let bot: FastifyInstance
  let key: string

  before(async () => {
    bench = await createBench()
    bot = await bench.bot()
  })
  after(() => bench.stop())
  beforeEach(async () => {
    await bench.server.flush()
    bench.recorder.entries.length = 0
    bench.recorder.batches.length = 0
    bench.recorder.mode = 'works'
    bench.seen.length = 0
    // Past every rate limit of the test before.
    bench.clock.now += 60_000
    bench.clock.elapsed += 60_000
    bench.signed.length = 0
    key = await bench.identities.issue('p', 'web-1')
  })

  const now = (): number => bench.clock.now
  const report = (fields: Parameters<typeof reportAt>[1] = {}) => reportAt(now(), fields)

  const about = async () => (await bench.identities.ledger.about('p', ['web-1'])).get('web-1')

  /** Sends something wrong, and proves that nothing but the answer came of it: a right report still starts at 0. */
  async function refused(
    status: number,
    code: string,
    sending: () => ReturnType<typeof send>,
  ): Promise<Record<string, unknown>> {
    const answer = await sending()
    const body: Record<string, unknown> = answer.json()
    assert.equal(answer.statusCode, status, answer.body)
    assert.equal(body['code'], code)
    assert.ok(typeof body['message'] === 'string' && body['message'].length > 20, 'says what to do')
    assert.deepEqual(bench.recorder.entries, [])
    assert.deepEqual(bench.seen, [])
    const good = await send(bot, key, report())
    assert.equal(good.statusCode, 200, 'nothing was counted')
    assert.equal(bench.recorder.entries.length, 2)
    return body
  }

  it('stores the samples of a report, plain or packed, then tells the agent how far it is', async () => {
    const answer = await send(bot, key, report())
    assert.deepEqual([answer.statusCode, answer.json()], [200, { accepted: 2, nextSeq: 2 }])
    const packed = await send(bot, key, report({ seq: 2, periodMs: 2_500 }), { gzip: true })
    assert.deepEqual([packed.statusCode, packed.json()], [200, { accepted: 2, nextSeq: 4 }])
    assert.deepEqual(bench.recorder.entries[1], {
      poolId: 'p',
      sample: { memberId: 'web-1', at: now(), stats: { cpu: 0.75, queue: 3 } },
      periodMs: 1_000,
    })
    assert.equal(bench.recorder.entries[3]?.periodMs, 2_500)
    assert.deepEqual(bench.seen.slice(0, 2), [`p/web-1@${now() - 1_000}`, `p/web-1@${now()}`])
  })

  it('keeps the version that the agent tells; none, or one that makes no sense, is no reason to refuse', async () => {
    const versions = async (): Promise<unknown> => (await about())?.version ?? null
    let seq = 0
    for (const [told, kept] of [
      ['1.4.0', '1.4.0'],
      ['1.5.0-beta.2', '1.5.0-beta.2'],
      ['<script>', null],
      ['1.6.0', '1.6.0'],
      [undefined, null],
      [7, null],
    ] as const) {
      const answer = await send(bot, key, { ...report({ seq }), version: told })
      assert.equal(answer.statusCode, 200, answer.body)
      assert.equal(await versions(), kept, String(told))
      seq += 2
    }
    await bench.identities.revoke('p', 'web-1')
    assert.equal(await versions(), null)
  })

  it('refuses unknown keys', async () => {
    const wrong = key.slice(0, -4) + 'AAAA'
    await refused(401, 'key', () => send(bot, wrong, report()))
  })

  it('refuses a report without a key', async () => {
    await refused(401, 'key', () => send(bot, null, report()))
  })

  it('refuses the key of another member', async () => {
    const other = await bench.identities.issue('p', 'web-2')
    await refused(403, 'otherMember', () => send(bot, other, report()))
    const elsewhere = await send(bot, other, report({ pool: 'q', member: 'web-2' }))
    assert.deepEqual([elsewhere.statusCode, bench.recorder.entries.length], [403, 2])
  })

  const wrongBodies: readonly (readonly [name: string, change: (body: Record<string, unknown>) => unknown])[] = [
    ['is not an object', () => [1, 2]],
    ['has no samples', (body) => ({ ...body, samples: [] })],
    ['misses a field', ({ boot: _boot, ...body }) => body],
    ['has a boot with a space in it', (body) => ({ ...body, boot: 'boot aaaa' })],
    ['has a negative seq', (body) => ({ ...body, seq: -1 })],
    ['has a fractional seq', (body) => ({ ...body, seq: 1.5 })],
    [
      'has too many stats in a sample',
      (body) => ({
        ...body,
        samples: [{ at: now(), stats: Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`s${index}`, 1])) }],
      }),
    ],
    [
      'has too many samples',
      (body) => ({
        ...body,
        samples: Array.from({ length: MAX_REPORT_SAMPLES + 1 }, () => ({ at: now(), stats: {} })),
      }),
    ],
  ]
  for (const [name, change] of wrongBodies) {
    it(`refuses a body that ${name}`, async () => {
      await refused(400, 'malformed', () => send(bot, key, change({ ...report() })))
    })
  }

  it('refuses what is no JSON and broken gzip', async () => {
    for (const raw of ['{"pool":', '']) {
      const answer = await send(bot, key, null, { raw: Buffer.from(raw) })
      assert.equal(answer.statusCode, 400, raw.slice(0, 40))
    }
    await refused(400, 'malformed', () => send(bot, key, null, { gzip: true, raw: Buffer.from('not gzip at all') }))
  })

  it('refuses other encodings and media types', async () => {
    await refused(415, 'encoding', () => send(bot, key, report(), { headers: { 'content-encoding': 'br' } }))
    bench.recorder.entries.length = 0
    const answer = await send(bot, key, report({ seq: 2 }), { headers: { 'content-type': 'text/plain' } })
    assert.deepEqual([answer.statusCode, answer.json().code], [415, 'mediaType'])
    assert.deepEqual(bench.recorder.entries, [])
  })

  it('refuses bodies that are too large, and stops unpacking bombs early', async () => {
    await refused(413, 'tooLarge', () => send(bot, key, null, { raw: Buffer.alloc(MAX_REPORT_BYTES + 1, 32) }))
    bench.recorder.entries.length = 0
    await bench.server.flush()
    key = await bench.identities.issue('p', 'web-1')
    const bomb = gzipSync(Buffer.alloc(180 * 1024 * 1024, 32), { level: 9 })
    assert.ok(bomb.length < MAX_REPORT_BYTES)
    bench.seen.length = 0
    const before = process.memoryUsage().arrayBuffers
    await refused(413, 'tooLarge', () => send(bot, key, null, { gzip: true, raw: bomb }))
    assert.ok(process.memoryUsage().arrayBuffers - before < 20 * 1024 * 1024, 'the bomb was not unpacked')
  })

  it('counts the samples of a host whose clock is wrong, at the time they were taken, and remembers by how much', async () => {
    let seq = 0
    for (const aheadMs of [3_600_000, -3_600_000, 95_000, -20 * 365 * 86_400_000, 0]) {
      bench.recorder.entries.length = 0
      const answer = await send(bot, key, reportAt(now() + aheadMs, { seq }))
      assert.equal(answer.statusCode, 200, answer.body)
      assert.deepEqual(
        bench.recorder.entries.map(({ sample }) => sample.at - now()),
        [-1_000, 0],
        `${aheadMs} ms ahead`,
      )
      assert.equal((await about())?.clockAheadMs, aheadMs)
      seq += 2
    }
  })

  it('takes no slow way to the bot for a wrong clock, and keeps a host’s samples evenly apart', async () => {
    const times: number[] = []
    // An hour ahead, and on its way for 0 to 4 s; then right again, and on its way for as long.
    for (const [index, aheadMs] of [3_600_000, 3_597_000, 3_599_500, 3_596_000, -3_000, 0, -4_000, 4_000].entries()) {
      bench.clock.now += 10_000
      bench.recorder.entries.length = 0
      const sentAt = now() + aheadMs
      const samples = [{ at: sentAt, stats: { cpu: 0.5 } }]
      assert.equal((await send(bot, key, reportAt(sentAt, { seq: index, samples }))).statusCode, 200)
      times.push((bench.recorder.entries[0]?.sample.at ?? 0) - now())
    }
    assert.deepEqual(times, [0, -3_000, -500, -4_000, -3_000, 0, -4_000, 4_000])
  })

  it('goes by no clock where it limits rates, so a bot whose clock steps back refuses nobody', async () => {
    for (let seq = 0; seq < 30; seq += 2) {
      assert.equal((await send(bot, key, report({ seq }))).statusCode, 200)
      bench.clock.now -= 3_600_000
      bench.clock.elapsed += 1_000
    }
  })

  it('refuses samples from the future and of yesterday', async () => {
    const samples = (at: number) => [
      { at: now(), stats: { cpu: 0.1 } },
      { at, stats: { cpu: 0.1 } },
    ]
    await refused(422, 'sampleTime', () => send(bot, key, report({ samples: samples(now() + 31_000) })))
    const old = await send(bot, key, report({ seq: 2, samples: samples(now() - 6 * 3_600_000 - 1) }))
    assert.equal(old.json().code, 'sampleTime')
    const late = await send(bot, key, report({ seq: 2, samples: samples(now() - 5 * 3_600_000) }))
    assert.equal(late.statusCode, 200, 'a report delivered late is taken')
  })

  it('stores a replayed report only once, also when it overlaps in part', async () => {
    assert.equal((await send(bot, key, report())).statusCode, 200)
    for (const seq of [0, 1]) {
      const again = await send(bot, key, report({ seq }))
      assert.deepEqual([again.statusCode, again.json().code, again.json().nextSeq], [409, 'behind', 2])
    }
    assert.equal(bench.recorder.entries.length, 2)
    assert.equal((await send(bot, key, report({ seq: 7 }))).json().nextSeq, 9)
  })

  it('refuses a run that was replaced, names the one that reports now, and takes a new run from 0', async () => {
    const captured = report()
    await send(bot, key, captured)
    const copy = { boot: 'boot-bbbb', host: 'copy (203.0.113.9)' }
    // A droplet whose clock was an hour ahead before it was restarted is no older run.
    assert.equal((await send(bot, key, { ...reportAt(now() - 3_600_000), ...copy })).statusCode, 200)
    for (const seq of [2, 4]) {
      const refusedOne = await send(bot, key, { ...captured, seq })
      assert.deepEqual([refusedOne.statusCode, refusedOne.json().code], [409, 'replaced'])
      assert.match(refusedOne.json().message, /another agent reports as web-1.*copy \(203\.0\.113\.9\), run boot-bbb/)
    }
    assert.equal(bench.recorder.entries.length, 4)
    assert.equal((await send(bot, key, report({ boot: 'boot-cccc' }))).statusCode, 200, 'a reboot is no second host')
    assert.equal((await about())?.rival, null)
  })

  it('stores a report once when it reaches many bots at the same time', async () => {
    const bots = await Promise.all(Array.from({ length: 4 }, () => bench.bot()))
    const answers = await Promise.all(bots.map((one) => send(one, key, report())))
    assert.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 1)
    assert.ok(answers.every(({ statusCode }) => [200, 409, 503].includes(statusCode)))
    assert.equal(bench.recorder.entries.length, 2)
  })

  it('limits how many different stats a member has over its life, and names those it may report', async () => {
    const at = now()
    assert.equal((await send(bot, key, report({ samples: [{ at, stats: forty(0) }] }))).statusCode, 200)
    const over = await send(bot, key, report({ seq: 1, samples: [{ at, stats: forty(30) }] }))
    assert.deepEqual([over.statusCode, over.json().code], [422, 'tooManyStats'])
    assert.deepEqual(over.json().allowed.toSorted(), Object.keys(forty(0)).toSorted())
    assert.equal(bench.recorder.entries.length, 1)
    assert.equal((await send(bot, key, report({ seq: 1, samples: [{ at, stats: forty(0) }] }))).statusCode, 200)
  })

  it('measures how often by a clock that nobody sets: setting its own slows nobody down and gives nobody more', async () => {
    const enrol = async (): Promise<number> => {
      const payload = { key: 'no-such-key', host: 'droplet-7' }
      return (await bot.inject({ method: 'POST', url: '/v1/enroll', payload })).statusCode
    }
    for (let seq = 0; seq < 40; seq += 2) {
      assert.equal((await send(bot, key, report({ seq }))).statusCode, 200)
      assert.equal(await enrol(), 401)
    }
    let seq = 40
    for (const ms of [-3_600_000, 7_200_000, -3_600_000, -1_699_000_000_000, 1_699_000_000_000]) {
      bench.clock.now += ms
      assert.deepEqual([(await send(bot, key, report({ seq }))).statusCode, await enrol()], [429, 429])
      bench.clock.elapsed += 1_000
      assert.deepEqual([(await send(bot, key, report({ seq }))).statusCode, await enrol()], [200, 401])
      seq += 2
      for (let more = 0; more < 4; more++) {
        assert.equal((await send(bot, key, report({ seq }))).statusCode, 200)
        seq += 2
      }
    }
  })

  it('slows down a member that sends more samples than an agent takes, and only that one', async () => {
    const other = await bench.identities.issue('p', 'web-2')
    const busy = await bench.identities.issue('p', 'web-5')
    const from = (seq: number) =>
      Array.from({ length: 600 }, (_, index) => ({ at: now() - 15_000_000 + (seq + index) * 500, stats: { cpu: 1 } }))
    let seq = 0
    for (; seq < 24_600; seq += 600) {
      assert.equal(
        (await send(bot, busy, report({ member: 'web-5', seq, samples: from(seq) }))).statusCode,
        200,
        String(seq),
      )
      bench.clock.elapsed += 200
    }
    const limited = await send(bot, busy, report({ member: 'web-5', seq, samples: from(seq) }))
    assert.deepEqual([limited.statusCode, limited.json().code], [429, 'tooOften'])
    assert.equal((await send(bot, other, report({ member: 'web-2' }))).statusCode, 200)
    bench.clock.elapsed += 30_000
    assert.equal((await send(bot, busy, report({ member: 'web-5', seq, samples: from(seq) }))).statusCode, 200)
  })

  it('slows down a member whose samples come newest first, well before one that is only behind', async () => {
    const back = (from: number) => Array.from({ length: 600 }, (_, index) => ({ at: from - index, stats: { cpu: 1 } }))
    const backwards = await bench.identities.issue('p', 'web-3')
    const statuses: number[] = []
    for (let turn = 0; turn < 6; turn++) {
      const samples = back(now() - turn * 600)
      statuses.push((await send(bot, backwards, report({ member: 'web-3', seq: turn * 600, samples }))).statusCode)
      bench.clock.elapsed += 200
    }
    assert.deepEqual([statuses[0], statuses.at(-1)], [200, 429])
    const other = await bench.identities.issue('p', 'web-4')
    for (let turn = 0; turn < 6; turn++) {
      const samples = back(now() - 3_600_000 + turn * 600)
      const behind = report({ member: 'web-4', seq: turn * 600, samples })
      assert.equal((await send(bot, other, behind)).statusCode, 200)
    }
  })

  it('slows down no member whose clock was far ahead and then set right, however busy it is', async () => {
    const ahead = await bench.identities.issue('p', 'web-6')
    const year = 365 * 86_400_000
    const first = { at: now() + year, stats: { cpu: 1 } }
    const early = report({ member: 'web-6', sentAt: now() + year, samples: [first] })
    assert.equal((await send(bot, ahead, early)).statusCode, 200)
    for (let seq = 1; seq < 45 * 600; seq += 600) {
      bench.clock.now += 600_000
      bench.clock.elapsed += 600_000
      const samples = Array.from({ length: 600 }, (_, index) => ({
        at: now() - (599 - index) * 1000,
        stats: { cpu: 1 },
      }))
      assert.equal((await send(bot, ahead, report({ member: 'web-6', seq, samples }))).statusCode, 200, String(seq))
    }
  })

  it('slows down a member that reports too often, and only that one', async () => {
    const other = await bench.identities.issue('p', 'web-2')
    for (let seq = 0; seq < 40; seq += 2) assert.equal((await send(bot, key, report({ seq }))).statusCode, 200)
    const limited = await send(bot, key, report({ seq: 40 }))
    assert.deepEqual([limited.statusCode, limited.json().code], [429, 'tooOften'])
    assert.equal(limited.headers['retry-after'], '1')
    assert.equal(bench.recorder.entries.length, 40)
    assert.equal((await send(bot, other, report({ member: 'web-2' }))).statusCode, 200)
    bench.clock.elapsed += 1_000
    assert.equal((await send(bot, key, report({ seq: 40 }))).statusCode, 200)
  })

  it('leaves the samples with the agent when the store fails, and takes them when it works again', async () => {
    bench.recorder.mode = 'fails'
    const failed = await send(bot, key, report())
    assert.deepEqual([failed.statusCode, failed.json().code], [503, 'unavailable'])
    assert.ok(Number(failed.headers['retry-after']) >= 1)
    assert.deepEqual(bench.seen, [])
    bench.recorder.mode = 'works'
    assert.equal((await send(bot, key, report())).statusCode, 200)
    assert.equal(bench.recorder.entries.length, 2)
  })

  it('gathers the reports of many members into few writes', async () => {
    const keys = await Promise.all(
      Array.from({ length: 30 }, (_, index) => bench.identities.issue('p', `web-${index}`)),
    )
    const answers = await Promise.all(keys.map((each, index) => send(bot, each, report({ member: `web-${index}` }))))
    assert.ok(answers.every(({ statusCode }) => statusCode === 200))
    assert.equal(bench.recorder.entries.length, 60)
    assert.ok(bench.recorder.batches.length <= 10, `${bench.recorder.batches.length} writes`)
  })

  it('says 503 and not 401 while Redis is away', async () => {
    const lonely = await createBench()
    try {
      const app = await lonely.bot()
      const itsKey = await lonely.identities.issue('p', 'web-1')
      await lonely.server.stop()
      assert.equal((await send(app, itsKey, report())).statusCode, 503)
    } finally {
      await lonely.stop()
    }
  })

  it('enrols whoever has a good key, whatever junk came from the same address before', async () => {
    const enrolment = await bench.identities.createEnrolment({ poolId: 'p', memberId: 'web-8', ttlMs: 60_000 })
    const enrol = async (key: string): Promise<number> =>
      (await bot.inject({ method: 'POST', url: '/v1/enroll', payload: { key, host: 'droplet-8' } })).statusCode
    const junk = [
      'junk',
      `spe_p.web-8.${'A'.repeat(32)}`,
      `spa_p.web-8.${'A'.repeat(32)}`,
      `spe_q.web-8.${'B'.repeat(32)}`,
    ]
    const refused = await Promise.all(Array.from({ length: 400 }, (_, index) => enrol(junk[index % 4] ?? '')))
    // 503: a host that is busy with others may keep Redis waiting.
    assert.ok(refused.every((status) => [401, 429, 503].includes(status)))
    assert.ok(
      refused.filter((status) => status === 401).length <= 20,
      'what is refused is refused sooner after a while',
    )
    assert.equal(await enrol(enrolment), 200)
  })

  it('slows down a key that enrols again and again, and only that one', async () => {
    const held = await bench.identities.issue('p', 'web-7')
    const other = await bench.identities.issue('p', 'web-6')
    const enrol = async (key: string): Promise<number> => {
      const payload = { key, host: 'droplet', random: key.slice(-32) }
      return (await bot.inject({ method: 'POST', url: '/v1/enroll', payload })).statusCode
    }
    const answers = await Promise.all(Array.from({ length: 60 }, () => enrol(held)))
    assert.ok(answers.includes(429))
    assert.equal(await enrol(other), 200)
  })

  it('exchanges an enrolment once, and says what to do the second time', async () => {
    const enrolment = await bench.identities.createEnrolment({ poolId: 'p', memberId: 'web-9', ttlMs: 60_000 })
    const enrol = (body: unknown) =>
      bot.inject({
        method: 'POST',
        url: '/v1/enroll',
        payload: JSON.stringify(body),
        headers: { 'content-type': 'application/json', host: 'bot.example:8080' },
      })
    const first = await enrol({ key: enrolment, host: 'droplet-7' })
    assert.equal(first.statusCode, 200, first.body)
    const identity = first.json()
    assert.deepEqual({ ...identity, key: '' }, { url: 'http://bot.example:8080', pool: 'p', member: 'web-9', key: '' })
    assert.equal((await send(bot, identity.key, report({ member: 'web-9' }))).statusCode, 200)
    const second = await enrol({ key: enrolment, host: 'droplet-7' })
    assert.deepEqual([second.statusCode, second.json().code], [401, 'enrolment'])
    assert.match(second.json().message, /\/spinup connect/)
    assert.equal((await enrol({ key: 1 })).statusCode, 400)
    assert.deepEqual(await bench.identities.verify(identity.key), { poolId: 'p', memberId: 'web-9' })
  })
})
