import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { groupEvents } from '../../src/charts/marks/events.ts'
import { spread } from '../../src/charts/marks/ends.ts'
import { fit, oneLine } from '../../src/charts/text.ts'
import { countAxis, timeTicks, valueAxis, valueLabel } from '../../src/charts/value-axis.ts'

const SECOND = 1000
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const FROM = Date.UTC(2026, 10, 22, 14)

describe('the time axis', () => {
  it('has round UTC times from seconds to years, and never too many', () => {
    for (const span of [3 * SECOND, 45 * SECOND, 7 * MINUTE, HOUR, 5 * HOUR, DAY, 9 * DAY, 70 * DAY, 3000 * DAY]) {
      const ticks = timeTicks(FROM + 1234, FROM + 1234 + span, 7)
      assert.ok(ticks.length >= 2 && ticks.length <= 8, `${ticks.length} ticks over ${span} ms`)
      assert.ok(ticks.every(({ value }) => value >= FROM + 1234 && value <= FROM + 1234 + span))
      // Over years the same day of the year comes again.
      if (span < 366 * DAY) assert.equal(new Set(ticks.map(({ label }) => label)).size, ticks.length)
    }
  })

  it('labels half an hour by the clock', () => {
    const labels = timeTicks(FROM, FROM + 30 * MINUTE, 7).map(({ label }) => label)
    assert.deepEqual(labels, ['14:00', '14:05', '14:10', '14:15', '14:20', '14:25', '14:30'])
  })

  it('says the date where a day begins', () => {
    const ticks = timeTicks(FROM, FROM + 14 * HOUR, 8)
    assert.deepEqual(
      ticks.filter(({ strong }) => strong).map(({ label }) => label),
      ['23 Nov'],
    )
  })

  it('begins weeks on Mondays', () => {
    const ticks = timeTicks(FROM, FROM + 40 * DAY, 7)
    assert.ok(ticks.every(({ value }) => new Date(value).getUTCDay() === 1))
  })
})

describe('the value axis', () => {
  it('runs from 0 to 100 % for fractions, and on when there is more', () => {
    const usual = valueAxis('fraction', 0.2, 0.7, 4)
    assert.deepEqual([usual.min, usual.max], [0, 1])
    assert.deepEqual(
      usual.ticks.map(({ label }) => label),
      ['0 %', '25 %', '50 %', '75 %', '100 %'],
    )
    assert.ok(valueAxis('fraction', 0, 2.4, 4).max >= 2.4)
  })

  it('holds every value at round ticks, however large, small or negative', () => {
    for (const [low, high] of [
      [0, 0],
      [0, 3e14],
      [-40, 35],
      [0, 2e-7],
      [-9, -3],
      [5, 5],
    ] as const) {
      const axis = valueAxis('number', low, high, 4)
      assert.ok(axis.min <= low && axis.max >= high && axis.min < axis.max, `${low} to ${high}`)
      assert.ok(axis.ticks.length >= 2 && axis.ticks.length <= 7, `${axis.ticks.length} ticks`)
      assert.equal(new Set(axis.ticks.map(({ label }) => label)).size, axis.ticks.length)
    }
  })

  it('shows 0 to series below it, and none that is nearly 0', () => {
    for (const [low, high] of [
      [-9, -3],
      [-5, -5],
      [-0.3, 0.2],
      [-1e-9, -1e-9],
      [-1e9, -1],
    ] as const) {
      const axis = valueAxis('number', low, high, 4)
      assert.ok(
        axis.ticks.some(({ value, label }) => value === 0 && label === '0'),
        `${low} to ${high}`,
      )
      assert.ok(axis.min <= low && axis.max >= Math.max(0, high))
    }
  })

  it('marks the most members there are, or may be, and leaves air for the caption', () => {
    for (const high of [0, 1, 3, 5, 12, 100]) {
      const axis = countAxis(high, false)
      assert.ok(axis.max > high * 1.5)
      assert.deepEqual(
        axis.ticks.map(({ value, label }) => [value, label]),
        [[Math.max(1, high), String(Math.max(1, high))]],
      )
    }
    assert.equal(countAxis(6, true).ticks[0]?.label, 'max 6')
  })

  it('writes values short', () => {
    const said = [0, 7, 0.05, 1234, 999_999, 3.2e6, 2.5e12, -1500, 1e20, 1e9, 1e-9].map((value) =>
      valueLabel(value, 'number'),
    )
    assert.deepEqual(said, ['0', '7', '0.05', '1.23k', '1M', '3.2M', '2.5T', '−1.5k', '1e20', '1G', '1e−9'])
    assert.deepEqual(
      [0.62, 0.004, 12.5].map((value) => valueLabel(value, 'fraction')),
      ['62 %', '0.4 %', '1250 %'],
    )
  })
})

describe('labels', () => {
  it('at the ends of lines keep their distance and order within the plot', () => {
    const placed = spread([100, 101, 99, 300, 5], 16, 0, 310)
    const sorted = placed.toSorted((a, b) => a - b)
    assert.ok(sorted.every((y, index) => index === 0 || y - sorted[index - 1]! >= 15.99))
    assert.ok(placed[2]! < placed[0]! && placed[0]! < placed[1]!)
    assert.ok(sorted[0]! >= 0 && sorted.at(-1)! <= 310)
    assert.deepEqual(spread([50, 200], 16, 0, 310), [50, 200])
  })

  it('of scale events that would touch become one', () => {
    const groups = groupEvents(
      [
        { x: 10, label: '+1', direction: 'out' },
        { x: 15, label: '+2', direction: 'out' },
        { x: 20, label: '−1', direction: 'in' },
        { x: 200, label: '+1', direction: 'out' },
      ],
      () => 30,
      10,
    )
    assert.deepEqual(groups, [
      {
        x: 10,
        parts: [
          { direction: 'out', text: '+3' },
          { direction: 'in', text: '−1' },
        ],
      },
      { x: 200, parts: [{ direction: 'out', text: '+1' }] },
    ])
  })

  it('lose line breaks, and are cut to their room', () => {
    assert.equal(oneLine(' a\n\tb c\u0000 '), 'a b c')
    assert.equal(fit('abcdefgh', 80, tenEach), 'abcdefgh')
    assert.equal(fit('abcdefghi', 80, tenEach), 'abcdefg…')
    assert.equal(fit('abc', 5, tenEach), '')
  })
})

function tenEach(text: string): number {
  return text.length * 10
}
