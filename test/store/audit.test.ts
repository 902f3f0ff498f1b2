import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { createAuditLog, type AuditLog } from '../../src/store/audit.ts'
import { exportLines, verifyLines } from '../../src/store/audit-export.ts'
import { canonical, GENESIS, type AuditVerdict } from '../../src/store/audit-chain.ts'
import type { AuditDraft, AuditEntry } from '../../src/core/model/audit.ts'
import { keys } from '../../src/store/keys.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { ada, T } from './example-state.ts'

describe('the audit chain', () => {
  let server: TestRedis
  let redis: Redis
  let second: Redis
  let one: AuditLog
  let other: AuditLog
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
    second = await server.connect()
  })
  after(() => server.stop())
  beforeEach(async () => {
    await server.flush()
    // Each test's bots are new: one that remembers would tell of what was flushed.
    one = createAuditLog(redis)
    other = createAuditLog(second)
  })

  const all = async (log = one): Promise<readonly AuditEntry[]> => {
    const found: AuditEntry[] = []
    for await (const line of log.lines()) found.push(JSON.parse(line) as AuditEntry)
    return found
  }
  const breaks = (verdict: AuditVerdict): number | null => (verdict.kind === 'broken' ? verdict.seq : null)

  it('exports another team’s entries as links of the chain alone, and the file is whole', async () => {
    await one.append([draft('ours'), { ...draft('secret of theirs'), tenant: 'slack:T2' }, draft('ours too')])
    const exported = async (pool: string | null): Promise<readonly string[]> => {
      const found: string[] = []
      for await (const line of exportLines(one, pool, null)) found.push(line)
      return found
    }
    const lines = await exported(null)
    assert.equal(lines.length, 3)
    assert.doesNotMatch(lines.join(), /theirs|T2/)
    assert.equal(verifyLines(lines)?.kind, 'whole')
    assert.equal((await exported('web')).length, 2)
    // Nothing of ours hides behind that.
    const hidden = lines.map((line) => line.replace('ours too', 'ours 2'))
    assert.equal(verifyLines(hidden)?.kind, 'broken')
    await redis.lset(keys.auditEntries, -2, lines[1]!)
    assert.equal((await one.verify()).kind, 'broken')
  })

  it('links each entry to the one before, so that anyone with SHA-256 can check it', async () => {
    await one.append([draft('first'), draft('second')])
    await one.append([draft('third')])
    const entries = await all()
    assert.deepEqual(
      entries.map(({ seq, what }) => [seq, what]),
      [
        [1, 'first'],
        [2, 'second'],
        [3, 'third'],
      ],
    )
    let previous = GENESIS
    for (const { hash, ...body } of entries) {
      assert.equal(body.previous, previous)
      const text = JSON.stringify(sorted(body))
      assert.equal(hash, createHash('sha256').update(`${previous}\n${text}`).digest('hex'))
      previous = hash
    }
    assert.deepEqual(await one.verify(), {
      kind: 'whole',
      entries: 3,
      first: 1,
      head: { seq: 3, hash: previous, floor: { seq: 0, hash: GENESIS } },
    })
  })

  it('stays one chain while two bots append at once', async () => {
    const names = Array.from({ length: 150 }, (_, index) => String(index))
    await Promise.all(names.map((name, index) => (index % 2 === 0 ? one : other).append([draft(name)])))
    assert.equal((await one.verify()).kind, 'whole')
    const entries = await all()
    assert.deepEqual(
      entries.map(({ seq }) => seq),
      names.map((_, index) => index + 1),
    )
    assert.deepEqual(entries.map(({ what }) => what).toSorted(), names.toSorted())
  })

  describe('when somebody has been at it', () => {
    beforeEach(async () => {
      await one.append(Array.from({ length: 1200 }, (_, index) => draft(`entry ${index + 1}`)))
      assert.equal(breaks(await one.verify()), null)
    })
    const rewrite = async (index: number, change: (text: string) => string): Promise<void> => {
      const text = (await redis.lindex(keys.auditEntries, index)) ?? ''
      await redis.lset(keys.auditEntries, index, change(text))
    }

    it('names the first entry that was changed', async () => {
      await rewrite(799, (text) => text.replace('Ada', 'Eve'))
      await rewrite(1000, (text) => text.replace('Ada', 'Eve'))
      assert.deepEqual(await one.verify(), {
        kind: 'broken',
        seq: 800,
        why: 'it was changed after it was written',
      })
    })

    it('finds a changed entry also when its own hash was made anew', async () => {
      await rewrite(799, (text) => {
        const { hash: _, ...body } = JSON.parse(text.replace('Ada', 'Eve')) as AuditEntry
        const hash = createHash('sha256')
          .update(`${body.previous}\n${canonical(body)}`)
          .digest('hex')
        return canonical({ ...body, hash })
      })
      assert.equal(breaks(await one.verify()), 801)
    })

    it('finds one that is gone from the middle, the beginning or the end', async () => {
      const text = (await redis.lindex(keys.auditEntries, 499)) ?? ''
      await redis.lrem(keys.auditEntries, 1, text)
      assert.deepEqual(await one.verify(), { kind: 'broken', seq: 500, why: 'it is missing' })
      await server.flush()
      one = createAuditLog(redis)
      await one.append([draft('a'), draft('b'), draft('c')])
      await redis.rpop(keys.auditEntries)
      assert.deepEqual(await one.verify(), { kind: 'broken', seq: 3, why: 'it is missing' })
      await redis.lpop(keys.auditEntries)
      assert.equal(breaks(await one.verify()), 1)
    })

    it('finds two that changed places, and one that was added', async () => {
      const [fifth, sixth] = await redis.lrange(keys.auditEntries, 4, 5)
      await redis.lset(keys.auditEntries, 4, sixth!)
      await redis.lset(keys.auditEntries, 5, fifth!)
      assert.equal(breaks(await one.verify()), 5)
      await redis.lset(keys.auditEntries, 4, fifth!)
      await redis.lset(keys.auditEntries, 5, sixth!)
      await redis.rpush(keys.auditEntries, sixth!)
      assert.equal(breaks(await one.verify()), 1201)
    })

    it('finds a beginning that was cut off and passed off as let go', async () => {
      const cut = JSON.parse((await redis.lindex(keys.auditEntries, 9)) ?? '') as AuditEntry
      const head = JSON.parse((await redis.get(keys.auditHead)) ?? '') as object
      await redis.ltrim(keys.auditEntries, 10, -1)
      await redis.set(keys.auditHead, canonical({ ...head, floor: { seq: 10, hash: cut.hash } }))
      assert.deepEqual(await one.verify(), {
        kind: 'broken',
        seq: 1,
        why: 'it is missing, and the chain does not say that it was dropped',
      })
    })
  })

  it('lets the oldest go beyond what is kept, and says so in the chain', async () => {
    const small = createAuditLog(redis, { kept: 20, now: () => T })
    for (let index = 1; index <= 31; index++) await small.append([draft(`entry ${index}`)])
    assert.equal((await all(small)).length, 31)
    const eleventh = (await all(small))[10]!
    await small.append([draft('entry 32')])
    const entries = await all(small)
    assert.deepEqual(
      [entries[0]!.what, entries.at(-2)!.what, entries.at(-1)!.what],
      ['entry 12', 'The 11 oldest entries were dropped', 'entry 32'],
    )
    assert.deepEqual(entries.at(-2)!.detail, { upTo: 11, hash: eleventh.hash, count: 11 })
    const verdict = await small.verify()
    assert.ok(verdict.kind === 'whole')
    assert.deepEqual([verdict.first, verdict.entries], [12, 22])
    // Again, so that the second cut follows from the first.
    for (let index = 33; index <= 60; index++) await small.append([draft(`entry ${index}`)])
    assert.equal((await small.verify()).kind, 'whole')
  })

  it('tells what was begun and never ended, once, though two bots look', async () => {
    await one.open('a', draft('died', T))
    await one.open('b', draft('under way', T + 5000))
    await one.open('c', draft('ended', T))
    await one.append([draft('ended')], ['c'])
    const swept = await Promise.all([one.sweep(T + 1000), other.sweep(T + 1000)])
    assert.equal(swept[0] + swept[1], 1)
    assert.deepEqual(
      (await all()).map(({ what, outcome }) => [what, outcome]),
      [
        ['ended', 'done'],
        ['died', 'unknown'],
      ],
    )
    await one.drop('b')
    assert.equal(await one.sweep(T + 10_000), 0)
  })

  it('finds the newest that are wanted', async () => {
    await one.append(Array.from({ length: 1300 }, (_, index) => draft(index % 100 === 0 ? 'wanted' : 'other')))
    const found = await one.newest(3, ({ what }) => what === 'wanted')
    assert.deepEqual(
      found.map(({ seq }) => seq),
      [1201, 1101, 1001],
    )
    assert.equal((await one.newest(50, ({ what }) => what === 'wanted')).length, 13)
  })

  it('keeps an entry once, though the connection was lost before the answer', async () => {
    // As ioredis does when a connection comes back: what was not answered is sent again.
    const twice = new Proxy(redis, {
      get: (target, name) =>
        name === 'eval'
          ? async (...args: Parameters<Redis['eval']>) => {
              await target.eval(...args)
              return target.eval(...args)
            }
          : Reflect.get(target, name, target),
    })
    const log = createAuditLog(twice)
    await log.append([draft('first'), draft('second')])
    await other.append([draft('of another')])
    await log.append([draft('third')])
    assert.deepEqual(
      (await all()).map(({ what }) => what),
      ['first', 'second', 'of another', 'third'],
    )
    assert.equal((await one.verify()).kind, 'whole')
  })

  it('says in the chain itself that its end was lost while a bot was looking', async () => {
    await one.append([draft('first'), draft('second')])
    const [head, entries] = [await redis.get(keys.auditHead), await redis.lrange(keys.auditEntries, 0, -1)]
    await one.append([draft('third'), draft('fourth')])
    const fourth = (await all())[3]
    await redis.set(keys.auditHead, head ?? '')
    await redis.ltrim(keys.auditEntries, 0, entries.length - 1)
    assert.equal((await one.verify()).kind, 'whole', 'by itself it looks whole')
    await one.append([draft('fifth')])
    const told = (await all()).map(({ action, outcome, what, detail }) => [action, outcome, what, detail['wasHash']])
    assert.deepEqual(told.slice(2), [
      ['setBack', 'failed', 'The record had 4 entries, and was found with 2', fourth?.hash],
      ['pin', 'done', 'fifth', undefined],
    ])
    assert.equal((await one.verify()).kind, 'whole')
  })

  it('says so when Redis does not answer', async () => {
    const gone = await startTestRedis()
    const log = createAuditLog(await gone.connect())
    await gone.stop()
    await assert.rejects(log.append([draft('lost')]), { code: 'storeFailed' })
    await assert.rejects(log.open('x', draft('lost')), { code: 'storeFailed' })
  })
})

function draft(what: string, at = T): AuditDraft {
  return {
    at,
    kind: 'request',
    actor: ada,
    place: { platform: 'console', channel: 'main' },
    tenant: null,
    pool: { id: 'web', name: 'web' },
    action: 'pin',
    what,
    decision: null,
    episode: null,
    approval: null,
    outcome: 'done',
    told: '',
    detail: { request: { kind: 'pin', count: 4 } },
  }
}

/** The documented form, made without the code under test. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const names = Object.keys(value).toSorted()
  return Object.fromEntries(names.map((name) => [name, sorted((value as Record<string, unknown>)[name])]))
}
