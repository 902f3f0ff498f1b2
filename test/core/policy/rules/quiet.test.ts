import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Policy } from '../../../../src/core/model/policy.ts'
import { changesOf, timeline, type Timeline, type TimelineOptions } from '../timeline.ts'

const TOLD: TimelineOptions = { reports: ['cpu', 'rps', 'inflight'], told: { bootMs: 60_000 } }

function pool(members: number, busy: number, policy: Partial<Policy> = {}): Timeline {
  const made = timeline(policy, { ...TOLD, members })
  made.run(120, () => busy)
  return made
}
/** After how many seconds of `load` the first leaves. */
function firstOut(made: Timeline, load: number): number {
  for (let seconds = 0; seconds < 7200; seconds++) {
    if (made.run(1, () => load)[0]!.kind === 'scaleIn') return seconds
  }
  return Infinity
}

describe('scale in', () => {
  it('keeps what would sit over target without them', () => {
    const made = pool(3, 2)
    const judgements = made.run(3000, () => 1.7)
    assert.deepEqual(changesOf(judgements), [], 'two would sit at 85 %')
  })

  it('says what would be left, and how full it would be', () => {
    const made = pool(3, 2)
    const judgements = made.run(1800, () => 0.9)
    const first = judgements.find((judgement) => judgement.kind === 'scaleIn')!
    assert.equal(first.to, 2)
    assert.equal(first.reason, 'Quiet: CPU 30 %, target 80 %; 2 would sit at 45 %.')
    const before = judgements.find((judgement) => judgement.rule === 'notQuietLongEnough')!
    assert.match(before.reason, /^Holding at 3: 1 member could go, if it stays this quiet for \d+ min( \d+ s)? more\.$/)
  })

  it('promises nothing by the millisecond', () => {
    const made = pool(6, 4.5)
    for (const { reason } of made.run(2400, () => 0.4)) assert.doesNotMatch(reason, /\d ms|\d\.\d s/)
  })

  it('says that it is so only of members that may leave', () => {
    const least = pool(2, 0.2, { min: 2 }).run(30, () => 0.2)
    for (const { reason, rule } of least) {
      assert.equal(rule, 'min')
      assert.match(reason, /^The minimum is 2\. Quiet: CPU 10 %, target 80 %; 1 would sit at \d+ %\.$/)
    }
    const open = pool(3, 0.3)
    open.openWindows([{ name: 'The calendar', min: 3, max: null, until: open.now() + 3_600_000 }])
    assert.match(open.run(30, () => 0.3).at(-1)!.reason, /^The calendar keeps at least 3 now\. Quiet/)
    const spared = pool(3, 0.3)
    spared.protect('web-2')
    assert.match(spared.run(30, () => 0.3).at(-1)!.reason, /^Holding at 3: 1 member could go, if it stays this quiet/)
    spared.protect('web-3')
    assert.equal(spared.run(30, () => 0.3).at(-1)!.rule, 'noCandidate')
    assert.match(
      pool(4, 0.3, { min: 3 })
        .run(30, () => 0.3)
        .at(-1)!.reason,
      /^Holding at 4: 1 member could go/,
    )
  })

  it('lets many idle members go soon and a single one late', () => {
    const many = firstOut(pool(10, 7.5), 1)
    const one = firstOut(pool(2, 1.5), 0.5)
    assert.ok(many >= 30 && many <= 240, `many after ${many} s`)
    assert.ok(one >= 5 * many, `one after ${one} s`)
    assert.ok(one <= 3600)
  })

  it('waits longer where a slow site costs more, and hardly at all where it costs nothing', () => {
    const cheap = firstOut(pool(4, 3, { slowMinute: 0 }), 1)
    const usual = firstOut(pool(4, 3), 1)
    const dear = firstOut(pool(4, 3, { slowMinute: 20 }), 1)
    assert.ok(cheap < usual && usual < dear, `${cheap}, ${usual}, ${dear} s`)
    assert.ok(cheap >= 55, 'the quiet window still has to pass')
  })

  it('takes half of the pool at most, and no more than the policy allows', () => {
    const half = pool(10, 7.5).run(600, () => 0.5)
    const leaving = half.filter((judgement) => judgement.kind === 'scaleIn')
    for (const judgement of leaving) assert.ok(judgement.to >= judgement.from / 2)
    assert.match(leaving[0]!.reason, new RegExp(` For now ${leaving[0]!.to} stay\\.$`))
    const single = pool(10, 7.5, { maxStepIn: 1 }).run(600, () => 0.5)
    for (const judgement of single) assert.ok(judgement.from - judgement.to <= 1)
    assert.ok(single.some((judgement) => judgement.kind === 'scaleIn'))
  })

  it('looks back over the quiet window: its highest has to fit', () => {
    const made = pool(4, 3, { slowMinute: 0, scaleInWindowMs: 600_000 })
    assert.ok(firstOut(made, 1) >= 540)
    const last = pool(4, 3, { scaleInWindowMs: 600_000 })
      .run(120, () => 1)
      .at(-1)!
    assert.equal(
      last.reason,
      'Holding at 4: CPU 25 %, target 80 %; the highest of the last 10 min would not fit on fewer.',
    )
  })

  it('never takes the origin, and goes down to min', () => {
    const made = pool(6, 4.5)
    made.run(5400, () => 0.1)
    assert.deepEqual(
      made.members().map((member) => member.id),
      ['web-1'],
    )
    const two = pool(6, 4.5, { min: 2 })
    two.run(2400, () => 0.1)
    assert.equal(two.size(), 2)
  })

  it('does not flap: a load that comes and goes every few minutes keeps its members', () => {
    const made = pool(4, 3)
    const changes = changesOf(made.run(3600, (t) => (t % 300 < 150 ? 3 : 1)))
    assert.ok(changes.length <= 1, changes.join(', '))
  })

  it('never happens while members are at their limit', () => {
    const made = timeline(
      { slowMinute: 0, stat: 'orders', target: 100 },
      {
        ...TOLD,
        members: 4,
        stats: () => ({ orders: 1 }),
      },
    )
    const judgements = made.run(300, () => 4.5)
    assert.deepEqual(changesOf(judgements), [])
    assert.match(judgements.at(-1)!.reason, /members are at their limit right now/)
  })
})

