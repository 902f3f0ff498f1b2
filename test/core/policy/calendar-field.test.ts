import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SpinupError } from '../../../src/core/model/error.ts'
import { DEFAULT_POLICY, type CalendarWindow } from '../../../src/core/model/policy.ts'
import { changePolicy, POLICY_FIELDS } from '../../../src/core/policy/fields.ts'

const HOUR = 3_600_000
const read = (text: string): readonly CalendarWindow[] =>
  changePolicy({ ...DEFAULT_POLICY, max: 20 }, { calendar: text }).calendar

function refused(text: string, says: RegExp): void {
  assert.throws(
    () => read(text),
    (error: unknown) => {
      assert.ok(error instanceof SpinupError && error.code === 'badInput', String(error))
      assert.match(error.message, says)
      assert.match(error.message, /Nothing was changed/)
      return true
    },
    text,
  )
}

describe('the setting `calendar`', () => {
  it('takes a cron line, how long, a limit and a time zone, quoted by any keyboard', () => {
    const office = { cron: '0 8 * * 1-5', forMs: 10 * HOUR, timeZone: 'Europe/Berlin', min: 4, max: null }
    for (const text of [
      '0 8 * * 1-5 for 10h min=4 Europe/Berlin',
      '"0 8 * * 1-5 for 10h min=4 Europe/Berlin"',
      '“0 8 * * 1-5 for 10 h Europe/Berlin min=4”',
      ' 0  8 * * 1-5  FOR 10 hours  Europe/Berlin MIN=4 ',
    ]) {
      assert.deepEqual(read(text), [office], text)
    }
  })

  it('takes several with a semicolon between them, seconds and names in cron, and UTC when no zone is given', () => {
    assert.deepEqual(read('0 30 9 * jan-mar mon for 1h30m max=15; */20 * * * * for 5m min=2 max=3 America/New_York'), [
      { cron: '0 30 9 * jan-mar mon', forMs: 1.5 * HOUR, timeZone: 'UTC', min: null, max: 15 },
      { cron: '*/20 * * * *', forMs: 5 * 60_000, timeZone: 'America/New_York', min: 2, max: 3 },
    ])
    assert.deepEqual(read('none'), [])
    assert.deepEqual(read('"none"'), [])
  })

  it('reads as it is written, to the minute', () => {
    const field = POLICY_FIELDS.find((one) => one.name === 'calendar')!
    const text = '0 8 * * 1-5 for 1d2h5m min=4 max=9 Europe/Berlin; 5 5 * * * for 45m min=2 UTC'
    assert.equal(field.read({ ...DEFAULT_POLICY, calendar: read(text) }), text)
  })

  it('refuses what is not a cron line, no time, no limit or no zone, and says which', () => {
    refused('', /CRON for TIME/)
    refused('0 8 * * 1-5', /CRON for TIME/)
    refused('8 o’clock for 10h min=4', /cron line of five parts/)
    refused('0 8 * * for 10h min=4', /cron line of five parts/)
    refused('0 0 8 * * 1-5 2026 for 10h min=4', /cron line of five parts/)
    refused('0 8 * * $(x) for 10h min=4', /cron line of five parts/)
    refused('0 8 * * 1 for min=4', /from 1 min to 7 d/)
    refused('0 8 * * 1 for 30s min=4', /from 1 min to 7 d/)
    refused('0 8 * * 1 for 90s min=4', /whole minutes/)
    refused('0 8 * * 1 for 8d min=4', /from 1 min to 7 d/)
    refused('0 8 * * 1 for 10h', /a min or a max to raise/)
    refused('0 8 * * 1 for 10h Europe/Berlin', /a min or a max to raise/)
    refused('0 8 * * 1 for 10h min=0', /from 1 to 1000/)
    refused('0 8 * * 1 for 10h most=4', /from 1 to 1000/)
    refused('0 8 * * 1 for 10h min=4 max=3', /not above the max/)
    refused('0 8 * * 1 for 10h min=4 Europe/Atlantis', /“Europe\/Atlantis” is none/)
    refused('0 8 * * 1 for 10h min=4 Europe/Berlin please', /CRON for TIME/)
    refused('0 8 * * 1 for 10h min=4;', /CRON for TIME/)
    refused(Array.from({ length: 21 }, () => '0 8 * * 1 for 1h min=2').join(';'), /at most 20/)
  })

  it('refuses a min that max would cut off, also when max is lowered later', () => {
    refused('0 8 * * 1 for 1h min=21', /min 21 .* is above max 20/)
    assert.equal(read('0 8 * * 1 for 1h min=21 max=30').length, 1)
    const policy = { ...DEFAULT_POLICY, max: 20, calendar: read('0 8 * * 1 for 1h min=10') }
    assert.throws(() => changePolicy(policy, { max: '9' }), /min 10 .* is above max 9/)
  })
})
