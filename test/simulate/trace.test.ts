import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cut } from '../../src/simulate/demand.ts'
import { scaledTo } from '../../src/simulate/standard.ts'
import { highRate, parseTrace } from '../../src/simulate/trace.ts'

const refused = (text: string, message: RegExp): void => {
  assert.throws(() => parseTrace('counts', text), { code: 'badInput', message })
}

describe('a trace', () => {
  it('is counts by the step, as ISO times or epoch seconds, in any order', () => {
    const iso = parseTrace(
      'counts',
      'time,requests\n2026-01-05T12:01:00Z,1200\n2026-01-05T12:00:00Z,600\r\n\n2026-01-05T12:02:00Z,600\n',
    )
    const startsAt = Date.UTC(2026, 0, 5, 12) / 1000
    assert.deepEqual({ seconds: iso.seconds, startsAt: iso.startsAt }, { seconds: 180, startsAt })
    // A count is the mean of its step: it stands at the step's middle, with straight lines between.
    assert.deepEqual([30, 60, 90, 150].map(iso.rate), [10, 15, 20, 10])
    const epoch = parseTrace('counts', `time,requests\n${startsAt},600\n${startsAt + 60},1200\n${startsAt + 120},600`)
    assert.deepEqual([30, 60, 90, 150].map(epoch.rate), [10, 15, 20, 10])
  })

  it('goes on through a step that was not counted', () => {
    const trace = parseTrace('counts', 'time,requests\n0,600\n60,600\n240,1200\n300,1200\n360,1200')
    assert.equal(trace.seconds, 420)
    assert.deepEqual([90, 150, 210].map(trace.rate), [10, 10, 10], 'as before the gap')
    assert.equal(trace.rate(270), 20)
  })

  it('is refused with the line that is wrong', () => {
    refused('when,how many\n0,1\n', /begin with the line "time,requests"/)
    refused('time,requests\n0,5\n', /at least two rows/)
    refused('time,requests\n0,5\nyesterday,7\n', /line 3: "yesterday,7"/)
    refused('time,requests\n0,5\n60,-7\n', /line 3/)
    refused('time,requests\n0,5\n60,\n', /line 3/)
    refused('time,requests\n0,5\n60,NaN\n', /line 3/)
  })

  it('is made so large that its busiest needs the members asked for at 70 %', () => {
    const trace = parseTrace('counts', 'time,requests\n0,600\n60,1200\n120,600\n180,600')
    const high = highRate(scaledTo(trace, 14, 100))
    assert.ok(Math.abs(high - 980) < 1, `${high}`)
    assert.equal(cut(trace, 60).seconds, 60)
    const nothing = parseTrace('counts', 'time,requests\n0,0\n60,0\n120,0')
    assert.equal(scaledTo(nothing, 14, 100).rate(60), 0, 'no demand has no size')
  })
})
