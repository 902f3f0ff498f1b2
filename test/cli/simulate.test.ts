import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'

const PROGRAM = join(import.meta.dirname, '../../src/cli/simulate.ts')

interface Told {
  readonly trace: string
  readonly seconds: number
  readonly chart: string | null
  readonly results: readonly {
    readonly key: string
    readonly kind: string
    readonly score: number
    readonly ratio: number
    readonly peak: number
  }[]
}

describe('npm run simulate', () => {
  const dir = mkdtempSync(join(tmpdir(), 'spinup-simulate-'))
  after(() => rmSync(dir, { recursive: true, force: true }))

  function run(...args: readonly string[]): Promise<{ out: string; err: string; status: number }> {
    return new Promise((resolve) => {
      const child = execFile(process.execPath, [PROGRAM, ...args], { cwd: dir }, (_, out, err) =>
        resolve({ out, err, status: child.exitCode ?? -1 }),
      )
    })
  }

  it('tells as JSON how everyone did, the same for the same seed', async () => {
    const args = ['--trace', 'step', '--against', 'kpa,hpa', '--json', '--seed', '3']
    const first = await run(...args)
    assert.equal(first.status, 0, first.err)
    const told = JSON.parse(first.out) as Told
    assert.deepEqual([told.trace, told.seconds, told.chart], ['step', 3960, null])
    assert.deepEqual(
      told.results.map(({ key }) => key),
      ['spinup', 'kpa', 'hpa', 'present', 'clairvoyant'],
    )
    assert.equal(told.results.at(-1)!.ratio, 1)
    assert.ok(told.results.every(({ score }) => score > 0))
    assert.match(first.err, /^step: [\d.]+ s\n$/, 'a plain line where there is no terminal')
    assert.equal((await run(...args)).out, first.out)
  })

  it('replays a file at the size asked for, keeps to the policy and draws', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => `${1_700_000_000 + index * 60},${index < 10 ? 600 : 6000}`)
    writeFileSync(join(dir, 'counts.csv'), `time,requests\n${rows.join('\n')}\n`)
    writeFileSync(join(dir, 'policy.json'), '{"max": 6}')
    const args = [
      '--trace',
      'counts.csv',
      '--policy',
      'policy.json',
      '--against',
      'none',
      '--chart',
      'counts.png',
      '--json',
    ]
    const { out, err, status } = await run(...args)
    assert.equal(status, 0, err)
    const told = JSON.parse(out) as Told
    assert.equal(told.seconds, 1800)
    const [spinup] = told.results
    assert.equal(spinup!.peak, 6, 'the policy’s maximum, of the fourteen it takes')
    assert.equal(readFileSync(join(dir, 'counts.png')).subarray(1, 4).toString(), 'PNG')
  })

  it('prints a table with the best marked', async () => {
    const { out, status } = await run('--trace', 'step10', '--against', 'do-pools')
    assert.equal(status, 0)
    assert.match(out, /★ (Spinup|DigitalOcean)/)
    assert.match(out, /Spinup \(defaults\)/)
    assert.match(out, /DigitalOcean pools \(.*cooldown\)/)
  })

  it('plays a situation request by request, and says what is useful and what was asked for', async () => {
    const { out, status } = await run('--situation', 'open-streams', '--against', 'hpa')
    assert.equal(status, 0)
    assert.match(out, /^open-streams: 1 h 15 min, /)
    assert.match(out, /300 event streams at night.*more than 1 help nobody/)
    assert.match(out, /Kubernetes HPA \(.*stabilisation\)/)
    assert.match(
      out.split('\n').find((line) => line.includes('clairv.'))!,
      /peak +asked$/,
    )
    const args = ['--situation', 'backup', '--against', 'none', '--json']
    const told = JSON.parse((await run(...args)).out) as {
      readonly situations: readonly {
        readonly situation: string
        readonly useful: number
        readonly results: Told['results']
      }[]
    }
    const [backup] = told.situations
    assert.deepEqual([backup!.situation, backup!.useful], ['backup', 2])
    assert.deepEqual(
      backup!.results.map(({ key }) => key),
      ['spinup', 'clairvoyant'],
    )
    const crawlers = ['--situation', 'crawlers', '--against', 'none', '--json']
    const [first, same, other] = [await run(...crawlers), await run(...crawlers), await run(...crawlers, '--seed', '2')]
    assert.equal(first.out, same.out)
    assert.notEqual(first.out, other.out)
  })

  it('keeps to the policy’s bounds in a situation, whatever its own are', async () => {
    writeFileSync(join(dir, 'bounds.json'), '{"min": 3, "max": 3}')
    const { out } = await run('--situation', 'slow-disk', '--policy', 'bounds.json', '--against', 'hpa', '--json')
    const { situations } = JSON.parse(out) as { readonly situations: readonly { readonly results: Told['results'] }[] }
    assert.ok(
      situations[0]!.results.every(({ peak }) => peak === 3),
      out,
    )
  })

  it('prints tables in Markdown, ready for a page', async () => {
    const { out, status } = await run('--situation', 'backup', '--against', 'hpa', '--markdown')
    assert.equal(status, 0)
    const lines = out.trim().split('\n')
    assert.match(lines[0]!, /^\| +\| useful \| asked \| .*\| slow s \| changes \| reversals \|$/)
    assert.match(lines[1]!, /^\| --- \|( ---: \|)+$/)
    assert.match(lines[2]!, /^\| backup \| 2 \| \d+ \|.*\*\*\d/)
    assert.match(lines.at(-1)!, /^\| mean \|/)
    const columns = new Set(lines.map((line) => line.split('|').length))
    assert.equal(columns.size, 1)
  })

  it('refuses what it does not know with status 2 and what it does know', async () => {
    for (const [args, message] of [
      [['--trace', 'tsunami'], /neither a shape \(step, step10, ramp/],
      [['--trace', 'step', '--against', 'borg'], /--against borg: it takes kpa, hpa/],
      [['--trace', 'step', '--late', 'soon'], /--late soon: it takes a number/],
      [['--situation', 'eclipse'], /--situation eclipse: it takes evening, newsletter, .*, or all/],
      [['--situation', 'backup', '--trace', 'step'], /a --trace or a --situation, not both/],
      [['--situation', 'backup', '--days', '1'], /--days is for a --trace/],
      [[], /it takes a --trace or a --situation/],
    ] as const) {
      const { err, status } = await run(...args)
      assert.equal(status, 2, args.join(' '))
      assert.match(err, message)
    }
    writeFileSync(join(dir, 'bad.csv'), 'time,requests\n0,1\nx,y\n')
    const bad = await run('--trace', 'bad.csv')
    assert.equal(bad.status, 2)
    assert.match(bad.err, /line 3/)
  })
})
