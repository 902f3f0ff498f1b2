import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createConsoleClient } from '../../src/cli/console-client.ts'
import { SpinupError } from '../../src/core/model/error.ts'
import { soFar } from '../../src/demo/so-far.ts'
import { createVisits } from '../../src/demo/visits.ts'
import { watch, type PoolNow, type Watch } from '../../src/demo/watch.ts'
import { exampleLive } from '../example-views.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { startExampleConsole, type ExampleConsole } from '../web/example-console.ts'

const EMPTY: PoolNow = { members: [], clones: [], serving: [], load: null, decision: null, mode: 'auto' }
const T = 1_700_000_000_000

describe('a wait of the demo', () => {
  let redis: TestRedis
  let example: ExampleConsole
  let seen: Watch
  const stopping = new AbortController()
  before(async () => {
    redis = await startTestRedis()
    example = await startExampleConsole(await redis.connect(), {
      live: async () => [exampleLive(Date.now())],
      liveMs: 50,
    })
    seen = watch(createConsoleClient(example.web.url, 'demo'), stopping.signal, () => 'So far:\n  quiet: p95 20 ms')
  })
  after(async () => {
    seen.stop()
    await example.close()
    await redis.stop()
  })

  it('ends with the card that it waits for, and sees the pool as the page does', async () => {
    await createConsoleClient(example.web.url, 'Ada').say('/spinup status')
    const card = await seen.until('the status', 20_000, () => seen.card((view) => view.kind === 'status'))
    assert.equal(card.kind, 'status')
    assert.ok(seen.kinds().includes('status') && seen.cards().length > 0)
    const pool = await seen.until('the pool', 20_000, () => seen.pool().members.length > 0 && seen.pool())
    const { members } = exampleLive(Date.now()).status
    assert.equal(pool.members.length, members.length)
    assert.deepEqual(
      pool.serving.map(({ id }) => id),
      members.filter(({ role, phase }) => role === 'clone' && phase === 'inService').map(({ id }) => id),
    )
  })

  it('that is in vain says what was awaited, and what is known so far', async () => {
    await assert.rejects(
      seen.until('the first clone in service', 300, () => null),
      (error: unknown) => {
        assert.ok(error instanceof SpinupError && error.code === 'timeout', String(error))
        assert.match(
          error.message,
          /^The demo waited 0 s for the first clone in service\.\nSo far:\n {2}quiet: p95 20 ms\n/,
        )
        assert.match(error.message, /bot\.log in its folder says more\.$/)
        return true
      },
    )
  })

  it('ends when the demo is stopped', async () => {
    const waiting = seen.until('never', 60_000, () => null)
    stopping.abort(new SpinupError('unavailable', 'stopped'))
    await assert.rejects(waiting, /stopped/)
  })
})

describe('what the demo knows when it stops short', () => {
  it('says how far it came', () => {
    const visits = createVisits()
    const none = soFar({ quiet: null, jumpAt: null, visits, pool: EMPTY, now: T })
    assert.equal(none, 'So far:\n  no visitor has come yet\n  no pool yet')
    visits.add({
      kind: 'second',
      second: 9,
      at: T + 9000,
      rate: 60,
      offered: 60,
      answered: 1,
      failed: 1,
      waiting: 240,
      p50Ms: 6100,
      p95Ms: 6100,
      visits: [
        { at: T + 2000, ms: 6100, failed: false },
        { at: T - 500, ms: 9000, failed: true },
      ],
    })
    const [member] = exampleLive(T).status.members
    const text = soFar({
      quiet: { rps: 3, p95Ms: 22 },
      jumpAt: T,
      visits,
      pool: { ...EMPTY, members: [member!], load: 0.97, decision: exampleLive(T).status.lastDecision },
      now: T + 10_000,
    })
    assert.match(text, /^ {2}quiet: 3 requests\/s, p95 22 ms$/m)
    assert.match(text, /^ {2}since the link was posted, 10\.0 s ago: 0 requests\/s, p95 6\.1 s, 0 failed$/m)
    assert.match(text, /^ {2}the last second: 1 answered, 1 failed, 240 visitors waiting$/m)
    assert.match(text, /^ {2}the pool: \S+ inService; CPU 97 %$/m)
    assert.match(text, /^ {2}last decision: .+$/m)
  })
})
