import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseLine } from '../../../src/commands/dispatch/line.ts'
import { complete } from '../../../src/commands/dispatch/complete.ts'
import { composeLine } from '../../../src/chat/grammar.ts'
import { command as notify } from '../../../src/commands/notify.ts'
import { command as snooze } from '../../../src/commands/snooze.ts'
import type { Request } from '../../../src/commands/registry.ts'
import { timeZoneOf, UTC, type TimeZone } from '../../../src/core/model/time-zone.ts'
import type { ErrorView } from '../../../src/core/model/view.ts'

const NOW = Date.UTC(2026, 0, 5, 12, 0, 0)
const HOUR = 3600_000
const FACTS = { commands: [], pools: [], members: [], stats: [] }

function request(line: string, zone: TimeZone = UTC): Request {
  const parsed = parseLine(line, NOW, zone)
  assert.ok(parsed.kind === 'request', `${line}: ${JSON.stringify(parsed)}`)
  return parsed.request
}

function refusal(line: string): ErrorView {
  const parsed = parseLine(line, NOW)
  assert.ok(parsed.kind === 'error' && parsed.view.kind === 'error', line)
  return parsed.view
}

/** The line it suggests, which has to be a right one. */
function suggestion(line: string): string {
  const { suggestion: like } = refusal(line)
  assert.ok(like !== null, `${line} has a suggestion`)
  request(like)
  return like
}

const forMs = (line: string, zone?: TimeZone): number | null => {
  const found = request(line, zone)
  assert.ok(found.kind === 'snooze')
  return found.forMs
}

describe('the snooze command', () => {
  it('takes a duration, a time of day by the clock of whoever asks, off, or nothing for an hour', () => {
    assert.equal(forMs('snooze'), HOUR)
    assert.equal(forMs('/spinup snooze 90m'), 1.5 * HOUR)
    assert.equal(forMs('snooze for 2 h'), 2 * HOUR)
    assert.equal(forMs('snooze until 18:00'), 6 * HOUR)
    assert.equal(forMs('snooze 18:00'), 6 * HOUR)
    assert.equal(forMs('snooze until 18:00', timeZoneOf('Europe/Berlin')), 5 * HOUR)
    assert.equal(forMs('snooze off'), null)
  })

  it('refuses the rest with a line that would do', () => {
    assert.equal(suggestion('snooze of'), '/spinup snooze off')
    assert.match(suggestion('snooze untill 18:00'), /snooze until 18:00/)
    assert.equal(suggestion('snooze banana'), '/spinup snooze 1h')
    suggestion('snooze until 25:00')
    suggestion('snooze for banana')
    suggestion('snooze 99d')
    assert.match(refusal('snooze 1h loudly').message, /loudly/)
    assert.equal(refusal('snooze banana').example, '/spinup snooze 2h')
  })

  it('completes, and reads what it offers', () => {
    for (const { text } of complete('/spinup snooze ', FACTS)) if (!text.endsWith('until')) request(text)
    assert.deepEqual(
      complete('/spinup snooze un', FACTS).map(({ text }) => text),
      ['/spinup snooze until'],
    )
    for (const value of snooze.options?.[0]?.offers?.(FACTS) ?? []) request(composeLine(snooze, { time: value }))
  })
})

describe('the notify command', () => {
  it('takes a level, or nothing to show', () => {
    assert.deepEqual(request('notify'), { kind: 'notify', choice: { kind: 'show' } })
    assert.deepEqual(request('notify Trouble'), { kind: 'notify', choice: { kind: 'level', level: 'trouble' } })
  })

  it('takes quiet hours however they are written, with a zone or without', () => {
    const hours = { from: 22 * 60, to: 7 * 60 }
    for (const written of ['22:00-07:00', '22:00 - 7:00', '22-7', '22:00–07:00', '22:00 to 07:00']) {
      const choice = { kind: 'quiet', hours, timeZone: null }
      assert.deepEqual(request(`notify quiet ${written}`), { kind: 'notify', choice }, written)
    }
    for (const zone of ['Europe/Berlin', 'europe/berlin']) {
      const choice = { kind: 'quiet', hours, timeZone: 'Europe/Berlin' }
      assert.deepEqual(request(`notify quiet 22:00-07:00 ${zone}`), { kind: 'notify', choice })
    }
    const off = { kind: 'quiet', hours: null, timeZone: null }
    assert.deepEqual(request('notify quiet off'), { kind: 'notify', choice: off })
  })

  it('takes the day and time of the weekly summary', () => {
    const at = { weekday: 1, minute: 9 * 60 + 30 }
    for (const day of ['mon', 'Monday', 'mondays']) {
      const choice = { kind: 'weekly', at, timeZone: 'America/New_York' }
      assert.deepEqual(request(`notify weekly ${day} 09:30 America/New York`), { kind: 'notify', choice })
    }
    const sunday = { kind: 'weekly', at: { weekday: 0, minute: 0 }, timeZone: null }
    assert.deepEqual(request('notify weekly sun 0:00'), { kind: 'notify', choice: sunday })
    const off = { kind: 'weekly', at: null, timeZone: null }
    assert.deepEqual(request('notify weekly off'), { kind: 'notify', choice: off })
  })

  it('refuses the rest with a line that would do', () => {
    assert.equal(suggestion('notify chnages'), '/spinup notify changes')
    assert.equal(suggestion('notify everything'), '/spinup notify all')
    assert.equal(suggestion('notify quiet'), '/spinup notify quiet 22:00-07:00')
    suggestion('notify quiet tonight')
    suggestion('notify quiet 22:00-26:00')
    assert.equal(suggestion('notify quiet 9:00-9:00'), '/spinup notify quiet off')
    assert.equal(suggestion('notify quiet 22:00-07:00 Berlin'), '/spinup notify quiet 22:00-07:00 Europe/Berlin')
    assert.equal(suggestion('notify quiet 22:00-07:00 Europe/Berln'), '/spinup notify quiet 22:00-07:00 Europe/Berlin')
    suggestion('notify weekly')
    assert.equal(suggestion('notify weekly wensday 9:00'), '/spinup notify weekly wed 9:00')
    suggestion('notify weekly fri')
    suggestion('notify weekly fri 9:00 Mars/Olympus')
    assert.match(refusal('notify all day').message, /day/)
  })

  it('completes word by word, and reads what it offers', () => {
    const next = (line: string): readonly string[] => complete(line, FACTS).map(({ text }) => text)
    assert.deepEqual(next('/spinup notify q'), ['/spinup notify quiet'])
    for (const line of next('/spinup notify quiet ')) request(line)
    for (const line of next('/spinup notify quiet 22:00-07:00 Europe/B')) request(line)
    assert.ok(next('/spinup notify quiet 22:00-07:00 Europe/B').length > 3)
    assert.deepEqual(next('/spinup notify weekly m'), ['/spinup notify weekly mon'])
    for (const line of next('/spinup notify weekly mon ')) request(line)
    assert.deepEqual(next('/spinup notify all '), [])
  })

  it('is composed of named options', () => {
    assert.equal(composeLine(notify, { choice: 'all' }), '/spinup notify all')
    const line = composeLine(notify, { zone: 'Europe/Berlin', time: '22:00-07:00', choice: 'quiet' })
    assert.equal(line, '/spinup notify quiet 22:00-07:00 Europe/Berlin')
    request(line)
    request(composeLine(notify, { choice: 'weekly', time: 'mon 09:00' }))
    for (const option of notify.options ?? []) assert.ok((option.choices?.length ?? 0) <= 25)
  })
})