describe('the cooldown', () => {
  it('parts two steps in, and says what is left', () => {
    const made = pool(10, 7.5, { maxStepIn: 1, slowMinute: 0, scaleInCooldownMs: 90_000 })
    const judgements = made.run(900, () => 0.5)
    const times = judgements.filter((judgement) => judgement.kind === 'scaleIn').map((judgement) => judgement.at)
    assert.ok(times.length >= 5)
    for (const [index, at] of times.entries()) if (index > 0) assert.equal(at - times[index - 1]!, 90_000)
    const held = judgements.find((judgement) => judgement.rule === 'cooldown')!
    assert.match(held.reason, /^Holding at \d: would go to \d, but the last change was .+ ago \(cooldown, .+ left\)\.$/)
  })

  it('parts two steps out only where the policy asks for it', () => {
    const orders = (scaleOutCooldownMs: number): readonly string[] => {
      const made = pool(1, 0.5, { scaleOutCooldownMs })
      return changesOf([...made.run(10, () => 2), ...made.run(30, () => 9)])
    }
    assert.ok(orders(0).length >= 2)
    assert.equal(orders(60_000).length, 1)
  })

  it('holds nothing in after a step out', () => {
    const made = pool(4, 3, { slowMinute: 0, scaleInWindowMs: 5000, scaleInCooldownMs: 600_000 })
    made.run(5, () => 5)
    assert.ok(made.size() > 4)
    assert.deepEqual(changesOf(made.run(580, () => 0.5)), [])
    made.run(60, () => 0.5)
    assert.ok(made.size() < 6)
  })
})
