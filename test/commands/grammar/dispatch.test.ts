import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { CommandWords } from '../../../src/chat/grammar.ts'
import { askedOf } from '../../../src/commands/dispatch/perform.ts'
import { parseLine } from '../../../src/commands/dispatch/line.ts'
import { complete } from '../../../src/commands/dispatch/complete.ts'
import { createHandlers } from '../../../src/commands/dispatch/handlers.ts'
import { COMMANDS, LISTED, type Request } from '../../../src/commands/registry.ts'
import { SpinupError } from '../../../src/core/model/error.ts'
import { timeZoneOf } from '../../../src/core/model/time-zone.ts'
import type { ErrorView } from '../../../src/core/model/view.ts'
import { duration } from '../../../src/core/model/words.ts'

const NOW = Date.UTC(2026, 0, 5, 12, 0, 0)
const ADA = { id: 'console:ada', name: 'Ada', platform: 'console' }
const FACTS = {
  commands: [],
  pools: [],
  members: ['web-1', 'web-2'],
  stats: ['cpu', 'memory', 'queue_depth'],
  droplets: ['web'],
}

function request(line: string): Request {
  const parsed = parseLine(line, NOW)
  assert.equal(parsed.kind, 'request', `${line}: ${JSON.stringify(parsed)}`)
  return (parsed as Extract<typeof parsed, { kind: 'request' }>).request
}

function refusal(line: string): ErrorView {
  const parsed = parseLine(line, NOW)
  assert.equal(parsed.kind, 'error', line)
  const view = (parsed as Extract<typeof parsed, { kind: 'error' }>).view
  assert.equal(view.kind, 'error')
  return view as ErrorView
}

