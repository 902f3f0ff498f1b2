import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EMPTY_MEMORY, type ObservedMember } from '../../../../src/core/model/decision.ts'
import { decide } from '../../../../src/core/policy/decide.ts'
import { notice } from '../../../../src/core/policy/notice.ts'
import { affordable } from '../../../../src/core/policy/rules/cost.ts'
import { DEFAULT_POLICY } from '../../../../src/core/model/policy.ts'
import { changesOf, timeline, type TimelineOptions } from '../timeline.ts'

const TOLD: TimelineOptions = { reports: ['cpu', 'rps', 'inflight'], told: { dollarsPerHour: 0.1 } }
const HOUR = 3_600_000

describe('the limit of dollars an hour', () => {
  it('lets no more members be than it pays for, and says so', () => {
    const pool = timeline({ maxDollarsPerHour: 0.35 }, TOLD)
    pool.run(60, () => 0.5)
    const judgements = pool.run(300, () => 5)
    const first = judgements.find((judgement) => judgement.kind === 'scaleOut')!
    assert.equal(first.to, 3)
    assert.equal(first.rule, 'costPerHour')
    assert.match(
      first.reason,
      /^Limited to 3: \$0\.35 an hour pays for 3 at \$0\.10 each; wanted \d\. CPU 100 %, target 80 %\./,
    )
    assert.equal(pool.size(), 3)
    assert.match(judgements.at(-1)!.reason, /^Holding at 3: \$0\.35 an hour pays for 3/)
    assert.ok(judgements.at(-1)!.wanted > 3)
  })

  it('wins over a pin and over min', () => {
    const pinned = timeline({ maxDollarsPerHour: 0.2 }, TOLD)
    pinned.pin(5, HOUR)
    assert.equal(pinned.run(1, () => 0.3)[0]!.to, 2)
    const least = timeline({ min: 5, max: 9, maxDollarsPerHour: 0.3 }, TOLD)
    assert.equal(least.run(1, () => 0.3)[0]!.to, 3)
  })

  it('brings a pool back that costs more, but never takes the last one nor the protected', () => {
    const pool = timeline({}, { ...TOLD, members: 5 })
    pool.run(60, () => 4)
    pool.protect('web-2')
    pool.protect('web-3')
    pool.protect('web-4')
    pool.setPolicy({ maxDollarsPerHour: 0.2 })
    const [back] = pool.run(1, () => 4)
    assert.equal(back!.kind, 'scaleIn')
    assert.equal(back!.to, 4)
    assert.match(back!.reason, /^Back to 2: \$0\.20 an hour pays for 2 .* Only 1 may leave\.$/)
    const single = timeline({ maxDollarsPerHour: 0.01 }, TOLD)
    assert.deepEqual(changesOf(single.run(60, () => 0.5)), [], 'the origin stays')
  })

  it('counts the origin at its own price, which is not a clone’s', () => {
    const told = { dollarsPerHour: 0.01, originDollarsPerHour: 0.1 }
    assert.deepEqual(affordable({ ...DEFAULT_POLICY, maxDollarsPerHour: 0.13 }, told, 0, 0).hourly, 4)
    assert.deepEqual(affordable({ ...DEFAULT_POLICY, maxDollarsPerHour: 0.05 }, told, 0, 0).hourly, -4)
    const pool = timeline({ maxDollarsPerHour: 0.13 }, { ...TOLD, told })
    pool.run(60, () => 0.5)
    const judgements = pool.run(300, () => 9)
    assert.equal(pool.size(), 4)
    assert.match(
      judgements.at(-1)!.reason,
      /^Holding at 4: \$0\.13 an hour pays for 4 at \$0\.10 for the origin and \$0\.01 for each clone;/,
    )
    const { dollars } = pool.memory().load!.spend
    assert.ok(dollars > (360 * 0.1) / 3600 && dollars <= (360 * 0.13) / 3600, `$${dollars}`)
  })

  it('pays for what is leaving, too, before anything more is made', () => {
    const members = ['inService', 'inService', 'draining', 'deleting'].map((phase, index): ObservedMember => ({
      id: `web-${index + 1}`,
      phase: phase as ObservedMember['phase'],
      origin: index === 0,
      ageMs: HOUR,
      removable: index > 0,
      stats: { cpu: 0.3 },
      lastSampleAt: HOUR,
    }))
    const wish = (limit: number, pinned: number) =>
      decide(
        {
          poolId: 'web',
          members,
          pin: { count: pinned, owner: 'Ada', expiresAt: 2 * HOUR },
          pause: null,
          dollarsPerHour: 0.1,
        },
        { ...DEFAULT_POLICY, maxDollarsPerHour: limit, max: 9 },
        EMPTY_MEMORY,
        HOUR,
      )
    assert.equal(wish(0.5, 5).to, 3)
    assert.match(
      wish(0.5, 5).reason,
      /^Limited to 3: .* at \$0\.10 each, 2 droplets on the way out among them; wanted 5/,
    )
    assert.equal(wish(0.4, 5).to, 2, 'four droplets are there')
    assert.equal(wish(0.2, 5).to, 2, 'what leaves already makes no other leave')
    assert.equal(wish(0.1, 5).to, 1)
  })

  it('limits nothing while the price is unknown', () => {
    const pool = timeline(
      { maxDollarsPerHour: 0.01, maxDollarsPerMonth: 0.01 },
      { reports: ['cpu', 'rps', 'inflight'] },
    )
    pool.run(60, () => 0.5)
    pool.run(60, () => 5)
    assert.ok(pool.size() >= 6)
  })
})

