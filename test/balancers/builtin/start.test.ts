import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createBuiltinBalancer } from '../../../src/balancers/builtin/builtin.ts'
import { startBuiltinBalancer, type BuiltinBalancerProcess } from '../../../src/balancers/builtin/start.ts'
import { SpinupError } from '../../../src/core/model/error.ts'
import { until } from '../../wait.ts'
import { KEY } from './rig.ts'
import { startServer, type TestServer } from './server.ts'

/** A bot that starts a balancer, tells its process id and url, and waits to be killed. */
const BOT = `
  const { startBuiltinBalancer } = await import(process.argv[1])
  const running = await startBuiltinBalancer(JSON.parse(process.argv[2]))
  process.send({ pid: running.pid(), url: running.url })
  setInterval(() => undefined, 1000)
`

async function isAlive(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return text !== '' && !/\) Z /.test(text)
}

describe('the process of the built-in balancer', () => {
  const dirs: string[] = []
  const running: BuiltinBalancerProcess[] = []
  const servers: TestServer[] = []
  let member: TestServer
  before(async () => {
    member = await startServer((_, response) => response.end('hello'))
    servers.push(member)
  })
  after(async () => {
    for (const one of running) await one.stop()
    for (const server of servers) await server.close()
    for (const dir of dirs) await rm(dir, { recursive: true, force: true })
  })

  const options = async () => {
    const dir = await mkdtemp(join(tmpdir(), 'spinup-balancer-'))
    dirs.push(dir)
    return { dir, host: '127.0.0.1', port: 0, key: KEY, healthPath: '/health' }
  }
  const start = async (given: Parameters<typeof startBuiltinBalancer>[0]) => {
    const started = await startBuiltinBalancer(given)
    running.push(started)
    return started
  }
  const takeIn = async (started: BuiltinBalancerProcess) => {
    const balancer = createBuiltinBalancer({ control: started.control, key: KEY })
    await balancer.add(member.url)
    await until(async () => (await balancer.list())[0]?.state === 'healthy')
    return balancer
  }

  it('goes on when the bot is killed, and is adopted by the next one', async () => {
    const given = await options()
    const start = join(import.meta.dirname, '../../../src/balancers/builtin/start.ts')
    const bot = spawn(process.execPath, ['--input-type=module', '-e', BOT, start, JSON.stringify(given)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const [told] = (await once(bot, 'message')) as [{ pid: number; url: string }]
    bot.kill('SIGKILL')
    await once(bot, 'exit')
    const next = await startBuiltinBalancer(given)
    running.push(next)
    assert.equal(next.pid(), told.pid)
    assert.equal(next.url, told.url)
    const balancer = await takeIn(next)
    assert.equal(await (await fetch(next.url)).text(), 'hello')
    // Adopted ones are looked after like started ones.
    process.kill(told.pid, 'SIGKILL')
    await until(() => next.pid() !== told.pid, { what: 'the restart' })
    assert.deepEqual(
      (await balancer.list()).map(({ url }) => url),
      [member.url],
    )
  })

  it('is started again when it dies, at the same place and with its members', async () => {
    const started = await start(await options())
    const balancer = await takeIn(started)
    const { url, control } = started
    const pid = started.pid()
    process.kill(pid, 'SIGKILL')
    await until(() => started.pid() !== pid, { what: 'the restart' })
    assert.deepEqual([started.url, started.control], [url, control])
    assert.equal(await (await fetch(url)).text(), 'hello')
    assert.equal((await balancer.list())[0]?.url, member.url)
  })

  it('members it drained are still drained after that', async () => {
    const started = await start(await options())
    const balancer = await takeIn(started)
    await balancer.drain(member.url)
    const pid = started.pid()
    process.kill(pid, 'SIGKILL')
    await until(() => started.pid() !== pid, { what: 'the restart' })
    assert.equal((await balancer.list())[0]?.state, 'draining')
  })

  it('is replaced when the options have changed, and keeps its members', async () => {
    const given = await options()
    const first = await start(given)
    await takeIn(first)
    const pid = first.pid()
    first.release()
    const second = await start({ ...given, key: 'another-key' })
    assert.notEqual(second.pid(), pid)
    assert.equal(await isAlive(pid), false)
    const balancer = createBuiltinBalancer({ control: second.control, key: 'another-key' })
    assert.equal((await balancer.list())[0]?.url, member.url)
  })

  it('release leaves it running, stop ends it after what is under way', async () => {
    const given = await options()
    const first = await start(given)
    await takeIn(first)
    first.release()
    const second = await start(given)
    assert.equal(second.pid(), first.pid())
    let answer: (() => void) | null = null
    const slow = await startServer((_, response) => (answer = () => response.end('in time')))
    servers.push(slow)
    const balancer = createBuiltinBalancer({ control: second.control, key: KEY })
    await balancer.add(slow.url)
    await balancer.remove(member.url)
    const asked = fetch(second.url).then((response) => response.text())
    await until(() => answer !== null, { what: 'the slow request' })
    const stopped = second.stop()
    const refused = async () => {
      const socket = connect(Number(new URL(second.url).port), '127.0.0.1')
      const outcome = await Promise.race([once(socket, 'connect').catch(() => null), once(socket, 'error')])
      socket.destroy()
      return outcome === null || outcome.length > 0
    }
    await until(refused, { what: 'the port to be closed' })
    ;(answer as (() => void) | null)?.()
    assert.equal(await asked, 'in time')
    await stopped
    assert.equal(await isAlive(second.pid()), false)
  })

  it('says so when its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    await assert.rejects(startBuiltinBalancer({ ...(await options()), port }), (error) => {
      assert.ok(error instanceof SpinupError)
      assert.equal(error.code, 'configuration')
      assert.match(error.message, new RegExp(`${port}.*taken`))
      return true
    })
    taken.close()
  })

  it('keeps its key to itself: not in its arguments, nor readable by others', async () => {
    const given = await options()
    const started = await start({ ...given, key: 'a-very-secret-key' })
    const told = await readFile(`/proc/${started.pid()}/cmdline`, 'utf8').catch(() => '')
    assert.doesNotMatch(told, /a-very-secret-key/)
    assert.equal((await stat(join(given.dir, 'config.json'))).mode & 0o077, 0)
  })
})
