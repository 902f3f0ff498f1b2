import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseDuration } from '../../../src/core/model/duration.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('a duration as people type it', () => {
  it('is read in every usual spelling', () => {
    const cases: readonly (readonly [string, number])[] = [
      ['250ms', 250],
      ['45s', 45_000],
      ['45 secs', 45_000],
      ['10 seconds', 10_000],
      ['90m', 90 * MINUTE],
      ['1 minute', MINUTE],
      ['10 mins', 10 * MINUTE],
      ['1h30m', 1.5 * HOUR],
      ['1 h 30 min', 1.5 * HOUR],
      ['1.5h', 1.5 * HOUR],
      ['2 Hours', 2 * HOUR],
      ['2hrs', 2 * HOUR],
      ['1 day', 24 * HOUR],
      ['2w', 14 * 24 * HOUR],
    ]
    for (const [text, ms] of cases) assert.equal(parseDuration(text), ms, text)
  })

  it('is refused when it is none', () => {
    const texts = [
      '',
      ' ',
      '10',
      'm',
      '-5m',
      '0s',
      '0.0001ms',
      '5x',
      '5 months',
      '1h30',
      'h1',
      '1..5h',
      '5 constructor',
    ]
    for (const text of texts) assert.equal(parseDuration(text), null, text)
    assert.equal(parseDuration(`${'9'.repeat(400)}d`), null, 'without end')
  })
})