describe('the monthly budget', () => {
  const policy = { ...DEFAULT_POLICY, maxDollarsPerMonth: 100 }
  /** Ten days before the end of May. */
  const late = Date.UTC(2026, 4, 22)
  const price = { dollarsPerHour: 0.1 }

  it('keeps what the minimum will cost until the month is over', () => {
    // 240 h at $0.10: 24 dollars are spoken for.
    assert.equal(affordable(policy, price, 75, late).monthly, 11, 'one dollar is free: ten members for an hour')
    assert.equal(affordable(policy, price, 76, late).monthly, 1)
    assert.equal(affordable(policy, price, 99, late).monthly, 1, 'the origin is never taken')
    assert.equal(affordable({ ...policy, min: 3 }, price, 20, late).monthly, 3 + 80)
    assert.equal(affordable({ ...policy, maxDollarsPerMonth: null }, price, 1e9, late).monthly, Infinity)
  })

  it('wins over the minimum: where it does not last for that, it is kept for the origin', () => {
    const least = { ...policy, min: 3 }
    assert.equal(affordable(least, price, 28, late).monthly, 3, '72 dollars, which three cost to the end')
    assert.equal(affordable(least, price, 40, late).monthly, 3, '24 are the origin’s, 36 last for two more for a while')
    assert.equal(affordable(least, price, 75.85, late).monthly, 2, '15 cents: an hour of one more')
    assert.equal(affordable(least, price, 76, late).monthly, 1)
    assert.equal(affordable(least, price, 500, late).monthly, 1)
    const pool = timeline(
      { min: 3, maxDollarsPerMonth: 1.2 },
      { ...TOLD, members: 3, startAt: Date.UTC(2026, 4, 31, 19) },
    )
    const judgements = pool.run(5 * 3600 - 1, () => 0.3)
    const alone = judgements.find((judgement) => judgement.to === 1)
    assert.match(alone?.reason ?? '', /^Back to 1: .* and your own droplet has to be paid until its end; wanted 3\./)
    assert.equal(pool.size(), 3, 'what was saved pays for the minimum again until the end')
    const { dollars } = pool.memory().load!.spend
    assert.ok(dollars <= 1.2 && dollars > 1, `$${dollars}`)
  })

  it('is spent by the members there are, second by second, and begins anew with the month', () => {
    const pool = timeline({ maxDollarsPerMonth: 1000 }, { ...TOLD, members: 3, startAt: Date.UTC(2026, 4, 31, 22) })
    pool.run(3600, () => 2)
    const { spend } = pool.memory().load!
    assert.equal(spend.month, '2026-05')
    assert.ok(Math.abs(spend.dollars - 0.3) < 0.001, `$${spend.dollars}`)
    pool.run(2 * 3600, () => 2)
    assert.equal(pool.memory().load!.spend.month, '2026-06')
    assert.ok(Math.abs(pool.memory().load!.spend.dollars - 0.3) < 0.001)
  })

  it('is charged only for what is of this month after a night in which nobody looked', () => {
    const observation = {
      poolId: 'web',
      members: [],
      pin: null,
      pause: null,
      dollarsPerHour: 0.1,
    }
    const member: ObservedMember = {
      id: 'web-1',
      phase: 'inService',
      origin: true,
      ageMs: HOUR,
      removable: false,
      stats: null,
      lastSampleAt: null,
    }
    const seen = { ...observation, members: [member] }
    const before = notice(seen, DEFAULT_POLICY, EMPTY_MEMORY, Date.UTC(2026, 4, 31, 14))
    const after = notice(seen, DEFAULT_POLICY, before, Date.UTC(2026, 5, 1, 2))
    assert.equal(after.load!.spend.month, '2026-06')
    assert.ok(Math.abs(after.load!.spend.dollars - 0.2) < 1e-9)
  })

  it('brings the pool back to the minimum when it is used up, and names itself', () => {
    const startAt = Date.UTC(2026, 4, 31, 20)
    // Four hours of one member are 40 cents; 20 more are free.
    const pool = timeline({ maxDollarsPerMonth: 0.6 }, { ...TOLD, startAt })
    pool.run(60, () => 0.5)
    const judgements = pool.run(2 * 3600, () => 5)
    const first = judgements.find((judgement) => judgement.kind === 'scaleOut')!
    assert.ok(first.to <= 3, 'no more than an hour of it is paid for')
    assert.equal(first.rule, 'budget')
    assert.match(
      first.reason,
      /^Limited to \d: \$0\.\d+ of this month’s \$0\.60 is spent, and the minimum has to be paid until its end; wanted \d\./,
    )
    const back = judgements.findLast((judgement) => judgement.kind === 'scaleIn')!
    assert.match(back.reason, /^Back to 1: /)
    assert.equal(pool.size(), 1)
    assert.ok(judgements.at(-1)!.wanted > 1, 'it is not the load that went')
    assert.ok(pool.memory().load!.spend.dollars <= 0.6)
    pool.setPolicy({ maxDollarsPerMonth: 100 })
    pool.run(5, () => 5)
    assert.ok(pool.size() > 1, 'more money')
  })
})

