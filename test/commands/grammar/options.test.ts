import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { composeLine, type CommandWords, type Option } from '../../../src/chat/grammar.ts'
import { parseLine } from '../../../src/commands/dispatch/line.ts'
import { offered } from '../../../src/commands/dispatch/complete.ts'
import { COMMANDS, type Request } from '../../../src/commands/registry.ts'

const NOW = Date.UTC(2026, 0, 5, 12, 0, 0)
const FACTS = {
  commands: COMMANDS.map(({ name }) => name),
  pools: [],
  members: ['web-1', 'web-2'],
  stats: ['cpu', 'queue_depth'],
}

function commandOf(name: string): CommandWords {
  const command = COMMANDS.find((known) => known.name === name)
  assert.ok(command, name)
  return command
}

function request(line: string): Request {
  const parsed = parseLine(line, NOW)
  assert.equal(parsed.kind, 'request', `${line}: ${JSON.stringify(parsed)}`)
  return (parsed as Extract<typeof parsed, { kind: 'request' }>).request
}

function examplesOf(option: Option): readonly string[] {
  if (option.kind === 'count') return ['2']
  return option.choices ?? option.offers?.(FACTS) ?? ['web']
}

/** Lines that were typed before there were options, and the options that stand for them. */
const SAME: readonly (readonly [line: string, name: string, values: Readonly<Record<string, string>>])[] = [
  ['help pin', 'help', { command: 'pin' }],
  ['connect', 'connect', {}],
  ['connect snapshot live', 'connect', { step: 'snapshot', how: 'live' }],
  ['connect install', 'connect', { step: 'install' }],
  ['status', 'status', {}],
  ['stats cpu of web-1 last 2h', 'stats', { last: '2h', stat: 'cpu', member: 'web-1' }],
  ['stats last 1h30m', 'stats', { last: '1 h 30 m' }],
  ['up', 'up', {}],
  ['down 2', 'down', { count: '2' }],
  ['scale 3', 'scale', { count: '3' }],
  ['pin 3 for 10m launch day', 'pin', { count: '3', time: '10m', reason: 'launch day' }],
  ['pin 3 for 10m', 'pin', { count: '3', time: 'for 10m' }],
  ['pin 3 until 18:00 launch', 'pin', { count: '3', time: '18:00', reason: 'launch' }],
  ['protect web-2 for 2h debugging', 'protect', { member: 'web-2', time: '2h', reason: 'debugging' }],
  ['protect web-2 off', 'protect', { member: 'web-2', time: 'off' }],
  ['pause deploying', 'pause', { reason: 'deploying' }],
  ['mode approve', 'mode', { mode: 'approve' }],
  ['approve 4f1a', 'approve', { proposal: '4f1a' }],
  ['deny we are about to deploy', 'deny', { reason: 'we are about to deploy' }],
  ['policy target=50% max=6', 'policy', { settings: 'target=50%  max=6' }],
  ['whatif target=50% max=6 last 7d', 'whatif', { settings: 'target=50% max=6', last: '7d' }],
  ['refresh keep 2', 'refresh', { how: 'keep', count: '2' }],
  ['remove web-3', 'remove', { member: 'web-3' }],
  ['adopt web-4', 'adopt', { droplet: 'web-4' }],
  ['history 20', 'history', { count: '20' }],
  ['disconnect shop', 'disconnect', { pool: 'shop' }],
]

describe('options of commands', () => {
  it('mean the same as the words in a line', () => {
    for (const [line, name, values] of SAME) {
      assert.deepEqual(request(composeLine(commandOf(name), values)), request(line), line)
    }
  })

  it('compose a line that is accepted, one by one and all together, with every value that is offered', () => {
    for (const command of COMMANDS) {
      const options = command.options ?? []
      const least = Object.fromEntries(
        options.filter(({ required }) => required).map((option) => [option.name, examplesOf(option)[0] ?? '']),
      )
      assert.equal(request(composeLine(command, least)).kind, command.name)
      for (const option of options.filter(({ required }) => required)) {
        for (const value of examplesOf(option)) request(composeLine(command, { ...least, [option.name]: value }))
      }
    }
    for (const name of ['help', 'stats', 'pin', 'protect', 'pause', 'mode', 'policy', 'whatif', 'history']) {
      const command = commandOf(name)
      for (const option of command.options ?? []) {
        const rest = Object.fromEntries(
          (command.options ?? []).map((other) => [other.name, examplesOf(other)[0] ?? '']),
        )
        for (const value of examplesOf(option)) request(composeLine(command, { ...rest, [option.name]: value }))
      }
    }
  })

  it('keep a reason a reason, whatever it begins with', () => {
    for (const reason of ['2h of tests', 'until the launch', 'for the demo', 'off the record']) {
      const pin = request(composeLine(commandOf('pin'), { count: '3', reason }))
      assert.deepEqual(pin, { kind: 'pin', count: 3, forMs: 3600_000, reason })
      const protect = request(composeLine(commandOf('protect'), { member: 'web-2', reason }))
      assert.deepEqual(protect, { kind: 'protect', member: 'web-2', forMs: null, reason })
    }
  })

  it('refuse a time that is none instead of taking it for a reason', () => {
    assert.equal(parseLine(composeLine(commandOf('pin'), { count: '3', time: 'soon' }), NOW).kind, 'error')
  })

  it('leave out what is empty or unknown, and put everything on one line', () => {
    const line = composeLine(commandOf('pin'), { count: '3', time: ' ', reason: 'a\n/spinup down 9', nonsense: 'x' })
    assert.equal(line, '/spinup pin 3 reason: a /spinup down 9')
    assert.deepEqual(request(line), { kind: 'pin', count: 3, forMs: 3600_000, reason: 'a /spinup down 9' })
  })

  it('read a command with its group or without', () => {
    assert.equal(composeLine(commandOf('adopt'), { droplet: 'x' }), '/spinup fleet adopt x')
    for (const command of COMMANDS.filter(({ group }) => group !== undefined)) {
      const line = command.example.replace('/spinup ', `/spinup ${command.group} `)
      assert.deepEqual(request(line), request(command.example))
    }
  })

  it('fit a platform that takes 25 choices, short names and summaries', () => {
    for (const command of COMMANDS) {
      const names = (command.options ?? []).map(({ name }) => name)
      assert.equal(new Set(names).size, names.length)
      let optional = false
      for (const option of command.options ?? []) {
        assert.match(option.name, /^[a-z]{1,32}$/)
        assert.ok(option.summary.length > 3 && option.summary.length <= 100)
        assert.ok((option.choices?.length ?? 0) <= 25)
        assert.ok(!(optional && option.required), 'the required ones come first')
        optional ||= option.required !== true
      }
    }
  })

  it('are offered as one types, the last word of several too', () => {
    assert.deepEqual(offered('remove', 'member', 'WEB-2', FACTS), ['web-2'])
    assert.deepEqual(offered('stats', 'last', '', FACTS).slice(0, 2), ['10m', '1h'])
    assert.deepEqual(offered('policy', 'settings', 'target=50% ma', FACTS)[0], 'target=50% max=2')
    assert.ok(offered('help', 'command', '', FACTS).length <= 25)
    for (const [name, option] of [
      ['nothing', 'x'],
      ['pin', 'x'],
      ['pin', 'reason'],
    ] as const) {
      assert.deepEqual(offered(name, option, '', FACTS), [])
    }
  })
})
