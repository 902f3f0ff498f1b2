import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { figuresCard, flawOf, type Figures } from '../../src/demo/figures.ts'

const api = {
  requests: 150,
  mostPerMinute: 103,
  limitPerMinute: 250,
  leastLeftOfHour: 4850,
  limitPerHour: 5000,
  refused: 0,
}
const GOOD: Figures = {
  quiet: { rps: 4, p95Ms: 30 },
  overload: { rps: 30, p95Ms: 7200 },
  recovered: { rps: 60, p95Ms: 40 },
  waitedMs: 7200,
  failedRequests: 0,
  decisionMs: 2500,
  inServiceMs: 6000,
  clonesPeak: 4,
  clonesEnd: 0,
  views: ['episode'],
  charts: [],
  api,
}

describe('the figures of the demo', () => {
  it('are convincing from an overload of five times the quiet wait on', () => {
    assert.equal(flawOf(GOOD), null)
    assert.equal(flawOf({ ...GOOD, waitedMs: 150, recovered: { rps: 60, p95Ms: 40 } }), null)
  })

  it('say what is wrong with a story that convinces nobody', () => {
    const cases: readonly (readonly [figures: Figures, says: RegExp])[] = [
      [{ ...GOOD, waitedMs: 149 }, /overload was not to be seen: p95 30 ms in the quiet, 149 ms until/],
      [{ ...GOOD, waitedMs: 52, quiet: { rps: 4, p95Ms: 67 } }, /overload was not to be seen/],
      [{ ...GOOD, quiet: { rps: 0, p95Ms: 0 }, waitedMs: 0 }, /overload was not to be seen/],
      [{ ...GOOD, recovered: { rps: 40, p95Ms: 4000 } }, /clones did not help: p95 7\.2 s before them, 4\.0 s with/],
      [{ ...GOOD, failedRequests: 1 }, /1 visit failed after the pool had recovered/],
      [{ ...GOOD, clonesEnd: 2 }, /2 clones did not leave/],
    ]
    for (const [figures, says] of cases) assert.match(flawOf(figures) ?? 'nothing', says)
  })

  it('are told in the channel by the same judgement', () => {
    const good = figuresCard(GOOD)
    assert.deepEqual([good.tone, good.title], ['good', 'You made the front page, and your site stayed up'])
    assert.match(
      good.text,
      /Decided after 2\.5 s; the first clone served 6\.0 s later\. 4 clones at the peak, none now\./,
    )
    const bad = figuresCard({ ...GOOD, waitedMs: 50 })
    assert.deepEqual([bad.tone, bad.title], ['warn', 'The demo failed'])
    assert.equal(bad.text, flawOf({ ...GOOD, waitedMs: 50 }))
  })
})
