import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_POLICY, type Fallback, type Policy } from '../../../../src/core/model/policy.ts'
import type { Stats } from '../../../../src/core/model/sample.ts'
import { changePolicy } from '../../../../src/core/policy/fields.ts'
import { timeline, type Timeline } from '../timeline.ts'

/** Four members whose app tells `stat` until it is hushed. */
function told(policy: Partial<Policy>, stat: string, value: number): Timeline & { hush(quiet: boolean): void } {
  let quiet = false
  const stats = (): Stats => (quiet ? {} : { [stat]: value })
  const pool = timeline(policy, { reports: ['cpu', 'rps', 'inflight'], members: 4, bootSeconds: 20, stats })
  return Object.assign(pool, { hush: (to: boolean) => void (quiet = to) })
}
const queue = (fallback: Fallback): Partial<Policy> => ({ stat: 'queue_depth', target: 10, fallback })

describe('a stat that stops while agents speak', () => {
  it('holds unless the policy says otherwise', () => {
    const pool = told(queue({ kind: 'hold' }), 'queue_depth', 10)
    pool.run(120, () => 0.4)
    pool.hush(true)
    const judgements = pool.run(1800, () => 0.4)
    assert.equal(pool.size(), 4)
    assert.match(judgements.at(-1)!.reason, /^Holding at 4: no member reports queue_depth/)
  })

  for (const [members, size] of [
    [6, 6],
    [2, 2],
    [4, 4],
    [9, 8],
  ] as const) {
    it(`is kept at ${members} members, within the limits, when the team says so`, () => {
      const pool = told({ ...queue({ kind: 'size', members }), max: 8 }, 'queue_depth', 10)
      pool.run(120, () => 0.4)
      pool.hush(true)
      pool.run(30, () => 0.4)
      assert.equal(pool.size(), 4, 'it may be a moment')
      const judgements = pool.run(120, () => 0.4)
      assert.equal(pool.size(), size)
      const last = judgements.at(-1)!
      assert.match(
        last.reason,
        new RegExp(`Nobody reports queue_depth, so the pool keeps ${members} members meanwhile\\.$`),
      )
      assert.equal(last.rule, members > 8 ? 'max' : 'fallback')
      pool.hush(false)
      assert.doesNotMatch(pool.run(5, () => 0.4).at(-1)!.reason, /Nobody reports/)
    })
  }

  it('goes by another stat, and by its own again once it is back', () => {
    const pool = told(queue({ kind: 'stat', stat: 'cpu', target: 0.7 }), 'queue_depth', 10)
    pool.run(120, () => 2)
    pool.hush(true)
    const judgements = pool.run(300, () => 6.5)
    assert.ok(pool.size() >= 9, `${pool.size()} for 6.5 CPUs at 70 %`)
    assert.match(
      judgements.at(-1)!.reason,
      /CPU \d+ %, target 70 %.* Nobody reports queue_depth, so the pool goes by CPU \(target 70 %\) meanwhile\./,
    )
    pool.hush(false)
    assert.match(pool.run(20, () => 6.5).at(-1)!.reason, /queue_depth 10, target 10/)
  })

  it('is one of several: the others count, and a size is the least', () => {
    for (const [fallback, least, says] of [
      [{ kind: 'size', members: 7 }, 7, /Nobody reports jobs, so the pool keeps at least 7 members meanwhile/],
      [
        { kind: 'stat', stat: 'cpu', target: 0.8 },
        4,
        /Nobody reports jobs, so the pool goes by CPU \(target 80 %\) meanwhile/,
      ],
    ] as const) {
      const also = [{ stat: 'jobs', target: 5, how: 'mean', across: 'member', fallback }] as const
      const pool = told({ also }, 'jobs', 5)
      pool.run(120, () => 2.8)
      pool.hush(true)
      const judgements = pool.run(200, () => 2.8)
      assert.ok(pool.size() >= least, `${pool.size()} of ${least}`)
      assert.match(judgements.at(-1)!.reason, says)
      pool.run(400, () => 8)
      assert.ok(pool.size() >= 10, 'CPU asks for more')
    }
  })

  it('lets nobody go when it is back and asks for them, however quiet the rest was meanwhile', () => {
    for (const [stat, each, target] of [
      ['queue_depth', 8, 10],
      ['jobs', 40, 50],
      ['orders', 4, 4],
    ] as const) {
      const goal: Policy['also'][number] = {
        stat,
        target,
        how: 'sum',
        across: 'pool',
        fallback: { kind: 'size', members: 4 },
      }
      const pool = told({ also: [goal] }, stat, each)
      pool.run(120, () => 0.4)
      pool.hush(true)
      pool.run(1800, () => 0.4)
      pool.hush(false)
      for (const { kind, reason } of pool.run(120, () => 0.4)) assert.notEqual(kind, 'scaleIn', reason)
      assert.ok(pool.size() >= 4)
    }
  })

  it('is missing too when it is the stand-in that stops: then the pool is held', () => {
    const pool = told(queue({ kind: 'stat', stat: 'jobs', target: 3 }), 'queue_depth', 10)
    pool.run(60, () => 0.4)
    pool.hush(true)
    assert.match(pool.run(600, () => 0.4).at(-1)!.reason, /^Holding at 4: no member reports jobs/)
  })

  it('is not what silent agents are, nor a pool at rest whose pages take no time', () => {
    const silent = told(queue({ kind: 'size', members: 1 }), 'queue_depth', 10)
    silent.run(60, () => 2)
    for (const { id } of silent.members()) silent.silence(id)
    assert.match(silent.run(300, () => 2).at(-1)!.reason, /no agent reports/)
    assert.equal(silent.size(), 4)
    const rest = timeline(
      { stat: 'p95', target: 1, fallback: { kind: 'size', members: 9 } },
      { reports: ['cpu', 'rps'], members: 2 },
    )
    rest.run(300, () => 0)
    assert.equal(rest.size(), 2)
  })
})

