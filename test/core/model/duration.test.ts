import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseDuration } from '../../../src/core/model/words.ts'

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
      ['2h30', 2.5 * HOUR],
      ['90mn', 90 * MINUTE],
      ['1,5h', 1.5 * HOUR],
      ['an hour', HOUR],
      ['half an hour', HOUR / 2],
      ['a quarter of an hour', HOUR / 4],
      ['an hour and a half', 1.5 * HOUR],
      ['2 and a half hours', 2.5 * HOUR],
      ['1½h', 1.5 * HOUR],
      ['½ hour', HOUR / 2],
      ['two hours and ten minutes', 130 * MINUTE],
      ['2 hours, 5 minutes', 125 * MINUTE],
      ['a couple of hours', 2 * HOUR],
      ['Half A Day', 12 * HOUR],
      ['a month', 30 * 24 * HOUR],
      ['2 years', 730 * 24 * HOUR],
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
      '5 fortnights',
      '1h300',
      'half',
      'an',
      'a',
      'hour',
      '-2 hours',
      'minus five minutes',
      'zero minutes',
      'NaN h',
      'h1',
      '1..5h',
      '5 constructor',
    ]
    for (const text of texts) assert.equal(parseDuration(text), null, text)
    assert.equal(parseDuration(`${'9'.repeat(400)}d`), null, 'without end')
  })
})
