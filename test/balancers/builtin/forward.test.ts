import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { until } from '../../wait.ts'
import { startServing, type ServingRig } from './rig.ts'
import { sendRaw, startServer, type TestServer } from './server.ts'

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

describe('the built-in balancer forwards', () => {
  let rig: ServingRig
  let member: TestServer
  let listener: RequestListener | null = null
  before(async () => {
    rig = await startServing()
  })
  after(() => rig.close())
  beforeEach(async () => {
    member = await startServer((request, response) => listener?.(request, response))
    await rig.join(member.url)
  })
  afterEach(async () => {
    await rig.balancer.remove(member.url)
    await member.close()
  })

  it('every method, with the path, the status and the headers as they are', async () => {
    const seen: string[] = []
    listener = (request, response) => {
      seen.push(`${request.method} ${request.url}`)
      response.writeHead(207, 'Many Things', ['X-Case', 'Kept', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'])
      response.end(request.method === 'HEAD' ? undefined : 'body')
    }
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${rig.url}/a%20b/c?d=%2F&e`, { method })
      assert.equal(response.status, 207)
      assert.equal(response.statusText, 'Many Things')
      assert.deepEqual(response.headers.getSetCookie(), ['a=1', 'b=2'])
      assert.equal(await response.text(), method === 'HEAD' ? '' : 'body')
      assert.equal(seen.pop(), `${method} /a%20b/c?d=%2F&e`)
    }
    const raw = await sendRaw(rig.port, 'GET / HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n')
    assert.match(raw, /^HTTP\/1.1 207 Many Things\r\nX-Case: Kept\r\n/)
  })

  it('the visitor, the host and the scheme, without the headers of the connection', async () => {
    let got: IncomingMessage['headers'] = {}
    listener = (request, response) => {
      got = request.headers
      response.writeHead(200, { connection: 'x-hop', 'x-hop': '1', 'x-end': '2', upgrade: 'h2c' }).end()
    }
    const raw = await sendRaw(
      rig.port,
      'GET / HTTP/1.1\r\nHost: site.test\r\nX-Forwarded-For: 192.0.2.7\r\nX-Mine: yes\r\nX-Secret: no\r\nTE: trailers, gzip\r\n' +
        'Proxy-Authorization: Basic eA==\r\nKeep-Alive: timeout=9\r\nConnection: close, X-Secret, Host\r\n\r\n',
    )
    assert.equal(got.host, 'site.test')
    assert.equal(got['x-forwarded-for'], '127.0.0.1')
    assert.equal(got['x-forwarded-proto'], 'http')
    assert.equal(got['x-forwarded-host'], 'site.test')
    assert.equal(got['x-mine'], 'yes')
    assert.equal(got.te, 'trailers')
    for (const name of ['x-secret', 'proxy-authorization', 'keep-alive']) assert.equal(got[name], undefined)
    assert.match(raw, /x-end: 2/)
    assert.doesNotMatch(raw, /x-hop|h2c/)
  })

  it('a big body both ways, byte for byte', async () => {
    listener = (request, response) => {
      response.writeHead(200, { 'x-length': request.headers['content-length'] ?? 'chunked' })
      request.pipe(response)
    }
    const body = Buffer.alloc(24 * 1024 * 1024, 'a bit of text that does not fit evenly;')
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < body.length; at += 100_000) controller.enqueue(body.subarray(at, at + 100_000))
        controller.close()
      },
    })
    const sized = await fetch(rig.url, { method: 'POST', body })
    assert.equal(sized.headers.get('x-length'), String(body.length))
    assert.equal(digest(Buffer.from(await sized.arrayBuffer())), digest(body))
    const chunked = await fetch(rig.url, { method: 'PUT', body: stream, duplex: 'half' })
    assert.equal(chunked.headers.get('x-length'), 'chunked')
    assert.equal(digest(Buffer.from(await chunked.arrayBuffer())), digest(body))
  })

  it('no faster than the visitor reads', async () => {
    let sent = 0
    listener = (_, response) => {
      const more = () => {
        while (sent < 256 && response.write(Buffer.alloc(1024 * 1024))) sent += 1
        sent += 1
        if (sent >= 256) response.end()
        else response.once('drain', more)
      }
      more()
    }
    const call = httpRequest(rig.url).end()
    const [answer] = (await once(call, 'response')) as [IncomingMessage]
    // What fits into the buffers on the way arrives; then it stands still though most is still to come.
    let last = -1
    await until(
      async () => {
        const still = sent === last
        last = sent
        await new Promise((resolve) => setTimeout(resolve, 150))
        return still
      },
      { what: 'the member to be held back' },
    )
    assert.ok(sent < 128, `held back after ${sent} MB of 256`)
    let got = 0
    answer.on('data', (chunk: Buffer) => (got += chunk.length))
    await once(answer, 'end')
    assert.ok(got >= 250 * 1024 * 1024)
  })

  it('server-sent events one by one, as they are sent', async () => {
    let next: ((text: string) => void) | null = null
    listener = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      next = (text) => (text === '' ? response.end() : response.write(`data: ${text}\n\n`))
    }
    const response = await fetch(rig.url)
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    for (const text of ['one', 'two', 'three']) {
      next!(text)
      assert.equal((await reader.read()).value, `data: ${text}\n\n`)
    }
    next!('')
    assert.equal((await reader.read()).done, true)
  })

  it('trailers of requests and answers', async () => {
    listener = (request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { trailer: 'x-sum' })
        response.write('body')
        response.addTrailers({ 'x-sum': request.trailers['x-mine'] ?? 'none' })
        response.end()
      })
    }
    const call = httpRequest(rig.url, {
      method: 'POST',
      headers: { trailer: 'x-mine', 'transfer-encoding': 'chunked' },
    })
    call.addTrailers({ 'x-mine': 'forty-two' })
    call.end('text')
    const [answer] = (await once(call, 'response')) as [IncomingMessage]
    await once(answer.resume(), 'end')
    assert.equal(answer.trailers['x-sum'], 'forty-two')
  })

  it('a body that waits for leave to be sent', async () => {
    listener = (request, response) => void request.pipe(response)
    const call = httpRequest(rig.url, { method: 'POST', headers: { expect: '100-continue', 'content-length': 5 } })
    call.flushHeaders()
    await once(call, 'continue')
    call.end('hello')
    const [answer] = (await once(call, 'response')) as [IncomingMessage]
    answer.setEncoding('utf8')
    assert.deepEqual(await once(answer, 'data'), ['hello'])
  })

  it('an answer that comes before the whole body was sent', async () => {
    listener = (request, response) => {
      response.writeHead(413, { 'content-length': 3 }).end('big')
      request.resume()
    }
    const response = await fetch(rig.url, { method: 'POST', body: Buffer.alloc(8 * 1024 * 1024) })
    assert.deepEqual([response.status, await response.text()], [413, 'big'])
    await until(async () => (await rig.balancer.list())[0]?.inFlight === 0)
  })

  it('the break of a visitor to the member', async () => {
    let closed = false
    let arrived = false
    listener = (_, response) => {
      arrived = true
      response.on('close', () => (closed = true))
    }
    const call = httpRequest(rig.url).end()
    call.on('error', () => undefined)
    await until(() => arrived)
    assert.equal((await rig.balancer.list())[0]?.inFlight, 1)
    call.destroy()
    await until(() => closed, { what: 'the member to see the break' })
    await until(async () => (await rig.balancer.list())[0]?.inFlight === 0)
    assert.equal((await rig.balancer.list())[0]?.failed, 0)
  })

  it('the break of an upload to the member', async () => {
    let broken = false
    let arrived = false
    listener = (request) => {
      request.on('error', () => (broken = true))
      request.resume()
      arrived = true
    }
    const call = httpRequest(rig.url, { method: 'POST', headers: { 'content-length': 1_000_000 } })
    call.on('error', () => undefined)
    call.write('the first part')
    // The balancer counts it before the member has it, and what was never there has no break.
    await until(() => arrived, { what: 'the upload at the member' })
    assert.equal((await rig.balancer.list())[0]?.inFlight, 1)
    call.destroy()
    await until(() => broken, { what: 'the member to see the break' })
    await until(async () => (await rig.balancer.list())[0]?.inFlight === 0)
  })

  it('requests of old clients and in the absolute form', async () => {
    listener = (request, response) => void response.end(`${request.headers.host ?? ''} ${request.url}`)
    const old = await sendRaw(rig.port, 'GET /old HTTP/1.0\r\n\r\n')
    assert.match(old, /^HTTP\/1\.1 200 OK[\s\S]*\r\n\r\n.* \/old$/)
    const absolute = 'GET http://other.test/x?y HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n'
    assert.match(await sendRaw(rig.port, absolute), /other\.test \/x\?y/)
  })

  it('nothing that could be read in two ways', async () => {
    let arrived = 0
    listener = (_, response) => {
      arrived += 1
      response.end()
    }
    const heads = [
      'Content-Length: 5\r\nTransfer-Encoding: chunked',
      'Content-Length: 5\r\nContent-Length: 6',
      'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
      'Transfer-Encoding: xchunked',
      'Transfer-Encoding: gzip, chunked',
      'Content-Length: +5',
      'X : y',
      'X: y\0z',
    ]
    for (const head of heads) {
      const answer = await sendRaw(rig.port, `POST / HTTP/1.1\r\nHost: site.test\r\n${head}\r\n\r\n0\r\n\r\n`)
      assert.match(answer, /^HTTP\/1\.1 400 /, head)
    }
    assert.match(await sendRaw(rig.port, 'GET / HTTP/1.1\r\n\r\n'), /^HTTP\/1\.1 400 /)
    assert.match(await sendRaw(rig.port, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`), / 431 /)
    assert.equal(arrived, 0)
  })

  it('what it counts: rate, times and requests in flight', async () => {
    listener = (_, response) => void response.end('x')
    for (let count = 0; count < 50; count += 1) await (await fetch(rig.url)).text()
    const [state] = await rig.balancer.list()
    assert.ok((state?.rps ?? 0) > 0, `requests a second, got ${state?.rps}`)
    assert.ok((state?.p95Ms ?? 0) >= 1)
    const front = await rig.balancer.front()
    assert.ok(front.rps > 0)
    assert.deepEqual([front.inFlight, front.queued], [0, 0])
  })
})
