import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { SpinupError } from '../../src/core/model/error.ts'
import { openBackup, writeBackup, type Backup, type BackupKeys } from '../../src/store/backup/backup.ts'
import { putBack, removeEverything } from '../../src/store/backup/put-back.ts'
import { keys } from '../../src/store/keys.ts'
import { startTestRedis } from '../redis.ts'
import { running } from '../running.ts'
import { until } from '../wait.ts'
import { dump } from './dump.ts'

const SECRET: BackupKeys = { secret: 'the secret of this bot', passphrase: null }
const NOW = Date.UTC(2026, 10, 30, 10, 30)

describe('a backup', () => {
  const server = running(startTestRedis)
  let dir = ''
  let file = ''
  let redis: Redis
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spinup-backup-'))
    file = join(dir, 'one.backup')
    redis = await server.connect()
  })
  after(() => rm(dir, { recursive: true, force: true }))
  beforeEach(() => redis.flushall())

  const write = (own: BackupKeys = SECRET) =>
    writeBackup(redis, createWriteStream(file, { mode: 0o600 }), { keys: own, spinup: '1.2.3', now: NOW })
  const open = (own: BackupKeys = SECRET): Promise<Backup> => openBackup(file, own, '1.2.3')
  /** Every key as the backup has it. */
  const restored = async (own?: BackupKeys) => {
    const backup = await open(own)
    await removeEverything(redis)
    await putBack(redis, backup)
    return dump(redis)
  }
  const refusal = async (work: Promise<unknown>): Promise<SpinupError> => {
    try {
      await work
    } catch (error) {
      assert.ok(error instanceof SpinupError, String(error))
      return error
    }
    throw new Error('it was not refused')
  }

  it('holds every kind of key with all its bytes, however many there are', async () => {
    await redis.set('spinup:bytes', Buffer.from([0, 255, 10, 13, 195, 40]))
    await redis.set('spinup:empty', '')
    await redis.set(Buffer.from([...Buffer.from('spinup:'), 255, 0, 7]), 'a name that is no text')
    await redis.hset('spinup:{web}:state', 'pool', JSON.stringify({ name: 'web', note: '‘…’ 🔥' }), '', 'no name')
    await redis.rpush('spinup:list', ...Array.from({ length: 2503 }, (_, index) => `entry ${index}`), '')
    await redis.sadd('spinup:set', ...Array.from({ length: 1001 }, (_, index) => `${index}`))
    await redis.zadd('spinup:sorted', 0.1 + 0.2, 'a', '-inf', 'b', 9007199254740991, 'c', 1e-300, 'd')
    await redis.set('spinup:large', randomBytes(3_000_000))
    for (let index = 0; index < 1500; index++) await redis.set(`spinup:many:${index}`, `${index}`)
    const was = await dump(redis)
    const contents = await write()
    assert.equal(contents.keys, Object.keys(was).length)
    assert.deepEqual(contents.pools, ['web'])
    assert.deepEqual(await restored(), was)
  })

  it('holds no key of others’, and leaves theirs alone when it is put back', async () => {
    await redis.mset('other', '1', 'spinup', '2', 'spinupx:a', '3', 'spinup:a', '4')
    await redis.set('{bull}:other:id', '5')
    await redis.set(`{bull}:spinup-operations:id`, 'made again from the pools')
    await write()
    await redis.set('spinup:later', '6')
    const { 'spinup:a': own, ...others } = await restored()
    assert.equal(own, Buffer.from('4').toString('base64'))
    assert.deepEqual(Object.keys(others), ['other', 'spinup', 'spinupx:a', '{bull}:other:id'].toSorted())
  })

  it('says of each key when it ends by the clock on the wall, and leaves out what has ended since', async () => {
    const at = Date.now()
    await redis.set('spinup:tomorrow', '1', 'PXAT', at + 86_400_000)
    await redis.hset('spinup:{p}:hour', 'a', '1')
    await redis.pexpireat('spinup:{p}:hour', at + 3_600_000)
    await redis.set('spinup:soon', '1', 'PX', 300)
    await redis.set('spinup:stays', '1')
    await write()
    await until(async () => (await redis.exists('spinup:soon')) === 0)
    await restored()
    assert.equal(await redis.pexpiretime('spinup:tomorrow'), at + 86_400_000)
    assert.equal(await redis.pexpiretime('spinup:{p}:hour'), at + 3_600_000)
    assert.equal(await redis.exists('spinup:soon'), 0)
    assert.equal(await redis.pexpiretime('spinup:stays'), -1)
  })

  describe('while others write', () => {
    /** Calls `write` until `stop`, which gives how often that was and the longest that one took, ms. */
    const writer = (write: (turn: number) => Promise<unknown>) => {
      const ended = new AbortController()
      let turns = 0
      let longestMs = 0
      const work = (async () => {
        while (!ended.signal.aborted) {
          const begun = performance.now()
          await write(turns++)
          longestMs = Math.max(longestMs, performance.now() - begun)
        }
      })()
      return async () => {
        ended.abort()
        await work
        return { turns, longestMs }
      }
    }
    const numbers = async (pattern: string): Promise<readonly number[]> =>
      (await redis.mget(await redis.keys(pattern))).map(Number)

    it('has all keys of one instant: what moves between them is in one of them, and in one alone', async () => {
      // Dollars that go from one of 3,000 accounts to another; some accounts are closed, and opened again, meanwhile.
      const accounts = Array.from({ length: 3000 }, (_, index) => `spinup:account:${index}`)
      await redis.mset(accounts.flatMap((name) => [name, '100']))
      const other = await server.connect()
      const MOVE = `
        local from, to = tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(redis.call('GET', KEYS[2]) or '0')
        redis.call('DEL', KEYS[1])
        redis.call('SET', KEYS[2], from + to)
        redis.call('INCR', KEYS[3])
        redis.call('LPUSH', KEYS[4], 'moved')`
      const any = (): string => accounts[Math.floor(Math.random() * accounts.length)]!
      const stop = writer(async () => {
        const [from, to] = [any(), any()]
        if (from !== to) await other.eval(MOVE, 4, from, to, 'spinup:{p}:moves', 'spinup:{p}:journal')
      })
      for (let turn = 0; turn < 3; turn++) await write()
      const { turns, longestMs } = await stop()
      assert.ok(turns > 300, `${turns} moves while it was written`)
      assert.ok(longestMs < 1000, `one took ${longestMs} ms`)
      await restored()
      assert.equal(
        (await numbers('spinup:account:*')).reduce((sum, amount) => sum + amount, 0),
        300_000,
      )
      const moves = Number(await redis.get('spinup:{p}:moves'))
      assert.ok(moves > 0 && moves < turns, `${moves} of ${turns}`)
      assert.equal(await redis.llen('spinup:{p}:journal'), moves)
    })

    it('has one instant also where new keys come faster than it reads, and holds nobody up for long', async () => {
      const other = await server.connect()
      await redis.config('RESETSTAT')
      // Ten pairs at a time: no look finds the same keys as the one before.
      const stop = writer((turn) => {
        const names = Array.from({ length: 10 }, (_, index) => turn * 10 + index)
        return other.mset(names.flatMap((name) => [`spinup:a:${name}`, name, `spinup:b:${name}`, name]))
      })
      await until(async () => (await redis.dbsize()) > 200)
      await write()
      const { longestMs } = await stop()
      assert.ok(longestMs < 10_000, `${longestMs} ms`)
      assert.match(await redis.info('commandstats'), /client\|pause:calls/)
      await restored()
      const [a, b] = await Promise.all(['a', 'b'].map((each) => redis.keys(`spinup:${each}:*`)))
      assert.equal(a!.length, b!.length, 'pairs are whole')
      const names = a!.map((key) => Number(key.split(':').at(-1)))
      assert.equal(Math.max(...names) + 1, names.length, 'none is missing before the last')
    })

    it('is given up when Redis is emptied, or its connection breaks: nothing is known of what was written then', async () => {
      const content = Array.from({ length: 5000 }, (_, index) => [`spinup:${index}`, 'x'.repeat(1000)]).flat()
      for (const [strike, says] of [
        [() => redis.flushall(), /Redis was emptied while it was copied/],
        [() => redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub'), /Redis could not be copied/],
      ] as const) {
        let error: unknown = null
        // Until it strikes in time: before all is copied.
        while (error === null) {
          await redis.mset(content)
          let over = false
          const outcome = write().then(
            () => null,
            (refused: unknown) => refused,
          )
          void outcome.finally(() => (over = true))
          await until(
            async () => over || /name=spinup-ear.*cmd=subscribe|sub=1/.test(String(await redis.client('LIST'))),
          )
          await strike()
          error = await outcome
        }
        assert.ok(error instanceof SpinupError, String(error))
        assert.equal(error.code, 'storeFailed')
        assert.match(error.message, says)
      }
    })
  })

  describe('that is not as it was written', () => {
    let whole: Buffer
    let line = 0
    beforeEach(async () => {
      // Three pieces and a bit, which do not get smaller.
      await redis.set('spinup:noise', randomBytes(200_000))
      await write()
      whole = await readFile(file)
      line = whole.indexOf('\n') + 1
    })
    const refused = async (bytes: Buffer, what: string): Promise<void> => {
      await writeFile(file, bytes)
      const { code, message } = await refusal(open())
      assert.ok(code === 'badInput' || code === 'configuration', what)
      assert.match(message, /one\.backup/, what)
    }

    it('by a single bit is refused, wherever that is', async () => {
      const body = Array.from({ length: 60 }, () => line + Math.floor(Math.random() * (whole.length - line)))
      const places = [...Array(line).keys(), line, whole.length - 1, whole.length - 16, whole.length - 17, ...body]
      for (const place of places) {
        const bytes = Buffer.from(whole)
        bytes[place]! ^= 1 << (place % 8)
        await refused(bytes, `bit ${place % 8} of byte ${place} of ${whole.length}`)
      }
    })

    it('because it was cut, or something was added, moved, doubled or left out, is refused', async () => {
      const piece = 65_536 + 16
      const at = (index: number): Buffer => whole.subarray(line + index * piece, line + (index + 1) * piece)
      const head = whole.subarray(0, line)
      const cuts = [0, 1, line - 1, line, line + 1, line + piece, line + 2 * piece, line + 3 * piece, whole.length - 1]
      for (const length of cuts) await refused(whole.subarray(0, length), `${length} bytes`)
      await refused(Buffer.concat([whole, Buffer.from([0])]), 'one more byte')
      await refused(Buffer.concat([whole, at(3)]), 'the last piece twice')
      await refused(Buffer.concat([head, at(1), at(0), at(2), at(3)]), 'two pieces changed places')
      await refused(Buffer.concat([head, at(0), at(2), at(3)]), 'a piece is missing')
      const other = await (write(), write().then(() => readFile(file)))
      await refused(Buffer.concat([head, other.subarray(other.indexOf('\n') + 1)]), 'the body of another backup')
    })

    it('because it is something else is refused as that', async () => {
      for (const text of [
        '',
        'hello\n',
        'SPINUP BACKUP \n',
        'SPINUP BACKUP {}\n',
        'SPINUP BACKUP {"format":1}\n',
        '{',
      ]) {
        await writeFile(file, text)
        assert.match((await refusal(open())).message, /is no backup of Spinup's/, text)
      }
      const { code, message } = await refusal(openBackup(join(dir, 'none'), SECRET, '1.2.3'))
      assert.equal(code, 'badInput')
      assert.match(message, /cannot be read/)
    })
  })

  it('opens with what it was sealed with, and says what is missing otherwise', async () => {
    await redis.set('spinup:a', '1')
    await write()
    assert.equal((await open()).about.secret, null)
    for (const own of [
      { secret: 'another secret', passphrase: null },
      { secret: null, passphrase: 'a passphrase' },
    ]) {
      const { code, message } = await refusal(open(own))
      assert.equal(code, 'configuration')
      assert.match(message, /opens with the secret of the bot it is of, and that is not here/)
    }
    const phrase = { secret: 'the secret of this bot', passphrase: 'correct horse' }
    await write(phrase)
    assert.equal((await open({ secret: null, passphrase: 'correct horse' })).about.secret, 'the secret of this bot')
    for (const own of [SECRET, { ...phrase, passphrase: 'wrong horse' }]) {
      assert.match((await refusal(open(own))).message, /SPINUP_BACKUP_PASSPHRASE does not hold that/)
    }
    assert.deepEqual((await readFile(file)).includes('the secret of this bot'), false)
  })

  it('says whose state it has; one in a form of later is refused in words, with which Spinup reads it', async () => {
    await redis.hset(keys.stateVersion, { version: 99, by: '7.0.0' })
    await write()
    const { head, contents } = await open()
    assert.deepEqual(contents.state, { version: 99, by: '7.0.0' })
    assert.deepEqual([head.spinup, head.at], ['1.2.3', NOW])
    await writeFile(file, (await readFile(file, 'latin1')).replace('"format":1', '"format":2'), 'latin1')
    const { code, message } = await refusal(open())
    assert.equal(code, 'configuration')
    assert.match(message, /a form \(2\) that Spinup 1\.2\.3 does not read.* Install 1\.2\.3 or later/)
  })
})