describe('commands', () => {
  it('reads every command’s own example', () => {
    for (const command of COMMANDS) assert.equal(request(command.example).kind, command.name, command.example)
  })

  it('has every name once, with a summary and a usage that begins with it', () => {
    assert.equal(new Set(COMMANDS.map((command) => command.name)).size, COMMANDS.length)
    for (const command of COMMANDS) {
      assert.ok(command.usage.startsWith(command.name))
      assert.ok(command.summary.length > 10)
    }
  })

  it('reads a line with or without /spinup, in any case, with loose spaces', () => {
    for (const line of ['/spinup status', 'status', '  /spinup   STATUS ', '!spinup status']) {
      assert.equal(request(line).kind, 'status')
    }
    assert.equal(request('').kind, 'help')
    assert.equal(request('/spinup').kind, 'help')
  })

  it('reads pins with durations, times of day and reasons', () => {
    assert.deepEqual(request('/spinup pin 3 for 10m'), { kind: 'pin', count: 3, forMs: 600_000, reason: '' })
    assert.deepEqual(request('pin 4 for 2h launch day'), {
      kind: 'pin',
      count: 4,
      forMs: 7_200_000,
      reason: 'launch day',
    })
    assert.deepEqual(request('pin 2 until 18:00 demo'), { kind: 'pin', count: 2, forMs: 6 * 3600_000, reason: 'demo' })
    assert.deepEqual(request('pin 2 until 11:00'), { kind: 'pin', count: 2, forMs: 23 * 3600_000, reason: '' })
    assert.deepEqual(request('pin 2 for 1 h 30 min x'), { kind: 'pin', count: 2, forMs: 5_400_000, reason: 'x' })
    assert.deepEqual(request('pin 2'), { kind: 'pin', count: 2, forMs: 3600_000, reason: '' })
    assert.deepEqual(request('pin 2 90m'), { kind: 'pin', count: 2, forMs: 5_400_000, reason: '' })
  })

  it('reads a time by the clocks that are said with it, else by those of who asks', () => {
    const berlin = timeZoneOf('Europe/Berlin')
    const left = (line: string, zone = berlin): string => {
      const parsed = parseLine(`pin 2 until ${line}`, Date.UTC(2026, 0, 5, 12), zone)
      assert.ok(parsed.kind === 'request' && parsed.request.kind === 'pin' && parsed.request.reason === '', line)
      return duration(parsed.request.forMs)
    }
    for (const [line, span] of [
      ['18:00', '5 h'],
      ['18:00 CET', '5 h'],
      ['18:00 UTC', '6 h'],
      ['6pm Europe/London', '6 h'],
      ['18:00 pst', '14 h'],
      ['18:00 today', '5 h'],
      ['tonight 8', '7 h'],
      ['18:00 UTC tomorrow', '1 d 6 h'],
      ['tuesday 12:00', '23 h'],
      ['monday 13:00', '7 d'],
    ] as const) {
      assert.equal(left(line), span, line)
    }
    assert.match(refusal('pin 2 until 0:01 today').message, /has passed/)
  })

  it('takes options that are written like settings', () => {
    const asked = { kind: 'pin', count: 3, forMs: 7_200_000, reason: 'launch day' }
    assert.deepEqual(request('pin count=3 for=2h reason="launch day"'), asked)
    assert.deepEqual(request('pin 3 --time=2h --reason=“launch day”'), asked)
    assert.deepEqual(request('pause reason="why not now?"'), { kind: 'pause', forMs: null, reason: 'why not now?' })
    assert.deepEqual(request('pin 3 x=1 is set'), { kind: 'pin', count: 3, forMs: 3600_000, reason: 'x=1 is set' })
  })

  it('refuses what it cannot read, and says what would be right', () => {
    assert.match(refusal('pin lots for 10m').message, /“lots” is not a count/)
    assert.match(refusal('pin 3 for ever').message, /ends by itself/)
    assert.match(refusal('pin 3 for 99d').message, /too long/)
    assert.match(refusal('pin 0').message, /from 1/)
    assert.match(refusal('pin -2').message, /not a count/)
    assert.match(refusal('status soon').message, /do not understand “soon”/)
    assert.match(refusal('scale 2 3').message, /do not understand “3”/)
    assert.match(refusal('pin 2 until 25:00').message, /not a time of day/)
    assert.equal(refusal('pin 3 for x').example, '/spinup pin 3 for 10m launch day')
  })

  it('suggests the whole line that was meant, never takes a slip for a reason', () => {
    for (const [line, suggestion] of [
      ['pin 3 fo 2h', '/spinup pin 3 for 2h'],
      ['pin 3 untl 18:00', '/spinup pin 3 until 18:00'],
      ['pin 3 18:00', '/spinup pin 3 until 18:00'],
      ['pin 3 for 18:00', '/spinup pin 3 until 18:00'],
      ['pin 3 until 2h', '/spinup pin 3 for 2h'],
      ['pin 3 until', '/spinup pin 3 until 18:00'],
      ['pin 3 90', '/spinup pin 3 for 90m'],
      ['pause 30', '/spinup pause for 30m'],
      ['pause for 30', '/spinup pause for 30m'],
      ['protect web-2 fpr 1h', '/spinup protect web-2 for 1h'],
      ['pin 3 for 99d', '/spinup pin 3 for 30d'],
      ['undo this/that', '/spinup undo'],
      ['udno', '/spinup undo'],
      ['policy target 50%', '/spinup policy target=50%'],
      ['policy tarjet 50%', '/spinup policy target=50%'],
      ['pin 3 -5m', '/spinup pin 3 for 5m'],
      ['pin 3 forever', '/spinup pin 3 for 30d'],
      ['pause for -1.5h', '/spinup pause for 90m'],
      ['pin 3 until 9', '/spinup pin 3 until 21:00'],
      ['pause off', '/spinup resume'],
      ['pin off', '/spinup unpin'],
      ['history ada', '/spinup history of ada'],
      ['approve the/lot', '/spinup approve'],
      ['policy max', '/spinup policy max=2'],
      ['statu cpu lst 2h', '/spinup status'],
      ['rocket', '/spinup help'],
      ['remove <@U1>', '/spinup remove web-3'],
      ['protect web/2 1h', '/spinup protect web-2 for 2h'],
      [`adopt ${'x'.repeat(300)}`, '/spinup adopt web-4'],
      ['connect snapshpt', '/spinup connect snapshot'],
      ['stats cpu of *', '/spinup stats cpu of web-1'],
    ] as const) {
      assert.equal(refusal(line).suggestion, suggestion, line)
      assert.notEqual(refusal(line).example, null, line)
    }
    assert.deepEqual(request('pin 3 four eyes'), { kind: 'pin', count: 3, forMs: 3600_000, reason: 'four eyes' })
    assert.deepEqual(request('pin 3 2nd launch'), { kind: 'pin', count: 3, forMs: 3600_000, reason: '2nd launch' })
    for (const [line, like] of [
      ['pin 3 1h30 launch', 'pin 3 for 90m launch'],
      ['pin 3 90mn', 'pin 3 for 90m'],
      ['protect web-2 1,5h', 'protect web-2 for 90m'],
      ['pin 3 until 9am', 'pin 3 until 09:00'],
      ['pin 3 until 6.30pm', 'pin 3 until 18:30'],
    ] as const) {
      assert.deepEqual(request(line), request(like), line)
    }
    assert.deepEqual(request('undo 0a1b2c3d'), { kind: 'undo', episode: '0a1b2c3d' })
  })

  it('reads its words in any case, as phones write them', () => {
    assert.deepEqual(request('Protect web-2 Off'), { kind: 'protect', member: 'web-2', forMs: 'off', reason: '' })
    assert.deepEqual(request('Mode Auto'), request('mode auto'))
    assert.deepEqual(request('Refresh Live'), request('refresh live'))
    assert.deepEqual(request('Connect Snapshot Live'), request('connect snapshot live'))
    assert.deepEqual(request('Stats cpu Of web-1 Last 2h'), request('stats cpu of web-1 last 2h'))
    assert.deepEqual(request('Whatif target=50% Last 2h'), request('whatif target=50% last 2h'))
    assert.deepEqual(request('History 20 Of Ada'), request('history 20 of Ada'))
    assert.deepEqual(request('Pause 2 Hours deploy'), request('pause for 2h deploy'))
  })

  it('reads a time of day by the clock of whoever types', () => {
    const until = (line: string, now: number, zone: string): number => {
      const parsed = parseLine(line, now, timeZoneOf(zone))
      assert.ok(parsed.kind === 'request' && parsed.request.kind === 'pin')
      return parsed.request.forMs
    }
    assert.equal(until('pin 2 until 18:00', NOW, 'Europe/Berlin'), 5 * 3600_000)
    assert.equal(until('pin 2 until 18:00', NOW, 'Asia/Kolkata'), 30 * 60_000)
    assert.equal(until('pin 2 until 06:00', NOW, 'America/New_York'), 23 * 3600_000)
  })

  it('asks for that clock only where a time of day is typed, and does without one that is not there', async () => {
    const asked: string[] = []
    const forMs: number[] = []
    const handlers = createHandlers({
      perform: async (wish) => {
        if (wish.kind === 'pin') forMs.push(wish.forMs)
        return []
      },
      form: () => Promise.reject(new Error('no form')),
      home: async () => [],
      facts: async () => FACTS,
      now: () => NOW,
      timeZone: async () => {
        asked.push('pool')
        return 'Mars/Olympus'
      },
      failed: () => undefined,
    })
    const place = { platform: 'console', channel: 'main', tenant: null }
    const say = (text: string, timeZone?: string): Promise<unknown> =>
      handlers.command({
        text,
        asker: { actor: ADA, place, roles: [], ...(timeZone === undefined ? {} : { timeZone }) },
      })
    await say('pin 2 for 1h')
    assert.deepEqual(asked, [])
    await say('pin 2 until 18:00', 'Europe/Berlin')
    assert.deepEqual(asked, [])
    await say('pin 2 until 18:00')
    assert.deepEqual([asked, forMs], [['pool'], [3600_000, 5 * 3600_000, 6 * 3600_000]])
  })

  it('reads a setting whose value has spaces, in quotes', () => {
    const found = request('/spinup policy calendar="0 8 * * 1-5 for 10h min=4 Europe/Berlin" max=6')
    assert.ok(found.kind === 'policy')
    assert.deepEqual(Object.keys(found.changes), ['calendar', 'max'])
    assert.match(found.changes['calendar'] ?? '', /0 8 \* \* 1-5 for 10h min=4 Europe\/Berlin/)
  })

  it('reads what a refresh shall do, and whom to take in or out', () => {
    assert.deepEqual(request('refresh'), { kind: 'refresh', choice: { kind: 'graceful' } })
    assert.deepEqual(request('refresh live'), { kind: 'refresh', choice: { kind: 'live' } })
    assert.deepEqual(request('refresh stop'), { kind: 'refresh', choice: { kind: 'stop' } })
    assert.deepEqual(request('refresh keep 3'), { kind: 'refresh', choice: { kind: 'keep', count: 3 } })
    assert.equal(refusal('refresh lvie').suggestion, '/spinup refresh live')
    assert.match(refusal('refresh keep 0').message, /from 1/)
    assert.match(refusal('refresh live soon').message, /do not understand “soon”/)
    assert.deepEqual(request('remove web-3'), { kind: 'remove', name: 'web-3' })
    assert.deepEqual(request('adopt 12345'), { kind: 'adopt', droplet: '12345' })
    assert.match(refusal('remove').message, /Which member/)
  })

  it('suggests the nearest command, ready to be typed', () => {
    assert.equal(refusal('/spinup sttaus').suggestion, '/spinup status')
    assert.equal(refusal('/spinup pni 3 for 10m').suggestion, '/spinup pin 3 for 10m')
    assert.equal(refusal('/spinup polcy target=50%').suggestion, '/spinup policy target=50%')
    assert.equal(refusal('/spinup xyzzyqq').suggestion, '/spinup help')
    assert.equal(refusal('/spinup help statu').suggestion, '/spinup help status')
    assert.equal(refusal('mode autp').suggestion, '/spinup mode auto')
    assert.equal(refusal('policy tarqet=50%').suggestion, '/spinup policy target=50%')
  })

  it('reads stats in any order of its parts', () => {
    assert.deepEqual(request('stats'), { kind: 'stats', stat: null, rangeMs: 1_800_000, member: null })
    assert.deepEqual(request('stats cpu last 2h'), { kind: 'stats', stat: 'cpu', rangeMs: 7_200_000, member: null })
    assert.deepEqual(request('stats last 10m of web-2'), {
      kind: 'stats',
      stat: null,
      rangeMs: 600_000,
      member: 'web-2',
    })
    const plain = { kind: 'stats', stat: 'cpu', rangeMs: 1_800_000, member: null }
    for (const line of ['stats cpu by member', 'stats by member cpu', 'stats cpu per member', 'stats cpu By Members']) {
      assert.deepEqual(request(line), { ...plain, byMember: true }, line)
    }
    assert.deepEqual(request('stats by member last 6h'), {
      kind: 'stats',
      stat: null,
      rangeMs: 21_600_000,
      member: null,
      byMember: true,
    })
    for (const line of [
      'stats cpu, p95 last 6h',
      'stats cpu,p95 last 6h',
      'stats cpu and p95 last 6h',
      'stats cpu , p95 6h',
    ]) {
      assert.deepEqual(request(line), { ...plain, also: 'p95', rangeMs: 21_600_000 }, line)
    }
    assert.deepEqual(request('stats cpu, p95 by member of web-1'), {
      ...plain,
      also: 'p95',
      byMember: true,
      member: 'web-1',
    })
    for (const line of ['stats cpu, last 6h', 'stats last 6h, cpu', 'stats cpu, by member, last 6h']) {
      const { byMember: _, ...rest } = request(line) as typeof plain & { readonly byMember?: true }
      assert.deepEqual(rest, { ...plain, rangeMs: 21_600_000 }, line)
    }
    assert.deepEqual(request('stats cpu, of web-1,'), { ...plain, member: 'web-1' })
    assert.deepEqual(request('show me a chart of cpu, memory'), { ...plain, also: 'memory' })
    assert.match(refusal('stats cpu p95').message, /do not understand “p95”/)
    assert.match(refusal('stats cpu, p95, rps').message, /do not understand “rps”/)
    assert.deepEqual(request('stats last 2 hours and 30 minutes'), { ...plain, stat: null, rangeMs: 9_000_000 })
    assert.match(refusal('stats last').message, /not a duration/)
    assert.match(refusal('stats cpu last 99w').message, /at most 35 days/)
  })

  it('reads what-ifs with a stretch in any place', () => {
    const changes = { target: '50%', max: '6' }
    assert.deepEqual(request('whatif target=50% max=6'), { kind: 'whatif', changes, rangeMs: null })
    assert.deepEqual(request('whatif target=50% max=6 last 7d'), { kind: 'whatif', changes, rangeMs: 604_800_000 })
    assert.deepEqual(request('whatif target=50% last 1 h 30 min max=6'), {
      kind: 'whatif',
      changes,
      rangeMs: 5_400_000,
    })
    const bare = refusal('whatif')
    assert.match(bare.message, /which settings/)
    assert.equal(bare.suggestion, '/spinup whatif target=50% max=6 last 7d')
    assert.equal(refusal('whatif last 7d').suggestion, '/spinup whatif target=50% max=6 last 7d')
    assert.equal(refusal('whatif tarqet=50%').suggestion, '/spinup whatif target=50%')
    assert.equal(refusal('whatif max=6 lsat 7d').suggestion, '/spinup whatif max=6 last 7d')
    assert.deepEqual(request('whatif max=6 last week'), request('whatif max=6 7d'))
    assert.match(refusal('whatif max=6 last 1m').message, /too short/)
    assert.match(refusal('whatif max=6 last 9w').message, /too long/)
    assert.match(refusal('whatif max').message, /NAME=VALUE/)
    assert.equal(refusal('/spinup whatfi max=6').suggestion, '/spinup whatif max=6')
  })

  it('keeps reasons to one line of bounded length', () => {
    const long = request(`deny ${'x '.repeat(500)}`)
    assert.ok(long.kind === 'deny' && long.reason.length <= 200)
  })
})

