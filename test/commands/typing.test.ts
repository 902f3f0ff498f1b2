import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { changesNothing } from '../../src/commands/dispatch/access.ts'
import { parseLine } from '../../src/commands/dispatch/line.ts'
import type { Parsed } from '../../src/commands/dispatch/read.ts'
import { answerTo as answerOf, meantBy } from '../../src/commands/dispatch/sayings.ts'
import { COMMANDS } from '../../src/commands/registry.ts'
import type { CommandWords } from '../../src/chat/grammar.ts'
import { distance } from '../../src/core/model/nearest.ts'

/** Monday noon, UTC. */
const NOW = Date.UTC(2026, 0, 5, 12, 0, 0)
const POOLS = [
  { id: 'p-1', name: 'web' },
  { id: 'p-2', name: 'api' },
]
const FILE = join(import.meta.dirname, 'typing.golden.txt')
const BETWEEN = '  →  '

/** What people typed, and what came of it. To add a line: without an answer, then once with UPDATE_GOLDEN=1; read what it wrote. */
const GOLDEN = readFileSync(FILE, 'utf8')
  .split('\n')
  .filter((row) => row !== '')
  .map((row) => {
    const [typed = '', answer = ''] = row.split(BETWEEN)
    return [
      typed.replaceAll(/\\u([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16))),
      answer,
    ] as const
  })

function read(line: string): Parsed {
  return parseLine(line, NOW, undefined, POOLS)
}

/** `pin count=3 forMs=600000 reason=""`, with the pool that is named; or the refusal with its suggestion and example. */
function answerTo(line: string): string {
  const parsed = read(line)
  if (parsed.kind === 'error') {
    const { message, suggestion, example } = parsed.view
    return `✗ ${message} | ${suggestion ?? '-'} | ${example ?? '-'}`
  }
  const { kind, ...rest } = parsed.request
  const words = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return [kind, ...words, ...(parsed.pool === null ? [] : [`@${parsed.pool}`])].join(' ')
}

/** What cannot be seen, or not told apart, is written as its number. */
function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}]|(?! )\p{Z}|[\u2010-\u2015\u2212]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function write(): void {
  const rows = GOLDEN.map(([typed]) => `${visible(typed)}${BETWEEN}${answerTo(typed)}\n`)
  writeFileSync(FILE, rows.join(''))
}

describe('what people type', () => {
  if (process.env['UPDATE_GOLDEN'] === '1') write()

  it('is answered as the golden file has it', () => {
    assert.ok(GOLDEN.length >= 200)
    assert.equal(new Set(GOLDEN.map(([typed]) => typed)).size, GOLDEN.length)
    for (const [typed, answer] of GOLDEN) assert.equal(answerTo(typed), answer, JSON.stringify(typed))
  })

  it('never changes anything by a question, nor suggests a line that would', () => {
    const questions = GOLDEN.filter(([typed]) => {
      const asks =
        /[?？؟]\W*$/.test(typed) || /^(who|what|when|why|how|is|are|do|does|did|has|should|show)\b/i.test(typed)
      // What is to come again and again is set up, as one types it.
      const sets = /^show .*\b(every|each|daily|\w+days)\b/i.test(typed) && !typed.endsWith('?')
      return asks && !sets && !/^(hey |please )?(can|could|would|will) (you|u)\b/i.test(typed)
    })
    assert.ok(questions.length >= 100)
    for (const [typed] of questions) {
      for (const line of linesOf(typed)) assert.ok(!changes(line), `${typed}: ${line}`)
    }
  })

  it('is refused with lines that work, an unknown command with one that changes nothing unless it is one slip away', () => {
    const refused = GOLDEN.filter(([typed]) => read(typed).kind === 'error')
    assert.ok(refused.length >= 60)
    for (const [typed] of refused) {
      const lines = linesOf(typed)
      assert.ok(lines.length > 0, typed)
      for (const line of lines) assert.equal(read(line).kind, 'request', `${typed} is refused with ${line}`)
      const parsed = read(typed)
      const unknown = /no command called “(.+?)”/.exec(parsed.kind === 'error' ? parsed.view.message : '')?.[1]
      const [suggestion = ''] = lines
      const name = /^\/spinup (\S+)/.exec(suggestion)?.[1] ?? ''
      const word = unknown?.toLowerCase().replace(/^\//, '') ?? name
      if (changes(suggestion)) assert.ok(distance(word, name) <= 1, `${typed}: ${suggestion}`)
    }
  })

  it('is right in every example of the issue', () => {
    for (const [typed, kind] of [
      ['how many servers are running?', 'status'],
      ['please scale up', 'up'],
      ['info', 'status'],
      ['cpu', 'stats'],
      ['stats cpu last 2 hours', 'stats'],
      ['why?', 'why'],
      ['?', 'help'],
      ['stats CPU', 'stats'],
      ['status web', 'status'],
      ['policy calendar=off', 'policy'],
      ['what does it cost', 'cost'],
      ['why did it scale', 'why'],
      ['who paused', 'history'],
      ['disco', 'disco'],
    ] as const) {
      const parsed = read(typed)
      assert.ok(parsed.kind === 'request' && parsed.request.kind === kind, `${typed}: ${answerTo(typed)}`)
    }
    for (const typed of ['deploy', 'pause -5m', 'pin 3 forever']) assert.equal(read(typed).kind, 'error', typed)
  })

  it('that asks for help of a command gets it, and does nothing', () => {
    for (const { name } of COMMANDS as readonly CommandWords[]) {
      for (const ask of ['help', '--help', '-h', '—help']) {
        // `show help` and `help help` are help.
        const topic = name === 'show' || name === 'help' ? /^help topic=/ : new RegExp(`^help topic="${name}"$`)
        assert.match(answerTo(`${name} ${ask}`), topic, `${name} ${ask}`)
      }
    }
  })

  it('says to how many, or by how many: by no name is one taken for the other', () => {
    for (const command of COMMANDS as readonly CommandWords[]) {
      if (command.name !== 'up' && command.name !== 'down') continue
      for (const name of [command.name, ...(command.aliases?.split(', ') ?? [])]) {
        assert.equal(answerTo(`${name} to 4`), 'scale count=4', name)
        assert.equal(answerTo(`${name} by 4`), `${command.name} count=4`, name)
      }
    }
    for (const line of ['scale by 4', 'scale +4', 'resize by four', 'scale -4']) assert.equal(read(line).kind, 'error')
  })

  it('is asked of commands that only look, and every alias means the command whose record has it', () => {
    for (const command of COMMANDS as readonly CommandWords[]) {
      for (const alias of command.aliases?.split(', ') ?? []) {
        assert.equal(meantBy(alias.split(' '))?.command.name, command.name, alias)
      }
      for (const [words, list] of Object.entries(command.asks ?? {})) {
        const line = `/spinup ${command.name} ${words.replace('*', 'pin')}`
        assert.ok(read(line).kind === 'request' && !changes(line), line)
        for (const phrase of list.split(', ')) {
          assert.equal(answerOf(phrase.replace('!', '').split(' '))?.command.name, command.name, phrase)
        }
      }
    }
  })
})

/** The line itself where it is understood; else what it is refused with. */
function linesOf(typed: string): readonly string[] {
  const parsed = read(typed)
  if (parsed.kind === 'request') return [typed]
  return [parsed.view.suggestion, parsed.view.example].filter((line) => line !== null)
}

function changes(line: string): boolean {
  const parsed = read(line)
  return parsed.kind === 'request' && !changesNothing(parsed.request)
}
