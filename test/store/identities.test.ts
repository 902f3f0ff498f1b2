import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { createIdentities, type Identities } from '../../src/store/identities.ts'
import { ledgerKeys, type ReportClaim } from '../../src/store/report-ledger.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { until } from '../wait.ts'

let server: TestRedis
let redis: Redis
let identities: Identities

/** Everything Redis holds, as text. */
async function everything(): Promise<string> {
  const parts: string[] = []
  for (const key of await redis.keys('*')) {
    const kind = await redis.type(key)
    const value =
      kind === 'hash' ? await redis.hgetall(key) : kind === 'set' ? await redis.smembers(key) : await redis.get(key)
    parts.push(`${key} ${JSON.stringify(value)}`)
  }
  return parts.join('\n')
}

describe('identities', () => {
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
    identities = createIdentities(redis)
  })
  beforeEach(() => server.flush())
  after(() => server.stop())

  it('knows whose key it is, and keeps only its hash', async () => {
    const key = await identities.issue('pool_1', 'web-3.a')
    assert.deepEqual(await identities.verify(key), { poolId: 'pool_1', memberId: 'web-3.a' })
    const kept = await everything()
    assert.ok(kept.length > 0 && !kept.includes(key) && !kept.includes(key.split('.').at(-1) ?? ''))
  })

  it('makes the same key again from the same random characters', async () => {
    const random = 'a'.repeat(32)
    const key = await identities.issue('p', 'web-9', random)
    assert.equal(await identities.issue('p', 'web-9', random), key)
    assert.deepEqual(await identities.verify(key), { poolId: 'p', memberId: 'web-9' })
    await assert.rejects(identities.issue('p', 'web-9', 'short'), { code: 'badInput' })
  })

  it('knows no changed, empty or foreign key', async () => {
    const key = await identities.issue('p', 'web-1')
    const other = await identities.issue('p', 'web-2')
    const swapped = other.replace('web-2', 'web-1')
    for (const wrong of [
      '',
      'spa_',
      `${key}x`,
      key.replace('spa_', 'spe_'),
      swapped,
      'spa_{x}.y.z',
      'x'.repeat(5_000),
    ]) {
      assert.equal(await identities.verify(wrong), null, wrong.slice(0, 80))
    }
  })

  it('replaces the key when another is issued, and ends it when revoked', async () => {
    const first = await identities.issue('p', 'web-1')
    const second = await identities.issue('p', 'web-1')
    assert.equal(await identities.verify(first), null)
    assert.notEqual(await identities.verify(second), null)
    await identities.revoke('p', 'web-1')
    assert.equal(await identities.verify(second), null)
    assert.equal(await everything(), '')
  })

  it('gives a key for an enrolment exactly once, however many ask at the same time', async () => {
    const enrolment = await identities.createEnrolment({ poolId: 'p', memberId: 'web-1', ttlMs: 60_000 })
    assert.ok(!(await everything()).includes(enrolment))
    const answers = await Promise.all(Array.from({ length: 20 }, () => identities.enrol(enrolment)))
    const won = answers.filter((answer) => answer !== null)
    assert.equal(won.length, 1)
    assert.deepEqual(await identities.verify(won[0]?.key ?? ''), { poolId: 'p', memberId: 'web-1' })
    assert.equal(await identities.enrol(enrolment), null)
  })

  it('gives the same key again to who asks again with its secret: the answer was lost', async () => {
    const enrolment = await identities.createEnrolment({ poolId: 'p', memberId: 'web-1', ttlMs: 60_000 })
    const random = 'r'.repeat(32)
    const first = await identities.enrol(enrolment, random)
    assert.deepEqual(await identities.enrol(enrolment, random), first)
    assert.equal(await identities.enrol(enrolment, 's'.repeat(32)), null)
    assert.deepEqual(await identities.verify(first!.key), { poolId: 'p', memberId: 'web-1' })
  })

  it('exchanges the key that a clone was given for its own, which making the same clone again leaves alone', async () => {
    const made = 'm'.repeat(32)
    const given = await identities.issue('p', 'web-2', made)
    const line = await identities.createEnrolment({ poolId: 'p', memberId: 'web-2', ttlMs: 60_000 })
    const random = 'r'.repeat(32)
    const own = await identities.enrol(given, random)
    assert.deepEqual(await identities.enrol(given, random), own)
    assert.equal(await identities.issue('p', 'web-2', made), given)
    assert.equal(await identities.verify(given), null)
    assert.equal(await identities.enrol(given, 's'.repeat(32)), null)
    assert.notEqual(await identities.verify(own!.key), null)
    assert.equal(await identities.isOpen(line), true)
    await identities.revoke('p', 'web-2')
    assert.equal(await identities.enrol(given, random), null)
  })

  it('takes no expired, replaced or revoked enrolment', async () => {
    const brief = await identities.createEnrolment({ poolId: 'p', memberId: 'web-1', ttlMs: 5 })
    await until(async () => (await redis.dbsize()) === 0, { what: 'the enrolment to expire' })
    assert.equal(await identities.enrol(brief), null)
    const replaced = await identities.createEnrolment({ poolId: 'p', memberId: 'web-1', ttlMs: 60_000 })
    const revoked = await identities.createEnrolment({ poolId: 'p', memberId: 'web-1', ttlMs: 60_000 })
    assert.equal(await identities.enrol(replaced), null)
    await identities.revoke('p', 'web-1')
    assert.equal(await identities.enrol(revoked), null)
    assert.equal(await everything(), '')
  })

  it('makes no key for ids that would leave the pool’s hash tag', async () => {
    for (const poolId of ['', 'a.b', '{a}', 'a b']) await assert.rejects(identities.issue(poolId, 'web-1'), /ids are/)
    assert.equal(await everything(), '')
  })
})