describe('completion', () => {
  const texts = (line: string): readonly string[] => complete(line, FACTS).map((completion) => completion.text)

  it('offers every command at the beginning, and those that fit a half word', () => {
    assert.equal(texts('').length, LISTED.length)
    assert.equal(texts('/spinup ').length, LISTED.length)
    assert.deepEqual(texts('/spinup p'), [
      '/spinup pools',
      '/spinup pin',
      '/spinup protect',
      '/spinup pause',
      '/spinup policy',
    ])
    assert.ok(texts('/sp').includes('/spinup status'))
  })

  it('offers what can come next: members, statistics, settings', () => {
    assert.deepEqual(texts('/spinup protect '), ['/spinup protect web-1', '/spinup protect web-2'])
    assert.deepEqual(texts('/spinup protect web-1 '), [
      '/spinup protect web-1 for',
      '/spinup protect web-1 until',
      '/spinup protect web-1 off',
    ])
    assert.ok(texts('/spinup stats q').includes('/spinup stats queue_depth'))
    assert.ok(texts('/spinup policy ta').every((text) => text.startsWith('/spinup policy target=')))
    assert.ok(texts('/spinup whatif ta').every((text) => text.startsWith('/spinup whatif target=')))
    assert.deepEqual(texts('/spinup whatif max=6 la'), ['/spinup whatif max=6 last'])
    assert.deepEqual(texts('/spinup whatif max=6 last 7'), ['/spinup whatif max=6 last 7d'])
    assert.deepEqual(texts('/spinup connect snapshot '), ['/spinup connect snapshot live'])
    assert.deepEqual(texts('/spinup nonsense '), [])
  })
})

