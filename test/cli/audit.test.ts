import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { connectRedis, whenReady } from '../../src/store/connection.ts'
import { createAuditLog } from '../../src/store/audit.ts'
import type { AuditDraft } from '../../src/core/model/audit.ts'
import { keys } from '../../src/store/keys.ts'
import { startRedisServer, type RedisServer } from '../../src/store/redis-server.ts'
import { quiet } from '../redis.ts'
import { ada, T } from '../store/example-state.ts'

const PROGRAM = join(import.meta.dirname, '../../src/cli/audit.ts')

interface Said {
  readonly status: number
  readonly text: string
  readonly error: string
}

describe('npm run audit', () => {
  let folder = ''
  let server: RedisServer
  let file = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spinup-audit-'))
    file = join(folder, 'audit.ndjson')
    server = await startRedisServer({ dataDir: folder, log: quiet, install: true, detached: false })
    await withRedis(async (redis) => {
      const log = createAuditLog(redis)
      for (let index = 1; index <= 6; index++)
        await log.append([draft(`entry ${index}`, index % 2 === 0 ? 'web' : 'shop')])
    })
  })
  after(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })
  const withRedis = async (work: (redis: ReturnType<typeof connectRedis>) => Promise<unknown>): Promise<void> => {
    const redis = connectRedis({ path: server.path }, { name: 'test', log: quiet })
    await whenReady(redis)
    await work(redis)
    redis.disconnect()
  }
  const run = (...words: readonly string[]): Promise<Said> => runIn(folder, words)
  const runIn = (dataDir: string, words: readonly string[]): Promise<Said> =>
    new Promise((resolve) => {
      const env = { ...process.env, SPINUP_DATA_DIR: dataDir, REDIS_URL: '' }
      execFile(process.execPath, [PROGRAM, ...words], { env, timeout: 60_000 }, (error, text, complaint) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, text, error: complaint }),
      )
    })

  it('looks nowhere where no bot has run: neither an empty export nor a whole chain of nothing', async () => {
    const nowhere = join(folder, 'nowhere')
    for (const words of [['export'], ['export', '--pool', 'web'], ['verify'], ['verify', 'a'.repeat(64)]]) {
      const { status, text, error } = await runIn(nowhere, words)
      assert.deepEqual([status, text], [2, ''], words.join(' '))
      assert.match(error, /^spinup: there is no such folder: no bot has run in .*nowhere\. [^\n]*\n$/)
      assert.equal(existsSync(nowhere), false)
    }
  })

  it('exports every entry as a line, or those about one pool', async () => {
    const { text, status } = await run('export')
    assert.equal(status, 0)
    await writeFile(file, text)
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number; what: string })
    assert.deepEqual(
      lines.map(({ seq, what }) => `${seq} ${what}`),
      [1, 2, 3, 4, 5, 6].map((seq) => `${seq} entry ${seq}`),
    )
    const web = (await run('export', '--pool', 'web')).text.trim().split('\n')
    assert.equal(web.length, 3)
    const none = await run('export', '--pool', 'wbe')
    assert.deepEqual(
      [none.status, none.text, none.error],
      [1, '', 'spinup: there is no entry about a pool called “wbe”.\n'],
    )
    assert.match((await run('verify', join(folder, 'nothing'))).error, /^spinup: .*nothing cannot be read: ENOENT/)
  })

  it('says that a chain is whole, in Redis and as an export', async () => {
    const whole = await run('verify')
    assert.deepEqual(
      [whole.status, /^whole: the chain has 6 entries, 1 to 6; it ends with [0-9a-f]{64}\n$/.test(whole.text)],
      [0, true],
    )
    const both = await run('verify', file)
    assert.equal(both.status, 0)
    assert.equal(both.text.trim().split('\n').length, 2)
  })

  it('finds the entry with a hash that was noted, in either case of its letters', async () => {
    const hash = JSON.parse((await readFile(file, 'utf8')).split('\n')[2] ?? '').hash as string
    const found = await run('verify', hash.toUpperCase())
    assert.deepEqual([found.status, found.text.split('\n')[1]], [0, 'whole: entry 3 has that hash.'])
    const lost = await run('verify', hash.replaceAll(/./g, 'a'))
    assert.equal(lost.status, 1)
    assert.match(lost.text, /BROKEN: no entry has that hash: somebody has rewritten the chain, or Redis was restored/)
  })

  it('names the first broken entry of an export, and exits with 1', async () => {
    const changed = join(folder, 'changed.ndjson')
    await writeFile(changed, (await readFile(file, 'utf8')).replace('entry 4', 'entry four'))
    const { status, text } = await run('verify', changed, '--offline')
    assert.deepEqual([status, text], [1, `BROKEN: entry 4 of ${changed}: it was changed after it was written.\n`])
  })

  it('finds a chain that somebody wrote anew from its beginning, by an older export', async () => {
    await withRedis(async (redis) => {
      await redis.del(keys.auditHead, keys.auditEntries)
      const log = createAuditLog(redis)
      for (let index = 1; index <= 6; index++)
        await log.append([draft(index === 3 ? 'harmless' : `entry ${index}`, 'web')])
    })
    assert.equal((await run('verify')).status, 0, 'by itself it looks whole')
    const { status, text } = await run('verify', file)
    assert.equal(status, 1)
    assert.match(text, /BROKEN: entry 1 of .* is not in Redis as it was/)
  })

  it('says what it takes', async () => {
    const { status, error } = await run('destroy')
    assert.equal(status, 2)
    assert.match(error, /export, or verify/)
  })
})

function draft(what: string, pool: string): AuditDraft {
  return {
    at: T,
    kind: 'request',
    actor: ada,
    place: { platform: 'console', channel: 'main' },
    tenant: null,
    pool: { id: pool, name: pool },
    action: 'pin',
    what,
    decision: null,
    episode: null,
    approval: null,
    outcome: 'done',
    told: '',
    detail: {},
  }
}
