import assert from 'node:assert/strict'
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { stopLeftovers } from '../../src/cli/leftovers.ts'
import { startRedisServer } from '../../src/store/redis-server.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { until } from '../wait.ts'

const root = join(import.meta.dirname, '../..')
const MAIN = join(root, 'src/main.ts')
const DEMO = join(root, 'src/cli/demo.ts')
/** Gives a program a terminal. */
const SCRIPT = '/usr/bin/script'
const noTerminal =
  process.platform === 'linux' && existsSync(SCRIPT) ? false : 'there is no program that makes a terminal'

describe('the first start', () => {
  let dir = ''
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spinup-start-'))
  })
  after(async () => {
    await stopLeftovers(dir)
    await (await startRedisServer({ dataDir: dir })).stop()
    await rm(dir, { recursive: true, force: true })
  })
  const environment = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    PATH: process.env['PATH'] ?? '',
    NODE_COMPILE_CACHE: join(root, '.build/compile-cache'),
    SPINUP_DATA_DIR: dir,
    SPINUP_PORT: '0',
    SPINUP_BALANCER_PORT: '0',
    ...more,
  })

  /** Runs the bot until it is up, then asks it to end; gives all that it wrote. */
  async function startAndStop(
    program: string,
    args: readonly string[],
    up: RegExp,
    stop: string | null,
    more: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const child = spawn(program, args, { env: environment(more), stdio: 'pipe' })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said += text))
    }
    try {
      await until(() => up.test(said), { what: 'the bot to be up', timeoutMs: 60_000 })
    } catch (error) {
      throw new Error(`${String(error)}\n${said}`, { cause: error })
    } finally {
      if (stop === null) child.kill('SIGTERM')
      else child.stdin.write(stop)
    }
    await once(child, 'exit')
    return said
  }

  it('is sentences and the next step on a terminal', { skip: noTerminal }, async () => {
    const line = `${process.execPath} ${MAIN}`
    // Ctrl-C, as a person ends it.
    const said = await startAndStop(SCRIPT, ['-qec', line, '/dev/null'], /Ctrl-C ends the bot/, '\u0003')
    assert.match(said, /Spinup is up\.\s+Console +http:\/\/127\.0\.0\.1:\d+\s+Built-in balancer +http:/)
    assert.match(said, /Next: open http:\/\/127\.0\.0\.1:\d+ and press “Connect a pool”, or type \/spinup connect/)
    assert.doesNotMatch(said, /^\{"level"/m)
    assert.doesNotMatch(said, /"pid":|"hostname":/)
    assert.match(said, /\d\d:\d\d:\d\d.*INFO.*redis/)
  })

  it('says once which names in the environment are read by nothing, and no value', async () => {
    const wrong = { SPINUP_PORTT: 'hush', SLACK_BOT_TOKN: 'hush', DIGITALOCEAN_ACCESS_TOKEN: 'hush' }
    const said = await startAndStop(process.execPath, [MAIN], /"msg":"Spinup is up"/, null, wrong)
    assert.equal(said.split('SPINUP_PORTT is read by nothing; did you mean SPINUP_PORT?').length, 2)
    assert.equal(said.split('SLACK_BOT_TOKN is read by nothing; did you mean SLACK_BOT_TOKEN?').length, 2)
    assert.doesNotMatch(said, /hush|ACCESS_TOKEN/)
  })

  it('is a line of JSON for each thing that happens elsewhere, with each name once', async () => {
    const said = await startAndStop(process.execPath, [MAIN], /"msg":"Spinup is up"/, null)
    const lines = said
      .trim()
      .split('\n')
      .filter((line) => !line.includes('ExperimentalWarning') && !line.startsWith('(Use'))
    assert.ok(lines.length >= 3, said)
    for (const line of lines) {
      const entry = JSON.parse(line) as Readonly<Record<string, unknown>>
      assert.equal(typeof entry['pid'], 'number', line)
      for (const name of Object.keys(entry)) {
        // What an object holds twice, JSON.parse keeps once; so it is counted in the text.
        const times = line.split(`"${name}":`).length - 1
        assert.equal(times, 1, `${name} in ${line}`)
      }
    }
  })

  describe('with a Redis far away', () => {
    let server: TestRedis
    let way: Server
    const sockets = new Set<Socket>()
    /** How long what the bot sends is held back on the way, ms. */
    let heldFor: (bytes: string) => number = () => 0
    let said = ''
    before(async () => {
      server = await startTestRedis()
      way = createServer((socket) => {
        const redis = connect(server.path)
        socket.on('data', (bytes) => {
          const ms = heldFor(bytes.toString('latin1'))
          if (ms === 0) redis.write(bytes)
          else setTimeout(() => redis.write(bytes), ms)
        })
        redis.pipe(socket)
        for (const [one, other] of [
          [socket, redis],
          [redis, socket],
        ] as const) {
          sockets.add(one)
          one.on('error', () => undefined).on('close', () => other.destroy())
        }
      }).listen(0, '127.0.0.1')
      await once(way, 'listening')
    })
    after(async () => {
      for (const socket of sockets) socket.destroy()
      way.close()
      await server.stop()
    })
    const start = async (): Promise<ChildProcess> => {
      said = ''
      const { port } = way.address() as AddressInfo
      const env = environment({ REDIS_URL: `redis://127.0.0.1:${port}` })
      const child = spawn(process.execPath, [MAIN], { env, stdio: 'pipe' })
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => (said += text))
      }
      await until(() => /"msg":"Spinup is up"/.test(said) || child.exitCode !== null, { what: 'the bot to be up' })
      return child
    }
    const ended = async (child: ChildProcess): Promise<number | null> => {
      child.kill('SIGTERM')
      await until(() => child.exitCode !== null || child.signalCode !== null, { what: 'the bot to end' })
      return child.exitCode
    }

    it('goes on where one answer takes too long', async () => {
      // The first question of the bot's own, after those of the client, is answered after four seconds.
      let held = false
      heldFor = (bytes) => (held || !/\r\n(get|smembers)\r\n/i.test(bytes) ? 0 : ((held = true), 4000))
      const child = await start()
      heldFor = () => 0
      assert.equal(await ended(child), 0, said)
      assert.ok(held)
      assert.match(said, /Redis could not .* Starting again\./)
    })

    it('ends when it is asked to, also where Redis is gone at the same moment', async () => {
      const child = await start()
      for (const socket of sockets) socket.destroy()
      way.close()
      assert.equal(await ended(child), 0, said)
    })
  })

  describe('with a port that is taken', () => {
    const taken = createServer()
    let port = 0
    before(async () => {
      taken.listen(0, '127.0.0.1')
      await once(taken, 'listening')
      port = (taken.address() as AddressInfo).port
    })
    after(() => taken.close())
    const refused = (
      file: string,
      args: readonly string[],
      env: Readonly<Record<string, string>>,
    ): Promise<[number, string]> =>
      new Promise((resolve) => {
        const options = { env: environment(env), cwd: dir, timeout: 120_000 }
        execFile(process.execPath, [file, ...args], options, (error, _out, err) => {
          const line = err.split('\n').find((one) => one.startsWith('spinup: ')) ?? err
          resolve([error === null ? 0 : Number(error.code ?? 1), line])
        })
      })

    it('names the setting that moves it', async () => {
      const cases = [
        [
          'SPINUP_PORT',
          /^spinup: Port \d+ on 127\.0\.0\.1 is taken by another program: set SPINUP_PORT to a free one \(for example \d+\)/,
        ],
        [
          'SPINUP_BALANCER_PORT',
          /^spinup: The balancer’s port \d+ is taken by another program: set SPINUP_BALANCER_PORT to/,
        ],
      ] as const
      for (const [name, says] of cases) {
        const [status, line] = await refused(MAIN, [], { [name]: String(port) })
        assert.equal(status, 2, line)
        assert.match(line, says)
      }
    })

    it('names the option that moves it in the demo, for either port', async () => {
      for (const option of ['--port', '--balancer-port']) {
        const args = ['--headless', '--data-dir', join(dir, 'demo'), option, String(port)]
        const [status, line] = await refused(DEMO, args, {})
        assert.equal(status, 2, line)
        assert.match(line, new RegExp(`is taken by another program: give ${option} a free one \\(for example \\d+\\)`))
        assert.doesNotMatch(line, /SPINUP_/)
      }
    })
  })
})