describe('the limit of changes an hour', () => {
  it('holds once there were so many, says when the next may be, and then lets go', () => {
    const pool = timeline({ maxChangesPerHour: 2 }, { ...TOLD, bootSeconds: 5 })
    pool.run(30, () => 0.5)
    pool.run(60, () => 1.5)
    pool.run(60, () => 3)
    const size = pool.size()
    assert.equal(pool.memory().changes.length, 2)
    const held = pool.run(60, () => 9)
    assert.equal(pool.size(), size)
    assert.equal(held.at(-1)!.rule, 'changesPerHour')
    assert.match(
      held.at(-1)!.reason,
      /^Holding at \d: would go to \d+, but there were 2 changes within the hour; the next may be in 5\d min \d+ s\.$/,
    )
    pool.run(3600, () => 9)
    assert.ok(pool.size() > size)
  })

  it('keeps no pool from coming back to what the money pays for', () => {
    const pool = timeline({ maxChangesPerHour: 1 }, { ...TOLD, members: 3 })
    pool.run(30, () => 0.3)
    pool.pin(4, HOUR)
    pool.run(60, () => 0.3)
    assert.equal(pool.size(), 4)
    pool.setPolicy({ maxDollarsPerHour: 0.2 })
    assert.deepEqual(
      pool.run(1, () => 0.3).map(({ rule, to }) => [rule, to]),
      [['costPerHour', 2]],
    )
  })

  it('counts changes by hand as well: a pin that moves is one', () => {
    const pool = timeline({ maxChangesPerHour: 1 }, TOLD)
    pool.pin(2, HOUR)
    pool.run(1, () => 0.3)
    pool.pin(3, HOUR)
    assert.equal(pool.run(1, () => 0.3)[0]!.rule, 'changesPerHour')
  })
})
