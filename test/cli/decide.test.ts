import assert from 'node:assert/strict'
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, describe, it } from 'node:test'

const PROGRAM = join(import.meta.dirname, '../../src/cli/decide.ts')
const T = 1_700_000_000

type Answer = Readonly<Record<string, unknown>>

function member(t: number, fields: object = {}): object {
  return { id: 'web-1', phase: 'inService', age: 300, sampleAt: t, stats: { cpu: 0.5, rps: 50 }, ...fields }
}

function observation(t: number, ...members: readonly object[]): string {
  return JSON.stringify({ t, members: members.length === 0 ? [member(t)] : members })
}

describe('npm run decide', () => {
  const dir = mkdtempSync(join(tmpdir(), 'spinup-decide-'))
  const running = new Set<ChildProcessWithoutNullStreams>()
  after(() => {
    for (const child of running) child.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  })

  function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
    const child = spawn(process.execPath, [PROGRAM, ...args])
    running.add(child)
    child.on('exit', () => running.delete(child))
    return child
  }

  /** Everything in, everything out. */
  async function run(input: string, ...args: readonly string[]): Promise<{ out: string; err: string; status: number }> {
    const child = start(...args)
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text))
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    const status = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)))
    return { out, err, status }
  }

  async function answers(lines: readonly string[], ...args: readonly string[]): Promise<readonly Answer[]> {
    const { out, status } = await run(lines.join('\n'), ...args)
    assert.equal(status, 0)
    return out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Answer)
  }

  function policy(fields: object): string {
    const file = join(dir, `policy-${Math.random()}.json`)
    writeFileSync(file, JSON.stringify(fields))
    return file
  }

  const twoFull = ['a', 'b'].map((id) => member(T, { id, stats: { cpu: 1, load1: 9 } }))

  it('answers each line with the time, the size and a reason', async () => {
    const [calm, busy, ...rest] = await answers([
      observation(T),
      observation(T + 1, member(T + 1, { stats: { cpu: 1, psi: 0.7, load1: 3 } })),
    ])
    assert.deepEqual(rest, [])
    assert.equal(calm!['t'], T)
    assert.equal(calm!['desired'], 1)
    assert.deepEqual(Object.keys(calm!).slice(0, 3), ['t', 'desired', 'reason'])
    assert.ok(Number(busy!['desired']) > 1, String(busy!['reason']))
    assert.match(String(busy!['reason']), /CPU 100 %/)
  })

  it('keeps to the policy file', async () => {
    const full = observation(T, ...twoFull)
    const [limited] = await answers([full], '--policy', policy({ min: 2, max: 3 }))
    assert.equal(limited!['desired'], 3)
    const [least] = await answers([observation(T)], '--policy', policy({ min: 2, max: 3 }))
    assert.equal(least!['desired'], 2)
  })

  it('answers at once, while more may come', async () => {
    const child = start()
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    for (const t of [T, T + 1, T + 2]) {
      child.stdin.write(`${observation(t)}\n`)
      assert.equal((JSON.parse((await lines.next()).value ?? '') as Answer)['t'], t)
    }
    // Half a line is no line yet.
    const line = observation(T + 3)
    child.stdin.write(line.slice(0, 20))
    child.stdin.write(`${line.slice(20)}\n`)
    assert.equal((JSON.parse((await lines.next()).value ?? '') as Answer)['t'], T + 3)
    child.stdin.end()
    assert.equal((await lines.next()).done, true)
  })

  it('says which field is wrong, and goes on as if the line had not been', async () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['{"t": 1,', /not JSON/],
      [observation(T).replace('0.5', 'NaN'), /not JSON/],
      ['[]', /it takes an object/],
      ['{"members": []}', /^t is missing/],
      [`{"t": ${T}}`, /^members is missing/],
      [observation(T, member(T, { phase: 'resting' })), /^members\[0\]\.phase takes inService, booting or draining/],
      [observation(T, member(T), member(T, { id: 'b', phase: undefined })), /^members\[1\]\.phase is missing/],
      [observation(T, member(T, { age: -1 })), /^members\[0\]\.age/],
      [observation(T, member(T, { stats: { cpu: -0.1 } })), /^members\[0\]\.stats\.cpu takes a number, 0 or more/],
      [observation(T, member(T, { stats: { cpu: 93 } })), /^members\[0\]\.stats\.cpu takes a fraction/],
      [observation(T, member(T, { stats: { queue: 'long' } })), /^members\[0\]\.stats\.queue/],
      [observation(T, member(T, { sampleAt: null })), /^members\[0\]\.sampleAt is missing/],
      [observation(T, member(T), member(T)), /"web-1" is there twice/],
      [observation(T * 1000), /^t takes seconds, not milliseconds/],
      [observation(T - 10), /^t went backwards/],
    ]
    const good = [T, T + 1, T + 2].map((t) => observation(t, member(t, { stats: { cpu: 0.9 } })))
    const mixed = [good[0]!, ...wrong.map(([line]) => line), '', '   ', good[1]!, good[2]!]
    const told = await answers(mixed)
    for (const [index, [line, message]] of wrong.entries()) {
      assert.match(String(told[index + 1]!['error']), message, line)
    }
    assert.deepEqual([told[0], ...told.slice(-2)], await answers(good), 'the memory is what it would have been')
  })

  it('counts members on their way, not those that leave; unknown fields are nothing to it', async () => {
    const [answer] = await answers([
      JSON.stringify({
        t: T,
        region: 'fra1',
        members: [
          { ...member(T), zone: 'a' },
          member(T, { id: 'b', phase: 'booting', age: 10, sampleAt: null, stats: null }),
          { id: 'c', phase: 'draining', age: 2 },
        ],
      }),
    ])
    assert.equal(answer!['desired'], 2)
  })

  it('decides the same whether time is told from the epoch or from nought', async () => {
    const from = (start: number): readonly string[] =>
      Array.from({ length: 300 }, (_, index) => {
        const cpu = index < 100 ? 0.4 : Math.min(1, 0.4 + (index - 100) / 150)
        return observation(start + index, member(start + index, { age: 5000 + index, stats: { cpu } }))
      })
    const sizes = async (start: number): Promise<readonly unknown[]> =>
      (await answers(from(start), '--policy', policy({ max: 20 }))).map((answer) => answer['desired'])
    assert.deepEqual(await sizes(0), await sizes(T))
  })

  it('opens the calendar’s windows and keeps to the budget', async () => {
    // T is a Tuesday, 22:13:20 UTC.
    const calendar = [{ cron: '0 22 * * *', forMs: 3_600_000, timeZone: 'UTC', min: 4, max: null }]
    const [open] = await answers([observation(T)], '--policy', policy({ calendar }))
    assert.equal(open!['desired'], 4)
    const costly = JSON.stringify({ t: T, dollarsPerHour: 1, members: twoFull })
    const [paid] = await answers([costly], '--policy', policy({ max: 20, maxDollarsPerHour: 2 }))
    assert.deepEqual([paid!['desired'], paid!['rule']], [2, 'costPerHour'])
  })

  it('refuses a wrong policy with status 2, the field and the nearest right name', async () => {
    const { status, err, out } = await run(observation(T), '--policy', policy({ targt: 0.7 }))
    assert.deepEqual([status, out], [2, ''])
    assert.match(err, /no field targt; did you mean target\?/)
    const missing = await run('', '--policy', join(dir, 'nowhere.json'))
    assert.equal(missing.status, 2)
    assert.match(missing.err, /nowhere\.json cannot be read/)
  })

  it('ends quietly when nobody listens any more', async () => {
    const child = start()
    let err = ''
    child.stderr.on('data', (text) => (err += String(text)))
    child.stdin.on('error', () => {})
    child.stdout.destroy()
    const closed = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)))
    for (let t = T; t < T + 2000; t++) child.stdin.write(`${observation(t)}\n`)
    child.stdin.end()
    assert.equal(await closed, 0)
    assert.equal(err, '')
  })
})
