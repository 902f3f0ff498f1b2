import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { changesOf, timeline, type TimelineOptions } from '../timeline.ts'

const TOLD: TimelineOptions = { reports: ['cpu', 'rps', 'inflight'] }

describe('the maximum', () => {
  it('says whether it limits, holds, or brings the pool back', () => {
    const pool = timeline({ max: 3 }, { ...TOLD, bootSeconds: 1 })
    pool.run(60, () => 0.3)
    const out = pool.run(30, () => 6)
    const first = out.find((judgement) => judgement.kind === 'scaleOut')!
    assert.match(first.reason, /^Limited to the maximum of 3; wanted \d+\. CPU 100 %, target 80 %\./)
    assert.match(out.at(-1)!.reason, /^Holding at the maximum of 3; wanted \d+/)
    assert.equal(pool.size(), 3)
    pool.setPolicy({ max: 2 })
    const [back] = pool.run(1, () => 6)
    assert.equal(back!.kind, 'scaleIn')
    assert.equal(back!.to, 2)
    assert.match(back!.reason, /^Back to the maximum of 2/)
    assert.doesNotMatch(back!.reason, /Holding at/)
  })

  it('is passed by nothing: no pin, no calendar that is over', () => {
    const pool = timeline({ max: 3 }, TOLD)
    pool.pin(9, 600_000)
    const [order] = pool.run(1, () => 0.3)
    assert.equal(order!.to, 3)
    assert.equal(order!.rule, 'max')
    assert.match(
      order!.reason,
      /^Limited to the maximum of 3; wanted 9\. Pinned at 9 members by Ada, 9 min 59 s left\./,
    )
  })
})

describe('the minimum', () => {
  it('is kept whatever the load, also with nobody to tell of it', () => {
    const pool = timeline({ min: 3 }, TOLD)
    const [order] = pool.run(1, () => 0)
    assert.equal(order!.to, 3)
    assert.equal(order!.rule, 'min')
    assert.equal(order!.reason, 'The minimum is 3. CPU 0 %, target 80 %.')
    const empty = timeline({ min: 2 }, { ...TOLD, members: 0 })
    assert.equal(empty.run(1, () => 0)[0]!.to, 2)
    assert.deepEqual(changesOf(empty.run(30, () => 0)), [], 'they are on their way')
  })
})

describe('a pin', () => {
  it('holds against load and quiet, and lets go when it lapses', () => {
    const pool = timeline({}, TOLD)
    pool.pin(3, 120_000)
    pool.run(20, () => 0.1)
    assert.equal(pool.size(), 3)
    const busy = pool.run(20, () => 5)
    assert.equal(pool.size(), 3)
    assert.equal(busy.at(-1)!.reason, 'Pinned at 3 members by Ada, 1 min 20 s left.')
    assert.ok(busy.at(-1)!.wanted >= 3, 'what the load asks for is still told')
    pool.run(120, () => 5)
    assert.ok(pool.size() > 3)
  })
})

describe('a pause', () => {
  it('stops every change, says what would be, and ends by itself or by hand', () => {
    const pool = timeline({}, TOLD)
    pool.run(60, () => 0.3)
    pool.pause()
    const last = pool.run(10, () => 4).at(-1)!
    assert.equal(pool.size(), 1)
    assert.equal(last.rule, 'pause')
    assert.match(last.reason, /^Paused by Ada, until resumed\. Would be at ([5-9]|10)\.$/)
    pool.pause(pool.now() + 30_000)
    assert.match(pool.run(10, () => 4).at(-1)!.reason, /^Paused by Ada, 20 s left\./)
    pool.run(30, () => 4)
    assert.ok(pool.size() >= 5)
  })

  it('stops a pin and the limits too', () => {
    const pool = timeline({}, TOLD)
    pool.pause()
    pool.pin(4, 600_000)
    assert.deepEqual(changesOf(pool.run(20, () => 0.3)), [])
    pool.resume()
    assert.equal(pool.run(1, () => 0.3)[0]!.to, 4)
  })
})

describe('the calendar', () => {
  const name = 'The calendar (0 8 * * 1-5, 10 h, Europe/Berlin)'

  it('raises the minimum while a window is open, and says so', () => {
    const pool = timeline({ slowMinute: 0 }, TOLD)
    pool.run(60, () => 0.3)
    pool.openWindows([{ name, min: 4, max: null, until: pool.now() + 3_600_000 }])
    const [order] = pool.run(1, () => 0.3)
    assert.equal(order!.to, 4)
    assert.equal(order!.rule, 'calendar')
    assert.equal(order!.reason, `${name} keeps at least 4 now. CPU 30 %, target 80 %.`)
    pool.run(1800, () => 0.3)
    assert.equal(pool.size(), 4, 'quiet as it is')
    pool.openWindows([])
    pool.run(1800, () => 0.3)
    assert.equal(pool.size(), 1)
  })

  it('raises the maximum, and brings the pool back when it closes', () => {
    const pool = timeline({ max: 2 }, { ...TOLD, bootSeconds: 10 })
    pool.openWindows([{ name, min: null, max: 4, until: pool.now() + 60_000 }])
    pool.run(120, () => 5)
    assert.equal(pool.size(), 4)
    pool.openWindows([])
    const [back] = pool.run(1, () => 5)
    assert.equal(back!.to, 2)
    assert.equal(back!.rule, 'max')
  })

  it('takes the highest of several, and goes no further than max', () => {
    const pool = timeline({ max: 5 }, TOLD)
    const until = pool.now() + 3_600_000
    pool.openWindows([
      { name: 'A', min: 2, max: null, until },
      { name: 'B', min: 9, max: null, until },
    ])
    const [order] = pool.run(1, () => 0.3)
    assert.equal(order!.to, 5)
    assert.equal(order!.rule, 'calendar')
    assert.match(order!.reason, /^B keeps at least 5 now\./)
  })

  it('never lowers anything', () => {
    const pool = timeline({ min: 2, max: 5 }, { ...TOLD, members: 2 })
    pool.openWindows([{ name, min: 1, max: 1, until: pool.now() + 60_000 }])
    const judgements = pool.run(30, () => 1)
    assert.deepEqual(changesOf(judgements), [])
    assert.equal(judgements.at(-1)!.rule, 'withinTolerance')
  })
})
