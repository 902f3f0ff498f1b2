import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, it } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { DEFAULT_POLICY } from '../../../src/core/model/policy.ts'
import { takePolicy } from '../../../src/core/policy/fields.ts'
import { POLICY } from '../../../src/web/api/policy-schema.ts'
import { VERBS } from '../../../src/web/api/verbs.ts'
import { running } from '../../running.ts'
import { startApiStage } from './stage.ts'

const root = join(import.meta.dirname, '../../..')
const page = await readFile(join(root, 'docs/api.md'), 'utf8')
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp('^```' + language + '\\n([\\s\\S]*?)^```$', 'gm'))].map(([, text]) => text!)

const STEP = z.object({ run: z.string() })
const JOB = z.object({ script: z.array(z.string()) })

describe('what docs/api.md shows', () => {
  const stage = running(startApiStage)
  beforeEach(() => stage.rig.reset({ max: 4 }))

  const shell = (line: string, token: string): Promise<{ readonly status: number; readonly out: string }> =>
    new Promise((resolve) => {
      const ids = { GITHUB_RUN_ID: '17', GITHUB_RUN_ATTEMPT: '1', CI_JOB_ID: '23' }
      const env = { PATH: process.env['PATH'], SPINUP_URL: stage.url, SPINUP_TOKEN: token, ...ids }
      execFile('sh', ['-c', line], { env, timeout: 60_000 }, (error, out, err) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, out: out + err }),
      )
    })

  it('refreshes after a deploy, once however often the job is run again, from GitHub and from GitLab', async () => {
    const [github, gitlab] = blocks('yaml').map((text): unknown => parse(text))
    const lines = [z.array(STEP).parse(github)[0]!.run, z.object({ refresh: JOB }).parse(gitlab).refresh.script[0]!]
    for (const line of lines) {
      await stage.rig.reset()
      await stage.rig.grow(1)
      const token = await stage.token(['refresh'])
      const [first, again] = [await shell(line, token), await shell(line, token)]
      assert.equal(first.status, 0, first.out)
      assert.equal((JSON.parse(first.out) as { changed: boolean }).changed, true)
      assert.equal(again.out, first.out)
      assert.equal((await stage.rig.state()).refresh?.stage, 'working')
      const refused = await shell(line, await stage.token(['read']))
      assert.deepEqual([refused.status, /does not have the scope refresh/.test(refused.out)], [22, true], refused.out)
    }
  })

  it('calls it with curl', async () => {
    const [first] = blocks('sh')
    const token = await stage.token(['read', 'scale'])
    const { status, out } = await shell(first!, token)
    assert.equal(status, 0, out)
    assert.match(out, /"name":"web"/)
    assert.match(out, /"pool":"web","changed":true/)
  })

  it('names every call with its scope', () => {
    for (const { method, path, scope } of VERBS) {
      const call = `${method} ${path.replace(/\{(pool|name)\}/, 'NAME').replace('{id}', 'ID')}`
      const row = page.split('\n').find((line) => ['`', '?'].some((end) => line.startsWith(`| \`${call}${end}`)))
      assert.ok(row?.split('|')[2]?.includes(scope ?? 'any'), call)
    }
  })
})

describe('the schema of policies', () => {
  const takes = (data: Readonly<Record<string, unknown>>): boolean => {
    try {
      takePolicy({ ...DEFAULT_POLICY, max: 1000 }, data)
      return true
    } catch {
      return false
    }
  }

  it('takes every policy there can be, and refuses no setting that chat would take', () => {
    assert.ok(POLICY.safeParse(DEFAULT_POLICY).success)
    const values: readonly unknown[] = [
      null,
      true,
      '',
      'cpu',
      'auto',
      'approve',
      'max',
      'p95',
      'pool',
      'on',
      'off',
      'act',
      'hold',
      'UTC',
      'Europe/Berlin',
      -1,
      0,
      0.4,
      0.9,
      0.95,
      1,
      2,
      10,
      11,
      100,
      101,
      1000,
      1001,
      12_345,
      86_400_000,
      86_400_001,
      1e6,
      1e7,
      NaN,
      [],
      ['console'],
      ['fra1'],
      [1],
      [{ stat: 'memory', target: 0.5, how: 'mean', across: 'member' }],
      [{ cron: '0 8 * * 1-5', forMs: 3_600_000, timeZone: 'UTC', min: 2, max: null }],
      {},
      { kind: 'hold' },
      { kind: 'size', members: 3 },
      { kind: 'stat', stat: 'memory', target: 0.5 },
    ]
    const stricter: string[] = []
    let both = 0
    for (const key of Object.keys(DEFAULT_POLICY)) {
      for (const value of values) {
        const judged = takes({ [key]: value })
        if (judged && POLICY.partial().safeParse({ [key]: value }).success) both += 1
        else if (judged) stricter.push(`${key}: ${JSON.stringify(value)}`)
      }
    }
    assert.deepEqual(stricter, [])
    assert.ok(both > 120, `${both} values were taken by both`)
  })
})
