import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  statTitle,
  thereAre,
  cost,
  dollars,
  duration,
  percent,
  plainNumber,
  plural,
  statName,
  statValue,
  unitOf,
} from '../../../src/core/model/words.ts'

describe('words', () => {
  it('say a duration in at most two units', () => {
    const cases: readonly (readonly [number, string])[] = [
      [0, '0 s'],
      [999, '999 ms'],
      [999.7, '1 s'],
      [1000, '1 s'],
      [1549, '1.5 s'],
      [9940, '9.9 s'],
      [9960, '10 s'],
      [59_600, '1 min'],
      [125_000, '2 min 5 s'],
      [3_600_000, '1 h'],
      [3_630_000, '1 h'],
      [5_400_000, '1 h 30 min'],
      [90_061_000, '1 d 1 h'],
      [30 * 86_400_000, '30 d'],
      [Infinity, 'forever'],
    ]
    for (const [ms, words] of cases) assert.equal(duration(ms), words, String(ms))
  })

  it('say plain numbers without powers of ten or needless noughts', () => {
    const cases: readonly (readonly [number, string])[] = [
      [0, '0'],
      [5, '5'],
      [0.5, '0.5'],
      [12.34, '12.3'],
      [100, '100'],
      [999.4, '999'],
      [999.6, '1,000'],
      [-999.6, '−1,000'],
      [1234.5, '1,235'],
      [1_000_000, '1,000,000'],
      [-2e-10, '−2e−10'],
      [1e-17, '0'],
    ]
    for (const [value, words] of cases) assert.equal(plainNumber(value), words, String(value))
  })

  it('call a stat by its name, with marks in it as it is reported', () => {
    for (const [stat, title] of [
      ['cpu', 'CPU'],
      ['load1', 'Load'],
      ['queue', 'Queue'],
      ['queue_depth', 'queue_depth'],
      ['p95', 'p95'],
      ['app.errors', 'app.errors'],
    ] as const) {
      assert.equal(statTitle(stat), title)
    }
  })

  it('say what there is, one or several', () => {
    assert.equal(thereAre(['web-1']), 'there is only web-1')
    assert.equal(thereAre(['web-1', 'web-2']), 'there are web-1, web-2')
    const many = Array.from({ length: 40 }, (_, index) => `web-${index + 1}`)
    assert.match(thereAre(many), /web-11, 29 more$/)
  })

  it('say shares, money and counts', () => {
    assert.equal(percent(0.934), '93 %')
    assert.equal(dollars(0), '$0.00')
    assert.equal(dollars(0.018), '$0.018')
    assert.equal(dollars(12.5), '$12.50')
    assert.equal(plural(1, 'clone'), '1 clone')
    assert.equal(plural(0, 'clone'), '0 clones')
  })

  it('say money in one way: to the cent, prices and limits to a hundredth of one', () => {
    const cases: readonly (readonly [number, string])[] = [
      [0, '$0.00'],
      [-0.000001, '$0.00'],
      [0.5, '$0.50'],
      [0.01786, '$0.0179'],
      [0.99999, '$1.00'],
      [-5, '−$5.00'],
      [12.5, '$12.50'],
      [1_234_567.8, '$1,234,567.80'],
      [Number.NaN, '–'],
    ]
    for (const [amount, words] of cases) assert.equal(dollars(amount), words, String(amount))
    assert.equal(cost(0.6234), '$0.62')
    assert.equal(cost(0.00634), '$0.0063')
  })

  it('say one or many of anything', () => {
    assert.equal(plural(1, 'command'), '1 command')
    assert.equal(plural(0, 'entry'), '0 entries')
    assert.equal(plural(2, 'day'), '2 days')
    assert.equal(plural(3, 'more branch'), '3 more branches')
    assert.equal(plural(1234, 'member'), '1,234 members')
  })

  it('give each statistic its unit and name, whatever a team calls one', () => {
    assert.equal(statValue('cpu', 0.5), '50 %')
    assert.equal(statValue('queue', 0.5), '0.5')
    assert.equal(unitOf('memory'), 'fraction')
    assert.equal(statName('cpu'), 'CPU')
    assert.equal(statName('memory'), 'memory')
    assert.equal(statName('orders.waiting'), 'orders.waiting')
    assert.equal(statName('constructor'), 'constructor')
  })
})
