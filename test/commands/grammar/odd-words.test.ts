import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseLine } from '../../../src/commands/dispatch/line.ts'
import { complete } from '../../../src/commands/dispatch/complete.ts'
import { createHandlers } from '../../../src/commands/dispatch/handlers.ts'
import { composeLine } from '../../../src/chat/grammar.ts'
import { COMMANDS } from '../../../src/commands/registry.ts'
import { timeZoneOf } from '../../../src/core/model/time-zone.ts'
import type { ErrorView, View } from '../../../src/core/model/view.ts'
import { seeded } from '../../store/example-state.ts'
import { ODD_WORDS, oddLines } from './odd-lines.ts'

const NOW = Date.UTC(2026, 0, 5, 12, 0, 0)
const FACTS = { pools: [], members: ['web-1', 'web-2'], stats: ['cpu', 'queue_depth'], droplets: ['web'] }

/** An answer that helps: it says what is wrong in a few words, and gives a line that is right. */
function helps(view: View, line: string): void {
  assert.equal(view.kind, 'error', line)
  const { message, suggestion, example } = view as ErrorView
  assert.match(message, /\S.{4,}/su, line)
  assert.ok(message.length < 500, `${message.length} characters about ${JSON.stringify(line.slice(0, 80))}`)
  assert.notEqual(example, null, `nothing to go by: ${line}`)
  for (const right of [suggestion, example]) {
    if (right === null) continue
    assert.equal(
      parseLine(right, NOW).kind,
      'request',
      `${JSON.stringify(line)} is told to type ${JSON.stringify(right)}`,
    )
  }
}

describe('odd words', () => {
  it('are a request or an answer that helps, whatever is typed', () => {
    const berlin = timeZoneOf('Europe/Berlin')
    for (const line of oddLines(8000, 9)) {
      const parsed = parseLine(line, NOW, berlin)
      if (parsed.kind === 'error') helps(parsed.view, line)
      else assert.equal(JSON.stringify(parsed.request).includes('null,null'), false)
    }
  })

  it('never become numbers that nobody typed', () => {
    for (const line of oddLines(8000, 10)) {
      const parsed = parseLine(line, NOW)
      if (parsed.kind === 'error') continue
      for (const [name, value] of Object.entries(parsed.request)) {
        if (typeof value !== 'number') continue
        // Dollars have cents.
        const whole = parsed.request.kind === 'budget' ? Math.round(value * 100) : value
        assert.ok(Number.isSafeInteger(whole) && value > 0, `${name} of ${line} is ${value}`)
      }
    }
  })

  it('take no longer for being long', () => {
    const begun = performance.now()
    for (const { name } of COMMANDS) {
      for (const word of ['x'.repeat(20_000), '9m'.repeat(10_000), '“'.repeat(20_000), 'é='.repeat(10_000)]) {
        for (const line of [word, `${name} ${word}`, `${name} 3 ${word}`, `${name} quiet 22-7 ${word}`]) {
          const parsed = parseLine(line, NOW)
          if (parsed.kind === 'error') helps(parsed.view, line)
        }
      }
    }
    // Edit distances to every command and time zone took minutes.
    assert.ok(performance.now() - begun < 20_000)
  })

  it('complete to nothing rather than throw', () => {
    for (const line of oddLines(5000, 11)) {
      for (const { text } of complete(line, { ...FACTS, commands: [] })) assert.ok(text.startsWith('/spinup'), line)
    }
  })

  it('are on one line wherever they come from: buttons, forms, and options asked for one by one', async () => {
    const told: unknown[] = []
    const handlers = createHandlers({
      perform: async () => [],
      form: async () => ({ title: '', submit: '', action: '', fields: [] }),
      home: async () => [],
      facts: async () => FACTS,
      now: () => NOW,
      failed: (error) => told.push(error),
    })
    const asker = {
      actor: { id: 'slack:U1', name: 'Ada', platform: 'slack' },
      place: { platform: 'slack', channel: 'T/C', tenant: null },
      roles: [],
    }
    const random = seeded(12)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
    const verbs = [
      'run',
      'approve',
      'deny',
      'doctor',
      'doctor:press',
      'apply',
      'ask',
      'ask:deny',
      'ask:policy',
      'ask:connect',
      '',
      'x',
    ]
    for (const [index, line] of oddLines(5000, 13).entries()) {
      const values = { [pick(['reason', 'choice', 'target', 'max', '__proto__x', line])]: pick(ODD_WORDS) }
      for (const view of await handlers.action({ action: `${pick(verbs)}:${line}`, asker, values })) {
        if (view.kind === 'error') helps({ ...view, example: view.example ?? '/spinup help' }, line)
      }
      await handlers.form({ action: `ask:${line}`, asker })
      const command = COMMANDS[index % COMMANDS.length]!
      const options = Object.fromEntries((command.options ?? []).map(({ name }) => [name, pick(ODD_WORDS)]))
      const composed = composeLine(command, options)
      assert.equal(/[\n\t]/.test(composed), false)
      const parsed = parseLine(composed, NOW)
      if (parsed.kind === 'error') helps(parsed.view, composed)
      // `show` is also how people ask for what another command shows.
      else
        assert.ok(
          parsed.request.kind === command.name ||
            ['protect', 'scale', 'show'].includes(command.name) ||
            (parsed.request.kind === 'help' && /[ -](help|h)$/.test(composed)),
          composed,
        )
    }
    assert.deepEqual(told, [])
  })
})
