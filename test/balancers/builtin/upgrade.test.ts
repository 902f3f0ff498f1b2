import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, afterEach, before, describe, it } from 'node:test'
import { until } from '../../wait.ts'
import { startServing, type ServingRig } from './rig.ts'
import { sendRaw, startServer, type TestServer } from './server.ts'

/** Accepts WebSockets and sends every small text frame back. */
function echo(member: TestServer, onOpen: (path: string) => void): void {
  member.server.on('upgrade', (request, socket) => {
    onOpen(request.url ?? '')
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash('sha1').update(key).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    let held = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk])
      for (;;) {
        const length = (held[1] ?? 0) & 0x7f
        if (held.length < 6 + length) return
        if ((held[0] ?? 0) % 16 === 8) return void socket.end(Buffer.from([0x88, 0]))
        const mask = held.subarray(2, 6)
        const text = Buffer.from(held.subarray(6, 6 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0)))
        socket.write(Buffer.concat([Buffer.from([0x81, length]), text]))
        held = held.subarray(6 + length)
      }
    })
    socket.on('error', () => undefined)
  })
}

describe('the built-in balancer carries WebSockets', () => {
  let rig: ServingRig
  let member: TestServer
  const opened: string[] = []
  before(async () => {
    rig = await startServing({ waitMs: 300 })
    member = await startServer((_, response) => response.writeHead(404).end('no such page'))
  })
  after(async () => {
    await rig.close()
    await member.close()
  })
  afterEach(async () => {
    for (const { url } of await rig.balancer.list()) await rig.balancer.remove(url)
  })

  it('declined ones are answered as the member answers', async () => {
    await rig.join(member.url)
    const answer = await sendRaw(
      rig.port,
      'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    )
    assert.match(answer, /^HTTP\/1\.1 404 Not Found\r\n/)
    assert.match(answer, /no such page$/)
  })

  it('both ways until either side ends, counted as in flight, also past a drain', async () => {
    echo(member, (path) => opened.push(path))
    await rig.join(member.url)
    const socket = new WebSocket(`${rig.url.replace('http', 'ws')}/chat?room=1`)
    await once(socket, 'open')
    assert.deepEqual(opened, ['/chat?room=1'])
    assert.equal((await rig.balancer.list())[0]?.inFlight, 1)
    await rig.balancer.drain(member.url)
    for (const text of ['one', 'two', 'three']) {
      socket.send(text)
      const [event] = (await once(socket, 'message')) as [{ data: string }]
      assert.equal(event.data, text)
    }
    socket.close()
    await once(socket, 'close')
    await until(async () => (await rig.balancer.list())[0]?.inFlight === 0)
  })

  it('with what the visitor sent before the handshake was answered, once and in order', async () => {
    const slow = await startServer((_, response) => response.end())
    const got: string[] = []
    let accept: (() => void) | null = null
    slow.server.on('upgrade', (_, socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (chunk: Buffer) => got.push(chunk.toString()))
      socket.on('end', () => socket.end())
      const answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
      accept = () => socket.write(answer)
    })
    await rig.join(slow.url)
    const socket = connect(rig.port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nwith it,')
    // The balancer counts it before the member can accept it.
    const accepted = await until(() => accept, { what: 'the handshake at the member' })
    assert.equal((await rig.balancer.list())[0]?.waiting, 1)
    const pieces = Array.from({ length: 200 }, (_, index) => ` ${index}`)
    // Each in a piece of its own; more than are held.
    for (const piece of pieces) await new Promise<void>((done) => void socket.write(piece, () => done()))
    accepted()
    await once(socket, 'data')
    socket.write(' after')
    const wanted = `with it,${pieces.join('')} after`
    await until(() => got.join('').length >= wanted.length, { what: 'all of it at the member' })
    assert.equal(got.join(''), wanted)
    socket.destroy()
    await until(async () => (await rig.balancer.list())[0]?.inFlight === 0)
    await slow.close()
  })

  it('their end at a member that dies', async () => {
    const dying = await startServer((_, response) => response.end())
    echo(dying, () => undefined)
    const links = new Set<{ destroy(): void }>()
    dying.server.on('connection', (link) => links.add(link))
    await rig.join(dying.url)
    const socket = new WebSocket(rig.url.replace('http', 'ws'))
    await once(socket, 'open')
    const closed = once(socket, 'close')
    for (const link of links) link.destroy()
    await closed
    await until(async () => (await rig.balancer.list())[0]?.inFlight === 0)
    await dying.close()
  })

  it('nothing else: other protocols are plain requests', async () => {
    await rig.join(member.url)
    const answer = await sendRaw(
      rig.port,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
    )
    assert.match(answer, /^HTTP\/1\.1 404 Not Found\r\n/)
  })

  it('nothing with a body: a POST that asks for one arrives as a POST, with what it carries', async () => {
    const poster = await startServer((request, response) => {
      void text(request).then((body) => response.end(`${request.method} ${body}`))
    })
    await rig.join(poster.url)
    const ask = (start: string) =>
      sendRaw(
        rig.port,
        `${start} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nContent-Length: 4\r\n\r\nbody`,
      )
    assert.match(await ask('POST /'), /POST body/)
    assert.match(await ask('GET /'), /GET body/)
    await poster.close()
  })

  it('a handshake that its member never answers is given up, and is not in flight any more', async () => {
    const strict = await startServing({ answerMs: 1000 })
    const mute = await startServer(() => undefined)
    const held = new Set<{ destroy(): void }>()
    mute.server.on('upgrade', (_, socket) => held.add(socket))
    await strict.join(mute.url)
    const answer = await sendRaw(
      strict.port,
      'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    )
    assert.match(answer, /^HTTP\/1\.1 504 /)
    assert.equal(held.size, 1)
    assert.deepEqual(
      (await strict.balancer.list()).map(({ inFlight, failed }) => [inFlight, failed]),
      [[0, 1]],
    )
    for (const socket of held) socket.destroy()
    await mute.close()
    await strict.close()
  })

  it('says so when there is no member', async () => {
    const answer = await sendRaw(
      rig.port,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    )
    assert.match(answer, /^HTTP\/1\.1 503 /)
  })
})
