import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { parse } from 'yaml'
import { DEFAULT_POLICY } from '../../src/core/model/policy.ts'
import { running } from '../running.ts'
import { startApiStage } from '../web/api/stage.ts'

const PROGRAM = join(import.meta.dirname, '../../src/cli/policy.ts')

describe('a policy as a file', () => {
  const stage = running(startApiStage)
  let folder = ''
  let file = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spinup-policy-'))
    file = join(folder, 'pool.yaml')
  })
  after(() => rm(folder, { recursive: true, force: true }))
  beforeEach(() => stage.rig.reset({ max: 4 }))

  const run = async (
    words: readonly string[],
    token: string | null = null,
  ): Promise<{ readonly status: number; readonly out: string; readonly err: string }> => {
    const SPINUP_TOKEN = token ?? (await stage.token(['policy']))
    const env = { PATH: process.env['PATH'], SPINUP_TOKEN }
    return new Promise((resolve) => {
      execFile(process.execPath, [PROGRAM, ...words, '--url', stage.url], { env, timeout: 60_000 }, (error, out, err) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err }),
      )
    })
  }
  const edit = async (from: RegExp, to: string): Promise<void> => {
    const text = await readFile(file, 'utf8')
    assert.match(text, from)
    await writeFile(file, text.replace(from, to))
  }

  it('is pulled whole, with a schema for editors in its first line and what each setting means', async () => {
    const { status, err } = await run(['pull', file])
    assert.equal(status, 0, err)
    const text = await readFile(file, 'utf8')
    assert.match(text, /^# yaml-language-server: \$schema=http:\/\/\S+\/api\/policy\.schema\.json\n/)
    assert.match(text, /\n# never more members than this, whatever happens\nmax: 4\n/)
    assert.deepEqual(Object.keys(parse(text) as object).toSorted(), Object.keys(DEFAULT_POLICY).toSorted())
    const url = /\$schema=(\S+)/.exec(text)![1]!
    assert.equal((await fetch(url)).status, 200)
    const { status: same, out } = await run(['diff', file])
    assert.deepEqual([same, /already/.test(out)], [0, true])
  })

  it('is compared, and pushed: what it holds is set, exactly, and what it does not stays', async () => {
    await run(['pull', file])
    await edit(/^max: 4$/m, 'max: 7')
    await edit(/^target: .*$/m, 'target: 0.6125')
    await edit(/^tolerance: .*\n/m, '')
    const diff = await run(['diff', file])
    assert.deepEqual([diff.status, diff.out], [1, '- target: 0.6\n+ target: 0.6125\n- max: 4\n+ max: 7\n'])
    assert.equal((await stage.rig.state()).pool.policy.max, 4)
    const { status, out, err } = await run(['push', file])
    assert.equal(status, 0, err)
    assert.match(out, /Set: target: .*, max: 4 → 7/)
    const { policy } = (await stage.rig.state()).pool
    assert.deepEqual([policy.max, policy.target, policy.tolerance], [7, 0.6125, DEFAULT_POLICY.tolerance])
    assert.equal((await run(['diff', file])).status, 0)
  })

  it('is refused whole, in words, where it is wrong', async () => {
    const cases: readonly (readonly [string, RegExp, number])[] = [
      ['max: 0\nmin: 1\n', /max/, 1],
      ['min: 9\n', /above max/, 1],
      ['maxx: 6\n', /did you mean max\?/, 2],
      ['max: [\n', /not JSON or YAML/, 2],
      ['- max\n', /takes one object/, 2],
    ]
    for (const [text, words, wanted] of cases) {
      await writeFile(file, text)
      const { status, err } = await run(['push', file])
      assert.deepEqual([status, words.test(err)], [wanted, true], `${text}: ${err}`)
    }
    assert.equal((await stage.rig.state()).pool.policy.max, 4)
    await writeFile(file, 'max: 5\n')
    const refused = await run(['push', file], await stage.token(['read', 'scale']))
    assert.deepEqual([refused.status, /does not have the scope policy/.test(refused.err)], [1, true], refused.err)
    assert.match((await run(['push', file, '--pool', 'shop'])).err, /no pool called shop/)
    assert.equal((await run(['pull'])).status, 2)
  })

  it('waits for a person where the team is asked first', async () => {
    await stage.rig.reset({ mode: 'approve', max: 4 })
    await writeFile(file, 'max: 6\n')
    const { status, out } = await run(['push', file])
    assert.deepEqual([status, /A person has to allow it: policy max=6/.test(out)], [0, true], out)
    assert.equal((await stage.rig.state()).pool.policy.max, 4)
  })
})
