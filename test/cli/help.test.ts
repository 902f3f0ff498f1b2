import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'

const root = join(import.meta.dirname, '../..')
/** Where each program starts; `start` and the rest of package.json's scripts that are ours, and all of `src/cli`. */
const PROGRAM = /\bnode (?:--[\w=-]+ )*((?:src|test|bench)\/[\w/-]+\.ts)/

interface Said {
  readonly status: number
  readonly out: string
  readonly err: string
}

describe('every program', () => {
  let dir = ''
  let programs: readonly string[] = []
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spinup-help-'))
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
    const called = Object.values(scripts).flatMap((line) => PROGRAM.exec(line)?.[1] ?? [])
    const cli = await Promise.all(
      (await readdir(join(root, 'src/cli'))).map(async (name) => {
        const text = await readFile(join(root, 'src/cli', name), 'utf8')
        return /^await runCommand\(/m.test(text) ? [`src/cli/${name}`] : []
      }),
    )
    // It runs shell commands for the scripts around it, and has nothing to be asked.
    programs = [...new Set([...called, ...cli.flat(), 'agent/main.ts'])].filter((file) => file !== 'test/beside.ts')
    assert.ok(programs.includes('src/main.ts') && programs.includes('bench/run.ts') && programs.length > 15)
  })
  after(() => rm(dir, { recursive: true, force: true }))

  const run = (file: string, ...words: string[]): Promise<Said> =>
    new Promise((resolve) => {
      // In an empty folder: whatever it starts or writes would be seen there.
      const env = { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(root, '.build/compile-cache') }
      execFile(process.execPath, [join(root, file), ...words], { cwd: dir, env, timeout: 60_000 }, (error, out, err) =>
        resolve({ status: error === null ? 0 : Number(error.code ?? 1), out, err }),
      )
    })
  const each = async (check: (file: string) => Promise<void>): Promise<void> => {
    for (const file of programs) await check(file)
  }

  it('says what it is for with --help, starts nothing and ends well', async () => {
    await each(async (file) => {
      const { status, out, err } = await run(file, '--help')
      assert.equal(status, 0, `${file}: ${err}`)
      assert.ok(out.trim().split('\n').length >= 3, `${file}: ${out}`)
      assert.equal(err, '', file)
      assert.deepEqual(await readdir(dir), [], `${file} leaves nothing`)
    })
    for (const words of [['-h'], ['--wrong', '--help'], ['status', '-h']]) {
      assert.equal((await run('src/main.ts', ...words)).status, 0, words.join(' '))
    }
  })

  it('refuses an option that it does not have in one clear line', async () => {
    await each(async (file) => {
      const { status, out, err } = await run(file, '--no-such-option')
      assert.equal(status, 2, `${file}: ${out}${err}`)
      assert.equal(out, '', file)
      assert.match(err, /^[^\n]*there is no option --no-such-option[^\n]*\n$/, file)
      assert.deepEqual(await readdir(dir), [], `${file} leaves nothing`)
    })
  })

  it('offers the option that was meant, and says what is missing or too much', async () => {
    const cases: readonly (readonly [file: string, words: readonly string[], says: RegExp])[] = [
      ['src/cli/demo.ts', ['--prot', '9000'], /there is no option --prot; did you mean --port\?/],
      ['src/cli/demo.ts', ['--headles'], /did you mean --headless\?/],
      ['src/cli/demo.ts', ['--port'], /--port needs a value/],
      ['src/cli/demo.ts', ['--json=yes'], /--json takes no value/],
      ['src/cli/demo.ts', ['9000'], /it takes no word such as “9000”/],
      ['src/main.ts', ['--port', '9000'], /there is no option --port/],
      ['src/main.ts', ['status'], /it takes no word such as “status”/],
      ['src/cli/manifest.ts', ['--url', 'spinup.example.com'], /it takes an address such as https:/],
      ['src/cli/simulate.ts', [], /it takes a --trace or a --situation/],
      ['src/cli/audit.ts', ['show'], /it takes export, or verify/],
      ['src/cli/people.ts', ['invite'], /it takes invite NAME, list, or remove NAME/],
      ['bench/run.ts', ['nothing'], /it takes the name of a bench/],
    ]
    for (const [file, words, says] of cases) {
      const { status, err } = await run(file, ...words)
      assert.equal(status, 2, `${file} ${words.join(' ')}: ${err}`)
      assert.match(err, says)
      assert.equal(err.trim().split('\n').length, 1, err)
    }
  })
})
