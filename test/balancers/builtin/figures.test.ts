import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest, type ClientRequest, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { isWhole } from '../../../src/balancers/builtin/process/address.ts'
import { until } from '../../wait.ts'
import { startServing, type ServingRig } from './rig.ts'
import { sendRaw, startServer, type TestServer } from './server.ts'

describe('what the built-in balancer measures of a member', () => {
  let rig: ServingRig
  let member: TestServer
  let open: ServerResponse[] = []
  before(async () => {
    // Long enough that none is out of the queue because its time is up.
    rig = await startServing({ waitMs: 60_000 })
  })
  after(() => rig.close())
  beforeEach(async () => {
    open = []
    member = await startServer((request, response) => {
      open.push(response)
      response.once('close', () => (open = open.filter((one) => one !== response)))
      if (request.url === '/read') request.resume()
      if (request.url === '/begun') response.write('begun')
      if (request.url === '/refused') response.writeHead(413).end('too much')
      if (request.url === '/quick') response.end('quick')
    })
    await rig.join(member.url)
  })
  afterEach(async () => {
    await rig.balancer.remove(member.url)
    await member.close()
  })

  const look = async () => {
    const [state] = await rig.balancer.list()
    assert.ok(state !== undefined)
    return state
  }
  const show = (waiting: number, streaming: number) =>
    until(
      async () => {
        const state = await look()
        assert.deepEqual([state.atMember, state.waiting, state.streaming], [waiting + streaming, waiting, streaming])
        assert.equal(state.inFlight, waiting + streaming)
        return true
      },
      { what: `${waiting} that wait and ${streaming} that stream` },
    )
  const upload = (path: string): ClientRequest => {
    const call = httpRequest(new URL(path, rig.url), {
      method: 'POST',
      headers: { 'content-length': 10 },
      agent: false,
    })
    call.on('error', () => undefined)
    call.write('12345')
    return call
  }

  it('an upload on its way is no wait; with its last byte it becomes one', async () => {
    const call = upload('/read')
    await until(() => open.length === 1, { what: 'the upload at the member' })
    await show(0, 1)
    call.end('67890')
    await show(1, 0)
    open[0]?.end('read')
    await once(call, 'response')
    await show(0, 0)
  })

  it('what a visitor takes for the body is no time of the member’s', async () => {
    const call = upload('/read')
    await until(() => open.length === 1, { what: 'the upload at the member' })
    const since = performance.now()
    await until(() => performance.now() - since > 1200)
    call.end('67890')
    await show(1, 0)
    open[0]?.end('read')
    await once(call, 'response')
    const { p95Ms, firstByteP95Ms } = await look()
    assert.ok((p95Ms ?? Infinity) < 1000 && (firstByteP95Ms ?? Infinity) < 1000, `got ${p95Ms} and ${firstByteP95Ms}`)
  })

  it('an upload that is refused half way is answered, and over', async () => {
    const call = upload('/refused')
    const [answer] = (await once(call, 'response')) as [{ statusCode?: number; resume(): void }]
    assert.equal(answer.statusCode, 413)
    answer.resume()
    await show(0, 0)
    assert.equal(typeof (await look()).p95Ms, 'number')
    call.destroy()
  })

  it('a visitor who leaves takes with him what waited and what streamed', async () => {
    const visitors = ['/held', '/begun'].map((path) => {
      const socket: Socket = connect(rig.port, '127.0.0.1')
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
      return socket
    })
    await show(1, 1)
    for (const socket of visitors) socket.destroy()
    await show(0, 0)
    assert.equal((await look()).p95Ms, null, 'neither was a whole answer')
  })

  it('an answer that its member breaks off is none', async () => {
    const answer = await fetch(new URL('/begun', rig.url))
    await show(0, 1)
    open[0]?.destroy()
    await assert.rejects(answer.text())
    await show(0, 0)
    const { p95Ms, firstByteP95Ms } = await look()
    assert.deepEqual([p95Ms, typeof firstByteP95Ms], [null, 'number'])
  })

  it('a WebSocket that its member declines is a whole answer, and over', async () => {
    const handshake = 'Connection: Upgrade\r\nUpgrade: websocket\r\n'
    await sendRaw(rig.port, `GET /quick HTTP/1.1\r\nHost: a\r\n${handshake}\r\n`)
    await show(0, 0)
    assert.equal(typeof (await look()).p95Ms, 'number')
  })

  it('a handshake that is not answered yet waits, or is queued in front, until its visitor leaves', async () => {
    const held: { destroy(): void }[] = []
    member.server.on('upgrade', (_, socket) => held.push(socket))
    const handshake = 'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    const waiting = connect(rig.port, '127.0.0.1')
    waiting.write(handshake)
    await show(1, 0)
    waiting.end()
    await show(0, 0)
    await rig.balancer.drain(member.url)
    const queued = connect(rig.port, '127.0.0.1')
    queued.write(handshake)
    await until(async () => (await rig.balancer.queued()) === 1, { what: 'one queued' })
    queued.end()
    await until(async () => (await rig.balancer.queued()) === 0, { what: 'none queued' })
    for (const one of held) one.destroy()
  })

  it('an answer without a body, and one that ends with its connection, are whole', async () => {
    for (const head of ['HEAD /quick HTTP/1.1', 'GET /quick HTTP/1.0']) {
      await sendRaw(rig.port, `${head}\r\nHost: a\r\nConnection: close\r\n\r\n`)
    }
    await show(0, 0)
    const { p95Ms, rps } = await look()
    assert.ok(p95Ms !== null && (rps ?? 0) > 0)
  })

  it('what no member can take is queued in front, and belongs to no member', async () => {
    await rig.balancer.drain(member.url)
    const answers = [1, 2, 3].map(() => fetch(new URL('/quick', rig.url)))
    await until(async () => (await rig.balancer.queued()) === 3, { what: 'three queued' })
    await show(0, 0)
    assert.equal((await look()).queued, 0)
    await rig.join(member.url)
    for (const answer of answers) assert.equal(await (await answer).text(), 'quick')
    assert.equal(await rig.balancer.queued(), 0)
  })
})

describe('whole answers', () => {
  it('are those that end within a minute of their first byte', () => {
    const page = ['Content-Type', 'text/html', 'Cache-Control', 'no-store']
    assert.ok(isWhole(page, 0))
    assert.ok(isWhole(page, 60_000))
    assert.ok(!isWhole(page, 60_001))
    assert.ok(isWhole([], 10))
  })

  it('are never event streams, however they are spelled and however short', () => {
    for (const type of ['text/event-stream', 'text/event-stream;charset=utf-8', 'Text/Event-Stream']) {
      assert.ok(!isWhole(['Date', 'today', 'content-type', type], 1), type)
    }
    for (const type of ['text/event-streams', 'text/plain', 'application/json']) {
      assert.ok(isWhole(['Content-Type', type], 1), type)
    }
    assert.ok(isWhole(['x-content-ty', 'text/event-stream'], 1))
  })
})