describe('the folder of commands', () => {
  it('holds one file for each, and the registry one line for each file', async () => {
    const folder = join(import.meta.dirname, '..', '..', '..', 'src', 'commands')
    const files = (await readdir(folder)).filter((file) => file.endsWith('.ts'))
    const names = files
      .map((file) => file.replace(/\.ts$/, ''))
      .filter((name) => !['command', 'registry'].includes(name))
    assert.deepEqual(names.toSorted(), COMMANDS.map(({ name }) => name).toSorted())
  })

  it('tells the audit of each that changes something a line that asks for the same', () => {
    const changing = COMMANDS.filter((command) => !('access' in command && command.access === 'read'))
    assert.ok(changing.length >= 20)
    for (const { example } of changing) {
      const parsed = parseLine(example, NOW)
      assert.ok(parsed.kind === 'request' && parsed.request.kind !== 'help', example)
      assert.deepEqual(request(askedOf(parsed.request).line), parsed.request, example)
    }
  })

  it('gives no two of them the same name, alias or button', () => {
    const taken = COMMANDS.flatMap((command: CommandWords) => [
      command.name,
      ...(command.aliases?.split(', ') ?? []),
      ...Object.keys(command.buttons ?? {}).filter((key) => key !== command.name),
    ])
    assert.equal(new Set(taken).size, taken.length)
  })
})

