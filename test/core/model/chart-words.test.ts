import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeChart, rangeLabel, type ChartSpec } from '../../../src/core/model/chart.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const FROM = Date.UTC(2026, 10, 22, 14)

function spec(changes: Partial<ChartSpec> = {}): ChartSpec {
  return {
    title: 'CPU of pool web',
    subtitle: 'mean of its members',
    stat: 'cpu',
    unit: 'fraction',
    fromAt: FROM,
    toAt: FROM + 30 * MINUTE,
    lines: [line('web, mean', [0.2, 0.97, null, 0.13, 0.62])],
    counts: null,
    target: 0.6,
    events: [],
    ...changes,
  }
}

function line(label: string, value: readonly (number | null)[], present = true): ChartSpec['lines'][number] {
  return { label, at: value.map((_, index) => FROM + index * 6 * MINUTE), value, present }
}

describe('a chart in words', () => {
  it('tells now, mean and highest of a single line, the target and the scale events', () => {
    const events: ChartSpec['events'] = [
      { at: FROM + 12 * MINUTE, label: '+2', direction: 'out' },
      { at: FROM + 25 * MINUTE, label: '−1', direction: 'in' },
    ]
    assert.equal(
      describeChart(spec({ events })),
      'CPU of pool web, 14:00 to 14:30 UTC: now 62 %, mean 48 %, highest 97 % at 14:06; target 60 %; ' +
        '2 scale events: +2 at 14:12, −1 at 14:25.',
    )
  })

  it('names each of several lines, and those that said nothing', () => {
    const text = describeChart(
      spec({ lines: [line('web-1', [0.1, 0.2, 0.3]), line('web-2', [0.5]), line('web-3', [null])], target: null }),
    )
    assert.equal(
      text,
      'CPU of pool web, 14:00 to 14:30 UTC: web-1 now 30 %, mean 20 %, highest 30 % at 14:12; ' +
        'web-2 now 50 %, mean 50 %, highest 50 % at 14:00; no samples of web-3.',
    )
  })

  it('calls a value the present one only where it is the card’s own', () => {
    const text = describeChart(spec({ lines: [line('a', [0.5, 0.4, null, null, null], false)] }))
    assert.match(text, /: last 40 % at 14:06, mean 45 %/)
    assert.doesNotMatch(text, /now/)
  })

  it('tells the card’s own figures, of all samples and not of the points', () => {
    const figures = { mean: 0.3, max: 1, maxAt: FROM + 8 * MINUTE }
    assert.match(
      describeChart(spec({ lines: [{ ...line('a', [0.2, 0.4]), figures }] })),
      /now 40 %, mean 30 %, highest 100 % at 14:08;/,
    )
  })

  it('names the hottest member, and tells of a second stat', () => {
    const peak = { label: 'web-3', at: FROM + 6 * MINUTE, value: 1 }
    const below = { stat: 'p95', unit: 'number' as const, lines: [line('a', [20, 900])], target: null }
    assert.equal(
      describeChart(spec({ title: 'CPU and p95 of pool web', lines: [line('a', [0.2, 0.6])], peak, below })),
      'CPU and p95 of pool web, 14:00 to 14:30 UTC: CPU now 60 %, mean 40 %, highest 60 % at 14:06; ' +
        'hottest web-3, 100 % at 14:06; target 60 %; p95 now 900, mean 460, highest 900 at 14:06.',
    )
  })

  it('tells times by the clock of the pool', () => {
    const events: ChartSpec['events'] = [{ at: FROM, label: '+1', direction: 'out' }]
    assert.match(
      describeChart(spec({ timeZone: 'Asia/Tokyo', events })),
      /23:00 to 23:30 GMT\+9: .*highest 97 % at 23:06.*\+1 at 23:00/,
    )
  })

  it('says that there are no samples', () => {
    assert.equal(
      describeChart(spec({ lines: [line('a', [null, null])], target: null })),
      'CPU of pool web, 14:00 to 14:30 UTC: no samples in this range.',
    )
  })

  it('reads other stats as numbers and tells how many members there were', () => {
    const text = describeChart(
      spec({
        unit: 'number',
        stat: 'rps',
        target: 1500,
        lines: [line('a', [900, 2500, 1200])],
        counts: { at: [FROM, FROM + MINUTE, FROM + 2 * MINUTE], value: [2, 5, 3] },
      }),
    )
    assert.match(text, /now 1,200, mean 1,533, highest 2,500 at 14:06; target 1,500; 2 to 5 members, 3 at the end\.$/)
  })

  it('dates instants when the range spans days, and gives seconds when it is short', () => {
    assert.match(describeChart(spec({ toAt: FROM + 7 * DAY })), /22 Nov 14:00 to 29 Nov 14:00 UTC: .* at 22 Nov 14:06/)
    assert.match(describeChart(spec({ toAt: FROM + MINUTE })), /14:00:00 to 14:01:00 UTC/)
  })

  it('stays one readable line for hostile names and many lines', () => {
    const lines = Array.from({ length: 40 }, (_, index) => line(`${index}\n${'x'.repeat(5000)}`, [0.5]))
    const text = describeChart(spec({ title: 'a\r\nb\u0000c', lines }))
    assert.ok(text.length < 2000, `${text.length} characters`)
    assert.doesNotMatch(text, /\p{C}/u)
    assert.match(text, /^a b c, .*34 more lines/)
  })

  it('is not thrown off by values that are no numbers', () => {
    assert.match(describeChart(spec({ lines: [line('a', [Number.NaN, 0.5, Infinity])] })), /highest 50 % at 14:06/)
  })
})

describe('a range as a label', () => {
  it('leaves out what all its instants share', () => {
    assert.equal(rangeLabel(FROM, FROM + 30 * MINUTE), '22 Nov 2026, 14:00–14:30 UTC')
    assert.equal(rangeLabel(FROM, FROM + 30 * MINUTE, true), '14:00–14:30 UTC')
    assert.equal(rangeLabel(FROM, FROM + DAY), '22 Nov, 14:00 – 23 Nov, 14:00 UTC')
    assert.equal(rangeLabel(FROM, FROM + 60 * DAY), '22 Nov 2026 – 21 Jan 2027 UTC')
  })
})
