import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { SpinupError } from '../../src/core/model/error.ts'
import { connectRedis, whenReady } from '../../src/store/connection.ts'
import { startRedisServer, type RedisServer } from '../../src/store/redis-server.ts'
import { ask, untilLoaded } from '../../src/store/redis-process.ts'
import { quiet, written } from '../redis.ts'
import { until } from '../wait.ts'

const serverModule = join(import.meta.dirname, '../../src/store/redis-server.ts')

const pidOf = (dataDir: string): number => Number(readFileSync(join(dataDir, 'redis', 'redis.pid'), 'utf8'))
/** What ps says of a process: empty when there is none, `Z` for one that is dead but not reaped. */
const stateOf = (pid: number): string =>
  spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim()

describe('the private redis server', () => {
  let root = ''
  let count = 0
  const clients: Redis[] = []
  const children: ChildProcess[] = []
  const servers: RedisServer[] = []
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'spinup-server-'))
  })
  after(async () => {
    for (const client of clients) client.disconnect()
    for (const child of children) child.kill('SIGKILL')
    for (const server of servers) await server.stop()
    rmSync(root, { recursive: true, force: true })
  })

  const freshDir = (): string => join(root, `d${(count += 1)}`)
  const start = async (dataDir: string): Promise<RedisServer> => {
    const server = await startRedisServer({ dataDir, log: quiet })
    servers.push(server)
    return server
  }
  const connect = async (path: string): Promise<Redis> => {
    const client = connectRedis({ path }, { name: 'test', log: quiet })
    clients.push(client)
    await whenReady(client)
    return client
  }
  /** A bot in a process of its own, up once its server answers. */
  const startBot = async (dataDir: string): Promise<ChildProcess> => {
    const code = `const { startRedisServer } = await import(${JSON.stringify(serverModule)});
const server = await startRedisServer({ dataDir: ${JSON.stringify(dataDir)} });
      process.on('SIGTERM', async () => { await server.stop(); process.exit(0) }); console.log('up')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    await once(child.stdout!, 'data')
    return child
  }

  it('keeps its data over a stop and a start', async () => {
    const dataDir = freshDir()
    const first = await start(dataDir)
    assert.equal(first.owned, true)
    const client = await connect(first.path)
    await client.set('kept', 'yes')
    client.disconnect()
    await first.stop()
    assert.equal(await ask(first.path), 'absent')

    const second = await start(dataDir)
    assert.equal(await (await connect(second.path)).get('kept'), 'yes')
    clients.pop()?.disconnect()
    await second.stop()
  })

  it('listens on a private unix socket and no port, and evicts nothing', async () => {
    const dataDir = freshDir()
    const server = await start(dataDir)
    const client = await connect(server.path)
    assert.deepEqual(await client.config('GET', 'port'), ['port', '0'])
    assert.deepEqual(await client.config('GET', 'maxmemory-policy'), ['maxmemory-policy', 'noeviction'])
    assert.deepEqual(await client.config('GET', 'appendonly'), ['appendonly', 'yes'])
    assert.equal(statSync(join(dataDir, 'redis')).mode & 0o777, 0o700)
    assert.equal(statSync(server.path).mode & 0o777, 0o700)
    client.disconnect()
    await server.stop()
  })

  it('is started again with its data when it is killed, and clients reconnect', async () => {
    const dataDir = freshDir()
    const server = await start(dataDir)
    const client = await connect(server.path)
    await client.set('kept', 'yes')
    const killed = pidOf(dataDir)
    await written(client)
    process.kill(killed, 'SIGKILL')
    await until(() => pidOf(dataDir) !== killed, { what: 'a new server process' })
    await until(async () => (await client.get('kept')) === 'yes', { what: 'the client to be back with the data' })
    client.disconnect()
    await server.stop()
  })

  it('is taken over after its bot was killed', async () => {
    const dataDir = freshDir()
    const bot = await startBot(dataDir)
    const pid = pidOf(dataDir)
    bot.kill('SIGKILL')
    await once(bot, 'exit')
    const server = await start(dataDir)
    assert.equal(server.owned, false)
    assert.equal(pidOf(dataDir), pid)
    await server.stop()
    assert.equal(await ask(server.path), 'absent')
  })

  it('is started again also when it was taken over', async () => {
    const dataDir = freshDir()
    const bot = await startBot(dataDir)
    bot.kill('SIGKILL')
    await once(bot, 'exit')
    const server = await start(dataDir)
    const killed = pidOf(dataDir)
    process.kill(killed, 'SIGKILL')
    await until(async () => (await ask(server.path)) === 'ready' && pidOf(dataDir) !== killed, { what: 'a new server' })
    await server.stop()
    assert.equal(await ask(server.path), 'absent')
  })

  it('is left running by a bot that stops while another uses it, and ended by the last', async () => {
    const dataDir = freshDir()
    const server = await start(dataDir)
    const bot = await startBot(dataDir)
    await server.stop()
    assert.equal(await ask(server.path), 'ready')
    bot.kill('SIGTERM')
    assert.deepEqual(await once(bot, 'exit'), [0, null])
    assert.equal(await ask(server.path), 'absent')
  })

  it('is one server when two bots start at once', async () => {
    const dataDir = freshDir()
    const [a, b, c] = await Promise.all([start(dataDir), start(dataDir), start(dataDir)])
    assert.deepEqual([a, b, c].map((server) => server.owned).toSorted(), [false, false, true])
    await a.stop()
    assert.equal(await ask(b.path), 'ready')
    await Promise.all([b.stop(), c.stop()])
    await until(async () => (await ask(a.path)) === 'absent', { what: 'the last bots to end it' })
  })

  it('starts with an append-only file that was cut short', async () => {
    const dataDir = freshDir()
    const first = await start(dataDir)
    const client = await connect(first.path)
    await client.set('kept', 'yes')
    client.disconnect()
    await first.stop()
    const [aof] = globSync(join(dataDir, 'redis/appendonlydir/*.incr.aof'))
    assert.ok(aof)
    appendFileSync(aof, '*3\r\n$3\r\nSET\r\n$4\r\nlost\r\n$100\r\nhal')
    const second = await start(dataDir)
    const again = await connect(second.path)
    assert.equal(await again.get('kept'), 'yes')
    assert.equal(await again.get('lost'), null)
    again.disconnect()
    await second.stop()
  })

  it('starts over a stale socket, pid file and lock of a crash', async () => {
    const dataDir = freshDir()
    const folder = join(dataDir, 'redis')
    mkdirSync(folder, { recursive: true })
    const listener = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(join(folder, 'redis.sock'))}, () => console.log('up'))`,
    ])
    await once(listener.stdout, 'data')
    listener.kill('SIGKILL')
    await once(listener, 'exit')
    assert.ok(existsSync(join(folder, 'redis.sock')))
    // This very process's id: alive, but no server of that place.
    writeFileSync(join(folder, 'redis.pid'), String(process.pid))
    writeFileSync(join(folder, 'start.lock'), `${listener.pid} gone`)
    const server = await start(dataDir)
    assert.equal(server.owned, true)
    await server.stop()
  })

  it('replaces a server whose socket file was removed', async () => {
    const dataDir = freshDir()
    const bot = await startBot(dataDir)
    bot.kill('SIGKILL')
    await once(bot, 'exit')
    const pid = pidOf(dataDir)
    rmSync(join(dataDir, 'redis', 'redis.sock'))
    const server = await start(dataDir)
    assert.equal(server.owned, true)
    assert.match(stateOf(pid), /^(Z.*)?$/, 'the one that was cut off is gone')
    await server.stop()
  })

  it('moves the socket to a short folder when the path is too long for one, and finds it again', async () => {
    const dataDir = join(freshDir(), 'x'.repeat(120))
    const server = await start(dataDir)
    const second = await start(dataDir)
    assert.equal(second.path, server.path)
    assert.equal(second.owned, false)
    assert.equal(statSync(dirname(server.path)).mode & 0o777, 0o700)
    await second.stop()
    await server.stop()
    assert.equal(existsSync(dirname(server.path)), false)
  })

  it('says which folder it cannot write', async () => {
    const file = join(root, 'a-file')
    writeFileSync(file, '')
    await assert.rejects(start(join(file, 'data')), (error) => {
      assert.ok(error instanceof SpinupError)
      assert.equal(error.code, 'configuration')
      assert.match(error.message, /a-file\/data.*SPINUP_DATA_DIR/)
      return true
    })
  })

  it('says what to install when the program is missing', async () => {
    await assert.rejects(startRedisServer({ dataDir: freshDir(), programPath: root }), (error) => {
      assert.ok(error instanceof SpinupError)
      assert.equal(error.code, 'missingProgram')
      assert.match(error.message, /redis-server 7 .* REDIS_URL/)
      return true
    })
  })

  it('waits for a server that is still loading its data', async () => {
    const socket = join(root, 'loading.sock')
    const answers = ['-LOADING Redis is loading the dataset in memory\r\n', '-BUSY running a script\r\n', '+PONG\r\n']
    const listener = createServer((connection) => {
      connection.on('error', () => undefined)
      connection.once('data', () => connection.end(answers.shift() ?? ''))
    })
    listener.listen(socket)
    await once(listener, 'listening')
    assert.equal(await ask(socket), 'loading')
    await untilLoaded({ folder: root, socket }, () => undefined)
    assert.deepEqual(answers, [])
    listener.close()
  })

  it('does not mistake a silent listener for a server', async () => {
    const socket = join(root, 'mute.sock')
    const listener = createServer(() => undefined)
    listener.listen(socket)
    await once(listener, 'listening')
    assert.equal(await ask(socket), 'mute')
    assert.equal(await ask(join(root, 'nobody.sock')), 'absent')
    listener.close()
  })
})
