import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { after, afterEach, before, describe, it } from 'node:test'
import { until } from '../../wait.ts'
import { startServing, type ServingRig } from './rig.ts'
import { startServer, type TestServer } from './server.ts'

/** A member in a process of its own, so that it can be stopped and killed; answers `pid`, and tells of what it never answers. */
const MEMBER = `
  const server = require('node:http').createServer((request, response) => {
    if (request.url === '/busy') { const end = Date.now() + 100; while (Date.now() < end); }
    if (request.url === '/never') return process.send('asked')
    response.end(String(process.pid))
  })
  server.keepAliveTimeout = 30000
  server.listen(Number(process.argv[1]), '127.0.0.1', () => process.send(server.address().port))
`

interface MemberProcess {
  readonly child: ChildProcess
  readonly url: string
  readonly port: number
}

async function startProcess(port = 0): Promise<MemberProcess> {
  const child = spawn(process.execPath, ['-e', MEMBER, String(port)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {},
  })
  const [told] = (await once(child, 'message')) as [number]
  return { child, url: `http://127.0.0.1:${told}`, port: told }
}

describe('when members fail, the built-in balancer', () => {
  let rig: ServingRig
  const servers: TestServer[] = []
  const processes: MemberProcess[] = []
  before(async () => {
    rig = await startServing({ stallMs: 2000 })
  })
  after(() => rig.close())
  afterEach(async () => {
    for (const { url } of await rig.balancer.list()) await rig.balancer.remove(url)
    for (const server of servers.splice(0)) await server.close()
    for (const { child } of processes.splice(0)) child.kill('SIGKILL')
  })

  const server = async (...given: Parameters<typeof startServer>) => {
    const started = await startServer(...given)
    servers.push(started)
    return started
  }
  const member = async (port = 0) => {
    const started = await startProcess(port)
    processes.push(started)
    return started
  }
  const visit = async (path = '/', init: RequestInit = {}) => {
    const response = await fetch(rig.url + path, { signal: AbortSignal.timeout(20_000), ...init })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  const stateOf = async (url: string) => (await rig.balancer.list()).find((state) => state.url === url)?.state

  it('repeats what is safe to repeat on another member, whose visitors notice nothing', async () => {
    const [a, b] = [await member(), await member()]
    await rig.join(a.url)
    await rig.join(b.url)
    const seen = new Set<string>()
    for (let count = 0; count < 10; count += 1) seen.add((await visit()).text)
    assert.equal(seen.size, 2)
    // Its connections break while they are kept, and new ones are refused.
    a.child.kill('SIGKILL')
    const gone = once(a.child, 'exit')
    for (let count = 0; count < 20; count += 1) assert.equal((await visit()).text, String(b.child.pid))
    // A POST is not repeated once a connection took it, and a dying process's port still takes some.
    await gone
    for (let count = 0; count < 20; count += 1)
      assert.equal((await visit('/', { method: 'POST', body: 'text' })).text, String(b.child.pid))
    await until(async () => (await stateOf(a.url)) === 'unhealthy', { what: 'the dead member to be out' })
    assert.equal((await rig.balancer.front()).failed, 0)
  })

  it('repeats a request whose member died while it had it', async () => {
    const [a, b] = [await member(), await server((_, response) => void response.end('b'))]
    await rig.join(a.url)
    let had = 0
    a.child.on('message', () => (had += 1))
    const asked = Array.from({ length: 3 }, () => visit('/never'))
    // The balancer counts them before the member has them.
    await until(() => had === 3, { what: 'all three at the member' })
    await rig.join(b.url)
    a.child.kill('SIGKILL')
    for (const answer of await Promise.all(asked)) assert.equal(answer.text, 'b')
  })

  it('repeats once at most, and never a POST that a member may have acted on', async () => {
    let acted = 0
    for (let count = 0; count < 3; count += 1) {
      const breaking = await server((request) => {
        acted += 1
        request.socket.destroy()
      })
      await rig.join(breaking.url)
    }
    const failed = (await rig.balancer.front()).failed
    const post = await visit('/', { method: 'POST', body: 'pay' })
    assert.deepEqual([post.status, acted], [502, 1])
    assert.match(post.text, /closed the connection/)
    acted = 0
    const get = await visit()
    assert.deepEqual([get.status, acted], [502, 2])
    assert.equal((await rig.balancer.front()).failed, failed + 2)
  })

  it('cuts an answer that its member did not finish, so that it is not taken for whole', async () => {
    const broken = await server((_, response) => {
      response.write('half of it')
      setImmediate(() => response.destroy())
    })
    await rig.join(broken.url)
    await assert.rejects(visit())
    await until(async () => (await rig.balancer.list())[0]?.failed === 1)
  })

  it('holds requests until a member is there', async () => {
    const asked = Array.from({ length: 5 }, () => visit())
    await until(async () => (await rig.balancer.front()).queued === 5)
    const late = await server((_, response) => void response.end('late'))
    await rig.balancer.add(late.url)
    for (const answer of await Promise.all(asked)) assert.equal(answer.text, 'late')
  })

  it('holds requests while its only member is started again', async () => {
    const first = await member()
    await rig.join(first.url)
    await visit()
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    const asked = [visit(), visit('/', { method: 'POST', body: 'text' })]
    await until(async () => (await rig.balancer.front()).queued > 0)
    const second = await member(first.port)
    for (const answer of await Promise.all(asked)) assert.equal(answer.text, String(second.child.pid))
  })

  it('says so when no member comes in time', async () => {
    const impatient = await startServing({ waitMs: 300 })
    const response = await fetch(impatient.url)
    assert.equal(response.status, 503)
    assert.equal(response.headers.get('retry-after'), '5')
    assert.match(await response.text(), /No server can take this request right now/)
    assert.equal((await impatient.balancer.front()).failed, 1)
    await impatient.close()
  })

  it('takes a stopped member out, gives its requests to another, and takes it back when it goes on', async () => {
    const [a, b] = [await member(), await member()]
    await rig.join(a.url)
    await rig.join(b.url)
    await visit()
    a.child.kill('SIGSTOP')
    // Two at once: one of them goes to the stopped one.
    const asked = await Promise.all([visit(), visit(), visit(), visit()])
    for (const answer of asked) assert.equal(answer.text, String(b.child.pid))
    assert.equal(await stateOf(a.url), 'unhealthy')
    a.child.kill('SIGCONT')
    await until(async () => (await stateOf(a.url)) === 'healthy', { what: 'the member to be taken back' })
    await until(async () => (await visit()).text === String(a.child.pid))
    assert.equal((await rig.balancer.list()).find(({ url }) => url === a.url)?.failed, 0)
  })

  it('keeps members that are slow because all are overloaded', async () => {
    const [a, b] = [await member(), await member()]
    await rig.join(a.url)
    await rig.join(b.url)
    // Two seconds of work on either: a health check is answered only after what came before it.
    const asked = Array.from({ length: 40 }, () => visit('/busy'))
    const states = new Set<string | undefined>()
    let open = true
    const all = Promise.all(asked).finally(() => (open = false))
    await until(async () => {
      for (const state of await rig.balancer.list()) states.add(state.state)
      return !open
    })
    for (const answer of await all) assert.equal(answer.status, 200)
    assert.deepEqual([...states], ['healthy'])
  })

  it('keeps its only member however long it takes to answer', async () => {
    const only = await member()
    await rig.join(only.url)
    only.child.kill('SIGSTOP')
    const asked = visit()
    const other = visit()
    await until(async () => (await rig.balancer.list())[0]?.inFlight === 2)
    // Longer than a stall may last when others answer.
    const end = performance.now() + 4500
    await until(async () => {
      assert.equal((await rig.balancer.list())[0]?.state, 'healthy')
      return performance.now() > end
    })
    only.child.kill('SIGCONT')
    assert.equal((await asked).status, 200)
    assert.equal((await other).status, 200)
  })

  it('tries its members all the same when every health check says no', async () => {
    let status = 200
    const sick = await server((_, response) => void response.end('still here'))
    sick.server.removeAllListeners('request')
    sick.server.on('request', (request, response) => {
      if (request.url === '/health') response.writeHead(status).end()
      else response.end('still here')
    })
    await rig.join(sick.url)
    status = 500
    await until(async () => (await stateOf(sick.url)) === 'unhealthy')
    assert.equal((await visit()).text, 'still here')
  })

  it('shares by the load that agents report', async () => {
    const [a, b] = [
      await server((_, response) => void response.end('a')),
      await server((_, response) => void response.end('b')),
    ]
    await rig.join(a.url)
    await rig.join(b.url)
    await rig.balancer.weigh({ [a.url]: 0.95, [b.url]: 0.05 })
    const got = { a: 0, b: 0 }
    for (let count = 0; count < 200; count += 1) got[(await visit()).text as 'a' | 'b'] += 1
    assert.ok(got.a >= 30 && got.a <= 80, `the loaded one gets less than a third and more than nothing, got ${got.a}`)
    assert.equal(got.a + got.b, 200)
  })
})
