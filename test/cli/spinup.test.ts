import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { filesIn } from '../../src/balancers/builtin/process/config.ts'
import { balancerDir } from '../../src/balancers/builtin/folder.ts'

const root = join(import.meta.dirname, '../..')

describe('the program spinup', () => {
  let dir = ''
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spinup-program-'))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  const spinup = async (
    words: readonly string[],
    lines: readonly string[] = [],
  ): Promise<{ readonly status: number; readonly out: string; readonly err: string }> => {
    const env = {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: join(root, '.build/compile-cache'),
      // Nothing answers there.
      SPINUP_PUBLIC_URL: 'http://127.0.0.1:1',
      SPINUP_PORT: '1',
    }
    const child = spawn(process.execPath, [join(root, 'src/cli/spinup.ts'), ...words], { cwd: dir, env, stdio: 'pipe' })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text))
    child.stdin.end(lines.map((line) => `${line}\n`).join(''))
    const [status] = (await once(child, 'close')) as [number]
    return { status, out, err }
  }

  it('gives help to who calls a verb without the words it needs, by its own name', async () => {
    for (const verb of ['policy', 'chat', 'people', 'audit', 'visual']) {
      const { status, out, err } = await spinup([verb])
      assert.deepEqual([status, err], [0, ''], verb)
      assert.match(out, new RegExp(`^ {2}spinup ${verb} `, 'm'), verb)
      assert.doesNotMatch(out, /\bnpm\b/, verb)
      assert.equal(out, (await spinup([verb, '--help'])).out, verb)
    }
    assert.deepEqual(await readdir(dir), [])
  })

  it('says what comes next by its own name, too', async () => {
    const doctor = await spinup(['doctor', '--json'])
    assert.match(doctor.out, /Start it: spinup start/)
    assert.doesNotMatch(doctor.out, /\bnpm\b/)
    const init = await spinup(['init'], ['here', 'none', '', ''])
    assert.match(init.out, /Next: spinup start/)
    const kept = await readFile(join(dir, '.env'), 'utf8')
    assert.match(kept, /Written by `spinup init`/)
    assert.doesNotMatch(init.out + kept, /\bnpm\b/)
  })

  it('has help for its completion, and refuses what it does not have in a line', async () => {
    for (const words of [['--help'], ['-h'], ['bash', '--help']]) {
      const { status, out } = await spinup(['completion', ...words])
      assert.equal(status, 0)
      assert.match(out, /source <\(spinup completion bash\)/)
    }
    assert.match((await spinup(['completion', 'csh'])).err, /^spinup: there is no completion csh\. It takes bash, /)
    assert.equal((await spinup(['frob'])).err, 'spinup: there is no frob. --help lists what there is.\n')
  })

  it('says in one line what the machine refuses', async () => {
    const data = join(dir, '.spinup')
    await mkdir(join(data, 'secret'), { recursive: true })
    const { running } = filesIn(balancerDir({ dataDir: data }))
    await mkdir(running, { recursive: true })
    await writeFile(join(dir, 'one.backup'), '')
    for (const words of [['backup', 'two.backup'], ['restore', 'one.backup', '--check'], ['stop']]) {
      const { status, out, err } = await spinup(words)
      assert.equal(status, 1, words.join(' '))
      assert.equal(out, '', words.join(' '))
      assert.match(err, /^spinup: EISDIR: [^\n]*\n$/, words.join(' '))
    }
  })
})