describe('handlers', () => {
  const asker = { actor: ADA, place: { platform: 'console', channel: 'console', tenant: null }, roles: [] }
  const handlers = (perform: (request: Request) => Promise<never[]>, failed: (error: unknown) => void = () => {}) =>
    createHandlers({
      perform,
      failed,
      now: () => NOW,
      facts: async () => ({ pools: [], members: [], stats: [] }),
      form: async ({ name }) => ({ title: name, submit: 'Send', fields: [] }),
      home: async () => [],
    })

  it('turns a refusal by the engine into an error card with the command’s example', async () => {
    const { command } = handlers(async () => {
      throw new SpinupError('limited', '9 members is past the maximum of 5; nothing was changed.')
    })
    const [view] = await command({ text: 'scale 9', asker })
    assert.deepEqual(view, {
      kind: 'error',
      code: 'limited',
      message: '9 members is past the maximum of 5; nothing was changed.',
      suggestion: null,
      example: '/spinup scale 3',
    })
  })

  it('gives no example where the words were right', async () => {
    const { command } = handlers(async () => {
      throw new SpinupError('conflict', 'Already approved by Ada.')
    })
    const [view] = await command({ text: 'approve', asker })
    assert.equal(view?.kind === 'error' && view.example, null)
  })

  it('shows nothing of an unforeseen error’s inside, and passes it on to the log', async () => {
    const seen: unknown[] = []
    const { command } = handlers(
      async () => {
        throw new Error('dop_v1_secret leaked')
      },
      (error) => seen.push(error),
    )
    const [view] = await command({ text: 'status', asker })
    assert.ok(view?.kind === 'error' && !view.message.includes('secret'))
    assert.equal(seen.length, 1)
  })

  it('presses buttons: commands, approvals, and an answer for those it does not know', async () => {
    const done: Request[] = []
    const { action } = handlers(async (request) => {
      done.push(request)
      return []
    })
    await action({ action: 'run:/spinup up 2', asker })
    await action({ action: 'approve:abc', asker })
    await action({ action: 'deny:abc', asker })
    await action({ action: 'apply:0a1b2c:target=50% max=6', asker })
    assert.deepEqual(done, [
      { kind: 'up', count: 2 },
      { kind: 'approve', id: 'abc' },
      { kind: 'deny', id: 'abc', reason: '' },
      { kind: 'policy', changes: { target: '50%', max: '6' }, onlyIf: '0a1b2c' },
    ])
    done.length = 0
    await action({ action: 'ask:deny:abc', asker, values: { reason: 'a launch' } })
    await action({ action: 'ask:policy', asker, values: { target: '55 %', calendar: '0 8 * * 1-5  for 10h', max: '' } })
    assert.deepEqual(done, [
      { kind: 'deny', id: 'abc', reason: 'a launch' },
      { kind: 'policy', changes: { target: '55 %', calendar: '0 8 * * 1-5 for 10h' } },
    ])
    const [older] = await action({ action: 'apply:0a1b2c:gone=1', asker })
    assert.equal(older?.kind, 'error')
    const [view] = await action({ action: 'launch:missiles', asker })
    assert.equal(view?.kind, 'error')
  })
})
