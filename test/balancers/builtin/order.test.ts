import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { until } from '../../wait.ts'
import { startServing, type ServingRig } from './rig.ts'
import { sendRaw, startServer, type TestServer } from './server.ts'

const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: site.test\r\n${more}\r\n`
const LAST = 'Connection: close\r\n'

describe('one connection to the built-in balancer', () => {
  let rig: ServingRig
  let member: TestServer
  let seen: string[] = []
  let open: [IncomingMessage, ServerResponse][] = []
  let holds = false
  before(async () => {
    rig = await startServing({ proxies: '10.0.0.0/8' })
    member = await startServer((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      request.resume()
      if (holds) open.push([request, response])
      else response.end(`${request.url};`)
    })
    await rig.join(member.url)
  })
  after(async () => {
    await rig.close()
    await member.close()
  })
  beforeEach(() => {
    seen = []
    open = []
    holds = false
  })
  const visit = (text: string): Socket => {
    const socket = connect(rig.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(text)
    return socket
  }

  it('has one request at the member at a time, however many it sends at once', async () => {
    holds = true
    const socket = visit(Array.from({ length: 50 }, (_, index) => get(`/${index}`)).join(''))
    for (let index = 0; index < 5; index++) {
      await until(() => open.length === index + 1)
      // A second one that came along would be here: both are parsed in the same turn.
      await fetch(`${rig.url}/health`).then((answer) => answer.text())
      assert.equal(seen.filter((line) => line !== 'GET /health').length, index + 1)
      open[index]?.[1].end('done')
    }
    socket.destroy()
    await until(() => open.at(-1)?.[0].destroyed)
  })

  it('gets its answers in the order it asked in', async () => {
    const raw = await sendRaw(
      rig.port,
      Array.from({ length: 20 }, (_, index) => get(`/${index}`)).join('') + get('/last', LAST),
    )
    const bodies = [...raw.matchAll(/\/(\w+);/g)].map((found) => found[1])
    assert.deepEqual(bodies, [...Array.from({ length: 20 }, (_, index) => String(index)), 'last'])
  })

  it('is ended when it asks for more than may wait: what waited is answered, the rest never asked', async () => {
    const raw = await sendRaw(rig.port, Array.from({ length: 5000 }, (_, index) => get(`/${index}`)).join(''))
    assert.ok(seen.length <= 101, `${seen.length} at the member`)
    assert.equal([...raw.matchAll(/HTTP\/1.1 200/g)].length, seen.length)
  })

  it('asks for nothing more after an answer that ended it', async () => {
    await sendRaw(rig.port, get('/one', LAST) + get('/two'))
    assert.deepEqual(seen, ['GET /one'])
  })

  it('asks for nothing more when its visitor leaves', async () => {
    holds = true
    const socket = visit(get('/one') + get('/two'))
    await until(() => open.length === 1)
    socket.destroy()
    await until(() => open[0]?.[0].destroyed)
    await fetch(`${rig.url}/health`).then((answer) => answer.text())
    assert.deepEqual(
      seen.filter((line) => line !== 'GET /health'),
      ['GET /one'],
    )
  })

  it('may not expect to be told to go on where there is no body, nor have what follows run', async () => {
    const lies = [
      get('/lie', 'Expect: 100-continue\r\n'),
      get('/lie', 'Expect: 100-continue\r\nContent-Length: 0\r\n'),
      `POST /lie HTTP/1.1\r\nHost: site.test\r\nExpect: 100-continue\r\n\r\n`,
    ]
    for (const lie of lies) {
      const raw = await sendRaw(rig.port, lie + get('/after', LAST))
      assert.match(raw, /^HTTP\/1.1 400 /)
    }
    assert.deepEqual(seen, [])
    const honest = `POST /honest HTTP/1.1\r\nHost: site.test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n${LAST}\r\nhi`
    assert.match(await sendRaw(rig.port, honest), /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 /)
    assert.deepEqual(seen, ['POST /honest'])
  })

  it('names one host', async () => {
    const two = 'Host: other.test\r\n'
    for (const text of [
      get('/a', two),
      get('/b', `HOST: site.test\r\n`),
      `POST /c HTTP/1.1\r\nHost: a\r\n${two}Content-Length: 0\r\n\r\n`,
    ])
      assert.match(await sendRaw(rig.port, text), /^HTTP\/1.1 400 [^]*connection: close/i)
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n'
    assert.match(await sendRaw(rig.port, get('/socket', two + upgrade)), /^HTTP\/1.1 400 /)
    assert.deepEqual(seen, [])
  })

  it('cannot turn into a WebSocket while answers are still to come', async () => {
    holds = true
    const upgrade = get('/socket', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n')
    const socket = visit(get('/one') + upgrade)
    await once(socket, 'close')
    assert.ok(!seen.includes('GET /socket'))
  })

  it('does not say where its visitor is: what it says of that is replaced', async () => {
    let headers: IncomingMessage['headers'] = {}
    const listener = (request: IncomingMessage): void => void (headers = request.headers)
    member.server.prependListener('request', listener)
    const lies = [
      'X-Forwarded-For: 10.9.9.9',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: bank.test',
      'X-Real-IP: 10.9.9.9',
      'Forwarded: for=10.9.9.9',
      'X-Forwarded-Port: 443',
      'CF-Connecting-IP: 10.9.9.9',
      'True-Client-IP: 10.9.9.9',
      'X_Forwarded_For: 10.9.9.9',
      'X-Original-URL: /admin',
      'X-Client-IP: 10.9.9.9',
      'X-Rewrite-URL: /admin',
      'Forwarded-For: 10.9.9.9',
      'X-Azure-ClientIP: 10.9.9.9',
      'Remote_Addr: 10.9.9.9',
      'Front-End-Https: 443',
      'X-Host: bank.test',
    ]
    await sendRaw(rig.port, get('/', `${lies.join('\r\n')}\r\n${LAST}`))
    member.server.off('request', listener)
    assert.doesNotMatch(JSON.stringify(headers), /10\.9\.9\.9|bank|admin|443|https/)
    assert.deepEqual(
      [headers['x-forwarded-for'], headers['x-real-ip'], headers['x-forwarded-host']],
      ['127.0.0.1', '127.0.0.1', 'site.test'],
    )
  })
})

describe('a proxy before the built-in balancer that is trusted', () => {
  it('is believed about where a request came from', async () => {
    const rig = await startServing({ proxies: 'loopback' })
    let headers: IncomingMessage['headers'] = {}
    const member = await startServer((request, response) => {
      headers = request.headers
      response.end()
    })
    await rig.join(member.url)
    await sendRaw(
      rig.port,
      get('/', `X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nCF-Connecting-IP: 203.0.113.7\r\n${LAST}`),
    )
    assert.equal(headers['x-forwarded-for'], '203.0.113.7, 127.0.0.1')
    assert.deepEqual([headers['x-forwarded-proto'], headers['cf-connecting-ip']], ['https', '203.0.113.7'])
    await rig.close()
    await member.close()
  })
})

describe('a visitor that takes nothing of its answer', () => {
  it('is given up after a while, so that its member is not held; a slow one is not', async () => {
    const rig = await startServing({ unreadMs: 3000 })
    const gone: string[] = []
    const member = await startServer((request, response) => {
      response.on('close', () => gone.push(request.url ?? ''))
      response.end(Buffer.alloc(30_000_000))
    })
    await rig.join(member.url)
    const [stuck, slow] = ['/stuck', '/slow'].map((path) => {
      const socket = connect(rig.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(get(path))
      return socket.pause()
    })
    let taken = 0
    let sipped = 0
    slow?.on('data', (chunk: Buffer) => {
      taken += chunk.length
      sipped += chunk.length
      if (sipped > 250_000) slow.pause()
    })
    const sip = setInterval(() => {
      sipped = 0
      slow?.resume()
    }, 50)
    await until(() => gone.includes('/stuck'))
    assert.ok(!gone.includes('/slow') || taken >= 30_000_000)
    clearInterval(sip)
    slow?.destroy()
    stuck?.destroy()
    await rig.close()
    await member.close()
  })
})
