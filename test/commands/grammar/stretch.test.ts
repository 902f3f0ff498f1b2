import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readStretch } from '../../../src/commands/grammar/stretch.ts'
import { timeZoneOf } from '../../../src/core/model/time-zone.ts'

const DAY = 86_400_000
const BERLIN = timeZoneOf('Europe/Berlin')
/** A Monday. */
const NOW = Date.parse('2026-11-30T09:30:00Z')

function read(text: string, now = NOW): string {
  const { fromAt, toAt, live } = readStretch(text, { now, zone: BERLIN, mostMs: 40 * DAY })
  const words = (at: number): string => (at === now ? 'now' : new Date(at).toISOString().slice(5, 16).replace('T', ' '))
  return `${words(fromAt)} – ${words(toAt)}${live ? ' live' : ''}`
}

function refusal(text: string): string {
  try {
    return read(text)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** By the clocks of Berlin, an hour ahead; shown in UTC. */
const READ: readonly (readonly [text: string, stretch: string])[] = [
  ['last 6h', '11-30 03:30 – now live'],
  ['90m', '11-30 08:00 – now live'],
  ['past 2 days', '11-28 09:30 – now live'],
  ['last hour', '11-30 08:30 – now live'],
  ['last week', '11-23 09:30 – now live'],
  ['yesterday 14:00–15:00', '11-29 13:00 – 11-29 14:00'],
  ['yesterday 14:00 - 15:00', '11-29 13:00 – 11-29 14:00'],
  ['Yesterday 2pm to 3pm', '11-29 13:00 – 11-29 14:00'],
  ['2 pm to 3 pm yesterday', '11-29 13:00 – 11-29 14:00'],
  ['yesterday 9-17', '11-29 08:00 – 11-29 16:00'],
  ['yesterday', '11-28 23:00 – 11-29 23:00'],
  ['today', '11-29 23:00 – now live'],
  ['this week', '11-29 23:00 – now live'],
  ['mon', '11-29 23:00 – now live'],
  ['last monday', '11-22 23:00 – 11-23 23:00'],
  ['sunday 9-10', '11-29 08:00 – 11-29 09:00'],
  ['fri', '11-26 23:00 – 11-27 23:00'],
  ['8:00-9:00', '11-30 07:00 – 11-30 08:00'],
  ['14:00-15:00', '11-29 13:00 – 11-29 14:00'],
  ['22:00 – 6:00', '11-29 21:00 – 11-30 05:00'],
  ['yesterday 22:00 – today 6:00', '11-29 21:00 – 11-30 05:00'],
  ['22:00 – today 6:00', '11-29 21:00 – 11-30 05:00'],
  ['22-24 nov', '11-21 23:00 – 11-24 23:00'],
  ['22nd – 24 nov', '11-21 23:00 – 11-24 23:00'],
  ['nov 22-24', '11-21 23:00 – 11-24 23:00'],
  ['1.-3 nov 2026', '10-31 23:00 – 11-03 23:00'],
  ['mon to wed', '11-22 23:00 – 11-25 23:00'],
  ['fri–tue', '11-19 23:00 – 11-24 23:00'],
  ['mon 9:00 – tue 17:00', '11-23 08:00 – 11-24 16:00'],
  ['sat 9:00 – mon 10:00', '11-28 08:00 – 11-30 09:00'],
  ['-6h', '11-30 03:30 – now live'],
  ['since 9:00', '11-30 08:00 – now live'],
  ['since friday', '11-26 23:00 – now live'],
  ['from yesterday to now', '11-28 23:00 – now live'],
  ['yesterday 8am', '11-29 07:00 – 11-29 08:00'],
  ['22 nov', '11-21 23:00 – 11-22 23:00'],
  ['Nov 22nd 9:00 until 17:30', '11-22 08:00 – 11-22 16:30'],
  ['22.11. 9:00-10:00', '11-22 08:00 – 11-22 09:00'],
  ['2026-11-22', '11-21 23:00 – 11-22 23:00'],
  ['2026-11-22 14:00 – 2026-11-22 15:00', '11-22 13:00 – 11-22 14:00'],
  ['2h ago - 1h ago', '11-30 07:30 – 11-30 08:30'],
  ['last night', '11-29 21:00 – 11-30 05:00'],
  ['this morning', '11-30 05:00 – now'],
  ['since this morning', '11-30 05:00 – now live'],
  ['this month', '10-31 23:00 – now live'],
  ['between 8 and 9', '11-30 07:00 – 11-30 08:00'],
  ['yesterday evening', '11-29 17:00 – 11-29 23:00'],
  ['Friday afternoon', '11-27 11:00 – 11-27 17:00'],
  ['last monday night', '11-23 21:00 – 11-24 05:00'],
  ['the morning of 22 nov', '11-22 05:00 – 11-22 11:00'],
  ['20 nov - 22 nov', '11-19 23:00 – 11-22 23:00'],
]

describe('a range as it is typed', () => {
  for (const [text, stretch] of READ) it(`“${text}”`, () => assert.equal(read(text), stretch))

  it('is by the clocks of that day, also where they were set since', () => {
    const summer = Date.parse('2026-10-26T12:00:00Z')
    assert.equal(read('24 oct 14:00–15:00', summer), '10-24 12:00 – 10-24 13:00')
    assert.equal(read('26 oct 9:00–10:00', summer), '10-26 08:00 – 10-26 09:00')
    assert.equal(read('25 oct', summer), '10-24 22:00 – 10-25 23:00')
    // Two to three is not there: what lies within it is no time, and not a day.
    const spring = Date.parse('2026-03-30T09:00:00Z')
    assert.throws(() => read('29 mar 2:15–2:45', spring), /ends before it begins/)
    assert.throws(() => read('sun 2:00–3:00', spring), /ends before it begins/)
    assert.equal(read('29 mar 1:30–3:30', spring), '03-29 00:30 – 03-29 01:30')
  })

  it('says what it does not understand, and what is not kept or has not happened', () => {
    for (const odd of [
      '',
      'whenever',
      'yesterday-ish',
      '31 feb',
      '25:00-26:00',
      '1 - 2 - 3',
      'last',
      'morning',
      'fortnight',
      'x'.repeat(5000),
    ])
      assert.match(refusal(odd), /not a stretch of time|not a duration/, odd)
    // What was typed is said, not a part of it.
    assert.match(refusal('now-1h'), /“now-1h” is not/)
    assert.match(refusal('14:00:30-14:01'), /“14:00:30-14:01” is not/)
    assert.match(refusal('last 60d'), /too long/)
    assert.match(refusal('2026-09-01'), /too long ago: 40 days are kept/)
    assert.match(refusal('2026-12-24'), /has not happened yet/)
  })
})