const claim = (fields: Partial<ReportClaim> = {}): ReportClaim => ({
  poolId: 'p',
  memberId: 'web-1',
  boot: 'boot-a',
  seq: 0,
  count: 10,
  version: '1.2.3',
  host: 'shop (203.0.113.7)',
  clockAheadMs: 0,
  notes: [],
  stats: ['cpu'],
  ...fields,
})

async function store(report: ReportClaim): Promise<void> {
  const answer = await identities.ledger.claim(report)
  assert.equal(answer.kind, 'claimed')
  assert.ok(answer.kind === 'claimed' && (await identities.ledger.commit(report, answer.token)))
}

/** Puts times that the ledger keeps of the run `boot` so many ms into the past. */
async function past(boot: string, agoMs: Readonly<Record<string, number>>): Promise<void> {
  const [key] = ledgerKeys('p', 'web-1')
  assert.equal(await redis.hget(key, 'boot'), boot)
  for (const [field, ms] of Object.entries(agoMs)) await redis.hset(key, field, Date.now() - ms)
}

describe('report ledger', () => {
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
    identities = createIdentities(redis)
  })
  beforeEach(() => server.flush())
  after(() => server.stop())

  it('lets one of many bots store a report', async () => {
    const bots = await Promise.all(Array.from({ length: 5 }, async () => createIdentities(await server.connect())))
    const answers = await Promise.all(bots.map((bot) => bot.ledger.claim(claim())))
    assert.deepEqual(answers.map(({ kind }) => kind).toSorted(), ['busy', 'busy', 'busy', 'busy', 'claimed'])
  })

  it('knows what is stored already, also in part, and lets gaps pass', async () => {
    await store(claim())
    assert.deepEqual(await identities.ledger.claim(claim()), { kind: 'behind', nextSeq: 10 })
    assert.deepEqual(await identities.ledger.claim(claim({ seq: 5 })), { kind: 'behind', nextSeq: 10 })
    await store(claim({ seq: 30 }))
    assert.deepEqual(await identities.ledger.claim(claim({ seq: 20 })), { kind: 'behind', nextSeq: 40 })
  })

  it('has moved nothing when a claim was abandoned', async () => {
    const answer = await identities.ledger.claim(claim())
    assert.ok(answer.kind === 'claimed')
    await identities.ledger.abandon(claim(), answer.token)
    assert.equal(await everything(), '')
    assert.equal(await identities.ledger.commit(claim(), answer.token), false)
    await store(claim())
  })

  it('takes a new run of the agent, and then nothing of the one before, whatever their clocks say', async () => {
    await store(claim())
    await store(claim({ boot: 'boot-b', host: 'copy' }))
    const answer = await identities.ledger.claim(claim({ seq: 10 }))
    assert.deepEqual(answer, { kind: 'replaced', by: { boot: 'boot-b', host: 'copy' } })
    await store(claim({ boot: 'boot-b', seq: 10 }))
    await store(claim({ boot: 'boot-c' }))
    for (const boot of ['boot-a', 'boot-b']) {
      assert.equal((await identities.ledger.claim(claim({ boot, seq: 20 }))).kind, 'replaced', boot)
    }
  })

  it('forgets no run among the last sixteen that were replaced', async () => {
    for (let run = 0; run <= 16; run += 1) await store(claim({ boot: `boot-${run}` }))
    const kinds = await Promise.all(
      Array.from({ length: 16 }, (_, run) => identities.ledger.claim(claim({ boot: `boot-${run}`, seq: 10 }))),
    )
    assert.deepEqual(new Set(kinds.map(({ kind }) => kind)), new Set(['replaced']))
  })

  it('never takes for new a run that goes on, however often the one that replaced it starts again', async () => {
    await store(claim())
    for (let run = 0; run < 40; run += 1) {
      await store(claim({ boot: `boot-${run}` }))
      await past(`boot-${run}`, { takenAt: 3_000 })
      if (run % 10 === 5)
        assert.equal((await identities.ledger.claim(claim({ seq: 10 }))).kind, 'replaced', String(run))
    }
    assert.equal((await identities.ledger.claim(claim({ seq: 10 }))).kind, 'replaced')
  })

  it('takes times from before the clock was set back for long past: places are given back, rivals seen and forgotten', async () => {
    const HOUR = 3_600_000
    const about = async () => (await identities.ledger.about('p', ['web-1'])).get('web-1')
    await store(claim())
    await store(claim({ boot: 'boot-b' }))
    await past('boot-b', { takenAt: -HOUR, heardAt: -HOUR })
    assert.equal((await identities.ledger.claim(claim({ seq: 10 }))).kind, 'replaced')
    assert.equal((await about())?.rival?.boot, 'boot-a', 'it was replaced before, not just now')
    assert.ok((await about())!.reportedAgoMs > HOUR - 60_000)
    await past('boot-b', { heardAt: -HOUR, rivalAt: -HOUR - 40_000 })
    assert.ok((await about())!.rival!.agoMs > HOUR - 60_000)
    await store(claim({ seq: 10 }))
    assert.equal((await about())?.rival, null)
  })

  it('gives its place back to a run that was replaced once the newer one is silent for a minute', async () => {
    await store(claim())
    await store(claim({ boot: 'boot-b' }))
    await past('boot-b', { takenAt: 90_000, heardAt: 61_000 })
    // After an outage of the bot's own the newer one may only be the second to come through.
    assert.equal((await identities.ledger.claim(claim({ seq: 10 }))).kind, 'replaced')
    await store(claim({ boot: 'boot-b', seq: 10 }))
    assert.equal((await identities.ledger.claim(claim({ seq: 10 }))).kind, 'replaced')
    await past('boot-b', { heardAt: 61_000, rivalAt: 29_000 })
    await store(claim({ seq: 10 }))
    assert.equal((await identities.ledger.claim(claim({ boot: 'boot-b', seq: 20 }))).kind, 'replaced')
    assert.equal((await identities.ledger.about('p', ['web-1'])).get('web-1')?.rival, null)
  })

  it('tells of a second host only where a replaced run goes on, not by what it sent as it ended', async () => {
    const rival = async () => (await identities.ledger.about('p', ['web-1'])).get('web-1')?.rival
    await store(claim())
    await store(claim({ boot: 'boot-b', host: 'copy' }))
    await identities.ledger.claim(claim({ seq: 10 }))
    assert.equal(await rival(), null)
    await past('boot-b', { takenAt: 3_000 })
    await identities.ledger.claim(claim({ seq: 10 }))
    const found = await rival()
    assert.deepEqual({ ...found, agoMs: 0 }, { boot: 'boot-a', host: 'shop (203.0.113.7)', agoMs: 0 })
    assert.ok(found!.agoMs < 60_000)
  })

  it('keeps what the agent says of itself with its last report, and ends it with the key', async () => {
    const about = async () => (await identities.ledger.about('p', ['web-1', 'web-2'])).get('web-1')
    assert.equal(await about(), undefined)
    await store(claim({ clockAheadMs: -3_600_000, notes: ['a', 'b'] }))
    await identities.ledger.noteRefused('p', 'web-1', [{ stat: 'cpu', why: '100 is not a fraction' }])
    const found = await about()
    assert.deepEqual(
      [found?.run, found?.version, found?.clockAheadMs, found?.notes, found?.refused?.stats],
      [
        { boot: 'boot-a', host: 'shop (203.0.113.7)' },
        '1.2.3',
        -3_600_000,
        ['a', 'b'],
        [{ stat: 'cpu', why: '100 is not a fraction' }],
      ],
    )
    await store(claim({ seq: 10, version: null }))
    assert.deepEqual([(await about())?.version, (await about())?.notes], [null, []])
    await identities.revoke('p', 'web-1')
    assert.equal(await about(), undefined)
  })

  it('keeps at most 64 different stats of a member over its life, and says which', async () => {
    const names = Array.from({ length: 64 }, (_, index) => `s${index}`)
    await store(claim({ stats: names.slice(0, 40) }))
    await store(claim({ seq: 10, stats: names.slice(30) }))
    const answer = await identities.ledger.claim(claim({ seq: 20, stats: ['s0', 'one-more'] }))
    assert.ok(answer.kind === 'tooManyStats')
    assert.deepEqual(answer.allowed.toSorted(), names.toSorted())
    await store(claim({ seq: 20, stats: names }))
    assert.equal((await identities.ledger.claim(claim({ memberId: 'web-2', stats: ['one-more'] }))).kind, 'claimed')
  })
})