describe('the fallback as it is typed', () => {
  const typed = (changes: Record<string, string>): Policy => changePolicy(DEFAULT_POLICY, changes)
  it('is hold, a size, or a stat with or without its target', () => {
    for (const [text, fallback] of [
      ['hold', { kind: 'hold' }],
      ['3', { kind: 'size', members: 3 }],
      ['memory', { kind: 'stat', stat: 'memory', target: 0.8 }],
      ['memory@70%', { kind: 'stat', stat: 'memory', target: 0.7 }],
      ['queue_depth@1,500', { kind: 'stat', stat: 'queue_depth', target: 1500 }],
    ] as const) {
      assert.deepEqual(typed({ fallback: text }).fallback, fallback)
    }
  })

  it('is one for each statistic', () => {
    const { also } = typed({ also: 'queue_depth:100:sum:else=3,jobs:5:pool:else=cpu@70%,memory:85%:else=hold' })
    assert.deepEqual(
      also.map(({ fallback }) => fallback),
      [{ kind: 'size', members: 3 }, { kind: 'stat', stat: 'cpu', target: 0.7 }, undefined],
    )
  })

  it('is refused in words where it makes no sense', () => {
    for (const text of ['0', '1001', '-3', 'queue_depth', 'cpu@0', 'cpu@70%@3', 'cpu', '', 'no stat']) {
      assert.throws(
        () => typed({ fallback: text }),
        /^SpinupError: fallback=.* is not understood: it takes .* Nothing was changed\.$/,
        text,
      )
    }
    assert.throws(() => typed({ also: 'jobs:5:else=jobs@3' }), /another statistic than jobs itself/)
    assert.throws(() => typed({ also: 'jobs:5:else=queue' }), /a target with queue, e\.g\. queue@100/)
  })
})
