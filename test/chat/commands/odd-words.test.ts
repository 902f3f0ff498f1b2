import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { complete, createHandlers, parseLine } from '../../../src/chat/commands/dispatch.ts'
import { composeLine } from '../../../src/chat/commands/options.ts'
import { COMMANDS } from '../../../src/chat/commands/registry.ts'
import { timeZoneOf } from '../../../src/core/model/time-zone.ts'
import type { ErrorView, View } from '../../../src/core/model/view.ts'
import { seeded } from '../../store/example-state.ts'

const NOW = Date.UTC(2026, 0, 5, 12, 0, 0)
const FACTS = { members: ['web-1', 'web-2'], stats: ['cpu', 'queue_depth'], droplets: ['web'] }

/** What people, phones and strangers put between the words that are meant. */
const ODD = [
  '', '-', '--', '…', '“', '"', "'", '`', '=', '==', '=x', 'x=', ':', '/', '\\', '|', '&', '<', '>', '%', '.', ',', '0', '00', '-1', '1',
  '2', '3', '9999', '10000', '1e9', '0x10', '٣', '½', '∞', 'NaN', 'null', 'undefined', 'true', '__proto__', 'constructor', 'toString',
  '__proto__=1', 'hasOwnProperty=x', '90m', '2h', '1h30', '1h30m', '90mn', '1.5h', '1,5h', '-5m', '0m', '99999999999999999999h', '31d',
  '2nd', 'm', 'hours', 'until', 'UNTIL', 'for', 'For', 'off', 'OFF', 'on', 'at', 'of', 'Of', 'last', 'LAST', 'to', 'me', 'all', '18:00',
  '7:3', '25:00', '18', '6pm', '9am', '18.30', '24:00', '22:00-07:00', '22-7', '22:00–07:00', 'mon', 'Mondays', 'someday', 'UTC',
  'Europe/Berlin', 'berlin', '../../etc/passwd', '<@U1>', '<@!123>', '<!channel>', '@everyone', '*bold*', '\u202Eabc', '\u0000', '\u200B',
  '\uD800', '🚀', '👩‍👩‍👧', 'ａ', 'é', 'web-1', 'WEB-1', 'web-9', 'target=50%', 'target=', 'Target=1', 'max=6', 'max=6', 'calendar="0 8 * * 1-5',
  'calendar="a b"', 'reason:', '/spinup', 'spinup', 'fleet', 'x'.repeat(300), '9'.repeat(300), '1h'.repeat(200), `${'a '.repeat(100)}`,
] // prettier-ignore

const WORDS = [
  ...ODD,
  ...COMMANDS.flatMap(({ name, usage, example }) => [name, ...usage.split(' '), ...example.split(' ')]),
]

function lines(count: number, seed: number): readonly string[] {
  const random = seeded(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const slip = (word: string): string => {
    const at = Math.floor(random() * (word.length + 1))
    const kind = Math.floor(random() * 5)
    if (kind === 0) return word.slice(0, at) + word.slice(at + 1)
    if (kind === 1) return word.slice(0, at) + pick(ODD) + word.slice(at)
    if (kind === 2) return word.toUpperCase()
    if (kind === 3) return word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2)
    return word
  }
  return Array.from({ length: count }, () => {
    const kind = random()
    // A right line with a slip in it, a command with odd words after it, or nothing but odd words.
    if (kind < 0.4) {
      const words = pick(COMMANDS).example.split(' ')
      const at = Math.floor(random() * words.length)
      return words.map((word, index) => (index === at ? slip(word) : word)).join(' ')
    }
    const rest = Array.from({ length: Math.floor(random() * 6) }, () => pick(WORDS))
    return [...(kind < 0.9 ? [pick(COMMANDS).name] : []), ...rest].join(pick([' ', ' ', '  ', '\t', '\n', ' ']))
  })
}

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
    for (const line of lines(8000, 9)) {
      const parsed = parseLine(line, NOW, berlin)
      if (parsed.kind === 'error') helps(parsed.view, line)
      else assert.equal(JSON.stringify(parsed.request).includes('null,null'), false)
    }
  })

  it('never become numbers that nobody typed', () => {
    for (const line of lines(8000, 10)) {
      const parsed = parseLine(line, NOW)
      if (parsed.kind === 'error') continue
      for (const [name, value] of Object.entries(parsed.request)) {
        if (typeof value !== 'number') continue
        assert.ok(Number.isSafeInteger(value) && value > 0, `${name} of ${line} is ${value}`)
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
    for (const line of lines(5000, 11)) {
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
    for (const [index, line] of lines(5000, 13).entries()) {
      const values = { [pick(['reason', 'choice', 'target', 'max', '__proto__x', line])]: pick(WORDS) }
      for (const view of await handlers.action({ action: `${pick(verbs)}:${line}`, asker, values })) {
        if (view.kind === 'error') helps({ ...view, example: view.example ?? '/spinup help' }, line)
      }
      await handlers.form({ action: `ask:${line}`, asker })
      const command = COMMANDS[index % COMMANDS.length]!
      const options = Object.fromEntries((command.options ?? []).map(({ name }) => [name, pick(WORDS)]))
      const composed = composeLine(command, options)
      assert.equal(/[\n\t]/.test(composed), false)
      const parsed = parseLine(composed, NOW)
      if (parsed.kind === 'error') helps(parsed.view, composed)
      else assert.ok(parsed.request.kind === command.name || command.name === 'protect', composed)
    }
    assert.deepEqual(told, [])
  })
})
