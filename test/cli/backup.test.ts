import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { createAuditLog } from '../../src/store/audit.ts'
import { connectRedis, whenReady } from '../../src/store/connection.ts'
import { keys } from '../../src/store/keys.ts'
import { createPoolStore } from '../../src/store/pool-store.ts'
import { ensureRedisProgram } from '../../src/store/install-redis.ts'
import { startRedisServer, type RedisServer } from '../../src/store/redis-server.ts'
import { createVault } from '../../src/store/vault.ts'
import { freePort } from '../balancers/free-port.ts'
import { quiet } from '../redis.ts'
import { dump } from '../store/dump.ts'
import { examplePool } from '../store/example-state.ts'
import { until } from '../wait.ts'

const root = join(import.meta.dirname, '../..')
const SECRET = '0123456789abcdef0123456789abcdef'

/** A data folder with a Redis of its own, which runs while it is looked into. */
interface Place {
  readonly dir: string
  /** What is in it, as a dump; `change` first. */
  look<T>(work: (redis: Redis, server: RedisServer) => Promise<T>): Promise<T>
  dumped(): Promise<Readonly<Record<string, unknown>>>
}

interface Said {
  readonly status: number
  readonly out: Buffer
  readonly text: string
}

describe('npm run backup and restore', () => {
  let home = ''
  let file = ''
  let here: Place
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'spinup-keep-'))
    file = join(home, 'one.backup')
    here = await place('here', SECRET)
    await here.look(async (redis) => {
      await createPoolStore(redis).create(examplePool({ id: 'web', name: 'web' }))
      await createVault(redis, SECRET).put('digitalocean', 'dop_v1_token')
      await redis.set('spinup:shown:{a}', 'a card', 'PX', 86_400_000)
      await redis.set(keys.installation, 'an id')
    })
  })
  afterEach(() => rm(home, { recursive: true, force: true }))

  async function place(name: string, secret: string | null): Promise<Place> {
    const dir = join(home, name)
    await mkdir(dir, { mode: 0o700 })
    if (secret !== null) await writeFile(join(dir, 'secret'), secret, { mode: 0o600 })
    const look: Place['look'] = async (work) => {
      const server = await startRedisServer({ dataDir: dir, log: quiet, install: true })
      const redis = connectRedis({ path: server.path }, { name: 'test', log: quiet })
      try {
        await whenReady(redis)
        return await work(redis, server)
      } finally {
        redis.disconnect()
        await server.stop()
      }
    }
    const dumped: Place['dumped'] = async () => {
      // Whether it is the bot's own is for the bot to find out.
      const { [keys.installation]: _, ...all } = await look(dump)
      return all
    }
    return { dir, look, dumped }
  }

  const start = (
    program: string,
    words: readonly string[],
    where: Place,
    more: Readonly<Record<string, string>> = {},
  ) => {
    const env = {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: join(root, '.build/compile-cache'),
      SPINUP_DATA_DIR: where.dir,
      ...more,
    }
    return spawn(process.execPath, [join(root, program), ...words], { cwd: home, env, stdio: 'pipe' })
  }
  const run = async (
    program: 'backup' | 'restore' | 'main',
    words: readonly string[],
    where: Place = here,
    more: Readonly<Record<string, string>> = {},
    stdin: Buffer | null = null,
  ): Promise<Said> => {
    const child = start(program === 'main' ? 'src/main.ts' : `src/cli/${program}.ts`, words, where, more)
    const out: Buffer[] = []
    let text = ''
    child.stdout.on('data', (data: Buffer) => out.push(data))
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (text += data.toString()))
    child.stdin.end(stdin ?? '')
    const [status] = (await once(child, 'close')) as [number]
    return { status, out: Buffer.concat(out), text }
  }
  const works = async (...[program, ...rest]: Parameters<typeof run>): Promise<Said> => {
    const said = await run(program, ...rest)
    assert.equal(said.status, 0, said.text)
    return said
  }

  it('keep and put back everything, and say what that is', async () => {
    const was = await here.dumped()
    const { text } = await works('backup', [file])
    assert.match(
      text,
      /one\.backup, \d+ kB in [\d.]+ s, as of .* UTC: 1 pool \(web\), 1 sealed token of accounts and chats/,
    )
    assert.match(
      text,
      /It holds keys, and is readable by you alone\. It opens with the bot’s secret alone: keep a copy/,
    )
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.deepEqual((await readdir(home)).toSorted(), ['here', 'one.backup'], 'nothing else is left')
    assert.match((await works('restore', [file, '--check'])).text, /^Whole, as of .*1 pool \(web\)/)

    const there = await place('there', SECRET)
    assert.match((await works('restore', [file], there)).text, /Put back in [\d.]+ s\. Start the bot/)
    assert.deepEqual(await there.dumped(), was)
    // A secret that only this command was given is not there when the bot starts.
    const given = await works('restore', [file], await place('elsewhere', null), { SPINUP_SECRET: SECRET })
    assert.match(given.text, /Start the bot with the same SPINUP_SECRET/)
    await there.look(async (redis) => {
      assert.equal(await createVault(redis, SECRET).get('digitalocean'), 'dop_v1_token')
      const [entry] = await createAuditLog(redis).newest(1, () => true)
      assert.match(entry?.what ?? '', /^A backup of 20.*Z was put back$/)
      assert.equal((await createAuditLog(redis).verify()).kind, 'whole')
      assert.ok((await redis.pttl('spinup:shown:{a}')) > 80_000_000)
      assert.equal(await redis.exists(keys.installation), 0, 'the bot compares with what its data folder knows')
    })
  })

  it('never write over a file unasked, nor leave half of one', async () => {
    await writeFile(file, 'mine')
    const refused = await run('backup', [file])
    assert.equal(refused.status, 1)
    assert.match(refused.text, /one\.backup is there already; --force writes over it/)
    assert.equal(await readFile(file, 'utf8'), 'mine')
    await works('backup', [file, '--force'])
    await works('restore', [file, '--check'])
    for (const [words, says] of [
      [[home, '--force'], /is no file/],
      [['/dev/null', '--force'], /is no file/],
      [[join(home, 'none/at/all')], /was not written/],
      [[], /it takes the name of a file/],
      [[file, 'two'], /it takes the name of a file/],
    ] as const) {
      const { status, text } = await run('backup', words)
      assert.notEqual(status, 0, words.join(' '))
      assert.match(text, says)
    }
    assert.deepEqual((await readdir(home)).toSorted(), ['here', 'one.backup'])
    assert.ok((await stat('/dev/null')).isCharacterDevice())
  })

  it('leave no file when they are stopped in the middle, and the old one stays', async () => {
    await here.look(async (redis) => {
      const noise = 'x'.repeat(100_000)
      for (let index = 0; index < 400; index++) await redis.set(`spinup:large:${index}`, `${index}${noise}`)
    })
    await writeFile(file, 'the last good one')
    const child = start('src/cli/backup.ts', [file, '--force'], here)
    let text = ''
    child.stderr.on('data', (data: Buffer) => (text += data.toString()))
    await until(async () => (await readdir(home)).some((name) => name.startsWith('.one.backup')), { what: 'a draft' })
    child.kill('SIGTERM')
    const [status] = (await once(child, 'close')) as [number]
    // On a fast machine it was done before it was asked to end.
    if (status !== 0) {
      assert.match(text, /was not written: it was stopped/)
      assert.equal(await readFile(file, 'utf8'), 'the last good one')
    }
    assert.deepEqual((await readdir(home)).toSorted(), ['here', 'one.backup'])
  })

  it('change nothing, and let bots in again, when a restore is stopped before it has begun to', async () => {
    await works('backup', [file])
    await here.look(async (redis) => {
      const noise = 'x'.repeat(100_000)
      for (let index = 0; index < 400; index++) await redis.set(`spinup:large:${index}`, `${index}${noise}`)
    })
    const was = await here.dumped()
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      const child = start('src/cli/restore.ts', [file, '--replace'], here)
      let text = ''
      child.stderr.on('data', (data: Buffer) => (text += data.toString()))
      await until(async () => (await readdir(home)).some((one) => one.startsWith('.one.backup.before')), {
        what: 'a draft of what was there',
      })
      child.kill(name)
      const [status] = (await once(child, 'close')) as [number]
      // On a fast machine it had begun, and goes on to the end.
      if (status === 0) return
      assert.match(text, /was not written: it was stopped|It was stopped; nothing was changed/)
      assert.deepEqual(await here.dumped(), was)
    }
  })

  it('go through pipes as well', async () => {
    const was = await here.dumped()
    const { out, text } = await works('backup', ['-'])
    assert.match(text, /Written, as of .*1 pool \(web\)/)
    assert.doesNotMatch(out.toString('latin1'), /Written/)
    const there = await place('there', SECRET)
    await works('restore', ['-'], there, {}, out)
    assert.deepEqual(await there.dumped(), was)
    assert.deepEqual((await readdir(there.dir)).toSorted(), ['redis', 'secret'], 'what came is not left there')
    const cut = await run('restore', ['-'], there, {}, out.subarray(0, -1))
    assert.equal(cut.status, 1)
    assert.match(cut.text, /it was altered, or cut short/)
  })

  it('work on the Redis in REDIS_URL, beside other people’s keys and with few rights', async () => {
    const { file: program } = await ensureRedisProgram({})
    const port = await freePort()
    const words = ['--port', String(port), '--save', '', '--requirepass', 'admin']
    const child = spawn(program, words, { cwd: home, stdio: 'ignore' })
    const redis = connectRedis({ url: `redis://:admin@127.0.0.1:${port}/3` }, { name: 'test', log: quiet })
    try {
      await whenReady(redis)
      // As managed ones are: nothing of the server’s own, nor who else is connected.
      await redis.call('ACL', 'SETUSER', 'bot', 'on', '>secret', '~*', '&*', '+@all', '-@admin', '-@dangerous', '+info')
      await redis.mset('theirs', '1', 'spinup:a', '2')
      await redis.select(0)
      await redis.set('spinup:of another number', '3')
      const there = await place('there', SECRET)
      const url = { REDIS_URL: `redis://bot:secret@127.0.0.1:${port}/3` }
      await works('backup', [file], there, url)
      await redis.select(3)
      await redis.set('spinup:later', '4')
      await works('restore', [file, '--replace'], there, url)
      assert.deepEqual(Object.keys(await dump(redis)), ['spinup:a', 'theirs'])
      await redis.select(0)
      assert.deepEqual(Object.keys(await dump(redis)), ['spinup:of another number'])
    } finally {
      redis.disconnect()
      child.kill()
      await once(child, 'exit')
    }
  })

  it('take everything to an empty machine by a passphrase, the bot’s secret included', async () => {
    const phrase = { SPINUP_BACKUP_PASSPHRASE: 'correct horse battery' }
    const was = await here.dumped()
    assert.match(
      (await works('backup', [file], here, phrase)).text,
      /opens by SPINUP_BACKUP_PASSPHRASE alone, and holds/,
    )
    const there = await place('there', null)
    const wrong = await run('restore', [file], there, { SPINUP_BACKUP_PASSPHRASE: 'incorrect horse battery' })
    assert.equal(wrong.status, 2)
    assert.match(wrong.text, /does not hold that/)
    await works('restore', [file], there, phrase)
    assert.deepEqual(await there.dumped(), was)
    assert.equal(await readFile(join(there.dir, 'secret'), 'utf8'), SECRET)
    assert.equal((await stat(join(there.dir, 'secret'))).mode & 0o777, 0o600)
    // A machine where a bot has been started already has made a secret of its own.
    const other = await place('other', 'fedcba9876543210')
    const given = await run('restore', [file], other, { ...phrase, SPINUP_SECRET: 'fedcba9876543210' })
    assert.equal(given.status, 2)
    assert.match(given.text, /SPINUP_SECRET is not the secret of the bot that the backup is of.*Unset it/)
    assert.match((await run('restore', [file], other, phrase)).text, /has a secret of another bot; nothing was changed/)
    assert.match(
      (await works('restore', [file, '--replace'], other, phrase)).text,
      /secret that was here is in .*before-/,
    )
    assert.equal(await readFile(join(other.dir, 'secret'), 'utf8'), SECRET)
    const aside = (await readdir(other.dir)).find((name) => name.startsWith('secret.before-'))
    assert.equal(await readFile(join(other.dir, aside ?? ''), 'utf8'), 'fedcba9876543210')
  })

  it('refuse what would be lost, and can be undone', async () => {
    await works('backup', [file])
    await here.look((redis) => redis.set('spinup:later', 'since then'))
    const later = await here.dumped()
    const refused = await run('restore', [file])
    assert.equal(refused.status, 1)
    assert.match(refused.text, /This Redis holds the state of a Spinup already; nothing was changed\. --replace puts/)
    assert.deepEqual(await here.dumped(), later)

    assert.match((await works('restore', [file, '--replace'])).text, /What was there is in .*one\.backup\.before-/)
    assert.equal('spinup:later' in (await here.dumped()), false)
    const before = (await readdir(home)).find((name) => name.startsWith('one.backup.before-')) ?? ''
    assert.equal((await stat(join(home, before))).mode & 0o777, 0o600)
    await works('restore', [join(home, before), '--replace'])
    assert.deepEqual(await here.dumped(), later)
  })

  it('refuse another bot’s secret, an altered file and a newer state in words, before anything is changed', async () => {
    await works('backup', [file])
    const there = await place('there', 'fedcba9876543210')
    const whole = await readFile(file)
    const altered = Buffer.from(whole)
    altered[altered.length - 40]! ^= 1
    await writeFile(join(home, 'altered'), altered)
    await here.look((redis) => redis.hset(keys.stateVersion, { version: 7, by: '9.9.9' }))
    await works('backup', [join(home, 'newer')])
    for (const [name, where, says] of [
      ['one.backup', there, /opens with the secret of the bot it is of, and that is not here/],
      ['altered', here, /it was altered, or cut short/],
      ['newer', here, /of version 7, by Spinup 9\.9\.9; this is Spinup .* Nothing was changed/],
      ['here/secret', here, /is no backup of Spinup's/],
      ['none', here, /cannot be read/],
    ] as const) {
      const was = await where.dumped()
      const { status, text } = await run('restore', [join(home, name), '--replace'], where)
      assert.notEqual(status, 0, name)
      assert.match(text, says)
      assert.deepEqual(await where.dumped(), was, name)
    }
    assert.deepEqual(
      (await readdir(home)).filter((name) => name.includes('.before-')),
      [],
    )
  })

  it('of an empty Redis, or without a secret, say so instead of writing', async () => {
    const there = await place('there', SECRET)
    const empty = await run('backup', [file], there)
    assert.equal(empty.status, 1)
    assert.match(empty.text, /Redis holds nothing of a Spinup's, so there is nothing to write/)
    await rm(join(here.dir, 'secret'))
    const secretless = await run('backup', [file])
    assert.equal(secretless.status, 2)
    assert.match(secretless.text, /no bot has run in .*here\. Set SPINUP_DATA_DIR or SPINUP_SECRET/)
    const nowhere = await run('backup', [file], { ...there, dir: join(home, 'nowhere') }, { SPINUP_SECRET: SECRET })
    assert.equal(nowhere.status, 2)
    assert.match(nowhere.text, /there is no such folder: no bot has run in .*nowhere/)
    assert.deepEqual((await readdir(home)).toSorted(), ['here', 'there'], 'and nothing is made')
  })

  it('and a bot keep out of each other’s way', async () => {
    await works('backup', [file])
    await here.look(async (redis, server) => {
      // Half of a state is refused by the bot and by a backup, until all of it is there.
      await redis.set(keys.restoring, 'since 10:30, on web-1')
      for (const [program, words] of [
        ['main', []],
        ['backup', [join(home, 'half')]],
      ] as const) {
        const { status, text } = await run(program, words, here, { SPINUP_PORT: '0', SPINUP_BALANCER_PORT: '0' })
        assert.equal(status, 2, text)
        assert.match(text, /A backup is being put back into this Redis \(since 10:30, on web-1\), or was only in part/)
      }
      assert.match((await run('restore', [file])).text, /--replace/)
      assert.equal(await redis.get(keys.restoring), 'since 10:30, on web-1', 'it is half of a state as before')
      await works('restore', [file, '--replace'])
      assert.equal(await redis.exists(keys.restoring), 0)

      // A bot is known by its connection, and where a server does not show those, by the time that it notes.
      const bot = connectRedis({ path: server.path }, { name: 'bot', log: quiet })
      await whenReady(bot)
      const was = await dump(redis)
      const refused = await run('restore', [file, '--replace'])
      assert.match(
        refused.text,
        /A bot works on this Redis \(spinup-bot-\d+\), or another command that reads it\. Stop it/,
      )
      assert.deepEqual(await dump(redis), was)
      bot.disconnect()
      await redis.hset(keys.clock, 'beat', Date.now())
      const beat = setInterval(() => void redis.hset(keys.clock, 'beat', Date.now()), 300)
      try {
        assert.match(
          (await run('restore', [file, '--replace'])).text,
          /A bot works on this Redis \(it notes the time\)/,
        )
      } finally {
        clearInterval(beat)
      }
      await works('restore', [file, '--replace'])
    })
  })

  it('an older bot refuses a newer state in words, and a backup from before brings it back', async () => {
    const was = await here.dumped()
    await works('backup', [file])
    await here.look((redis) => redis.hset(keys.stateVersion, { version: 7, by: '9.9.9' }))
    const newer = await here.dumped()
    const { status, text } = await run('main', [], here, { SPINUP_PORT: '0', SPINUP_BALANCER_PORT: '0' })
    assert.equal(status, 2)
    assert.match(
      text,
      /The state in Redis is of version 7, by Spinup 9\.9\.9; this is Spinup .*Install 9\.9\.9 or later/,
    )
    assert.deepEqual(await here.dumped(), newer)
    await works('restore', [file, '--replace'])
    assert.deepEqual(await here.dumped(), was)
  })
})
