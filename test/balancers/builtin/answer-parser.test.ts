import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAnswerParser, type AnswerHead } from '../../../src/balancers/builtin/process/answer-parser.ts'

interface Told {
  head: AnswerHead | null
  body: string
  end: string
  trailers: readonly string[]
  ends: number
}

/** Feeds `text` in pieces of `size` bytes, then the member's close if asked for. */
function read(
  text: string,
  size = Infinity,
  options: { readonly method?: string; readonly close?: boolean } = {},
): Told {
  const told: Told = { head: null, body: '', end: 'open', trailers: [], ends: 0 }
  const parser = createAnswerParser(options.method ?? 'GET', {
    head: (head) => (told.head = head),
    data: (chunk) => (told.body += chunk.toString('latin1')),
    done(trailers, rest) {
      told.end = rest ? 'done with a rest' : 'done'
      told.trailers = trailers
      told.ends += 1
    },
    broken(why) {
      told.end = why
      told.ends += 1
    },
  })
  const bytes = Buffer.from(text, 'latin1')
  const step = Math.min(size, Math.max(1, bytes.length))
  for (let at = 0; at < bytes.length; at += step) parser.push(bytes.subarray(at, at + step))
  if (options.close === true) parser.end()
  return told
}

const PLAIN = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello'
const CHUNKED =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n6;why=not\r\n world\r\n0\r\nX-Sum: 11\r\n\r\n'

describe("reading a member's answer", () => {
  it('reads the same however the bytes are cut', () => {
    const cases: readonly (readonly [string, string, readonly string[]])[] = [
      [PLAIN, 'hello', []],
      [CHUNKED, 'hello world', ['X-Sum', '11']],
      [`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${PLAIN}`, 'hello', []],
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '', []],
    ]
    for (const [text, body, trailers] of cases)
      for (const size of [1, 2, 3, 7, 16, Infinity]) {
        const told = read(text, size)
        assert.deepEqual(
          [told.head?.status, told.body, told.end, told.trailers, told.ends],
          [200, body, 'done', trailers, 1],
        )
      }
  })

  it('keeps header names, order and repetition', () => {
    const told = read('HTTP/1.1 201 Made It\r\nSet-Cookie: a=1\r\nset-cookie: b=\xe9\r\nContent-Length: 0\r\n\r\n')
    assert.equal(told.head?.reason, 'Made It')
    assert.deepEqual(told.head?.headers, ['Set-Cookie', 'a=1', 'set-cookie', 'b=\xe9', 'Content-Length', '0'])
    assert.equal(told.end, 'done')
  })

  it('knows the answers that have no body', () => {
    assert.equal(read('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n', 9, { method: 'HEAD' }).end, 'done')
    assert.equal(read('HTTP/1.1 204 No Content\r\n\r\n').end, 'done')
    assert.equal(read('HTTP/1.1 304 Not Modified\r\nContent-Length: 900\r\n\r\n').end, 'done')
  })

  it('reads until the close where no length is given, and does not keep such a connection', () => {
    const told = read('HTTP/1.1 200 OK\r\n\r\nall of it', 4, { close: true })
    assert.deepEqual([told.body, told.end, told.head?.keepAlive], ['all of it', 'done', false])
  })

  it('knows which connections may be used again', () => {
    assert.equal(read(PLAIN).head?.keepAlive, true)
    assert.equal(read(PLAIN.replace('X-A: b', 'Connection: Close')).head?.keepAlive, false)
    assert.equal(read(PLAIN.replace('1.1', '1.0')).head?.keepAlive, false)
    assert.equal(read(PLAIN.replace('1.1', '1.0').replace('X-A: b', 'Connection: keep-alive')).head?.keepAlive, true)
    assert.equal(read(PLAIN.replace('X-A: b', 'Keep-Alive: max=3, timeout=7')).head?.idleSeconds, 7)
    assert.equal(read(`${PLAIN}HTTP/1.1 200 OK\r\n`).end, 'done with a rest')
  })

  it('tells an answer that was cut off', () => {
    for (const text of [PLAIN.slice(0, -1), CHUNKED.slice(0, -2), PLAIN.slice(0, 20), '']) {
      const told = read(text, 5, { close: true })
      assert.match(told.end, /closed the connection before the end/)
      assert.equal(told.ends, 1)
    }
  })

  it('refuses what could be read in two ways', () => {
    const refused: readonly (readonly [string, RegExp])[] = [
      [PLAIN.replace('X-A: b', 'Content-Length: 6'), /length is unclear/],
      [PLAIN.replace('Content-Length: 5', 'Content-Length: +5'), /length is unclear/],
      [PLAIN.replace('X-A: b', 'Transfer-Encoding: chunked'), /both a length and a transfer coding/],
      [CHUNKED.replace('chunked', 'gzip, chunked'), /not understood/],
      [CHUNKED.replace('chunked', 'xchunked'), /not understood/],
      [PLAIN.replace('X-A: b', 'X-A : b'), /malformed/],
      [PLAIN.replace('X-A: b', 'X-A: b\r\n folded'), /malformed/],
      [PLAIN.replace('X-A: b', 'X-A: b\nX-B: c'), /malformed/],
      [PLAIN.replace('X-A: b', 'X-A: b\0'), /malformed/],
      [PLAIN.replace('HTTP/1.1 200', 'HTTP/2 200'), /status line/],
      [PLAIN.replace('200 OK', '101 Switching Protocols'), /switched protocols/],
      [CHUNKED.replace('5\r\nhello', '-5\r\nhello'), /readable size/],
      [CHUNKED.replace('5\r\nhello', '5\r\nhello!'), /longer than its size/],
      [`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(70_000)}\r\n\r\n`, /too long/],
    ]
    for (const [text, why] of refused)
      for (const size of [text.length > 1000 ? 64 : 1, 4096, Infinity]) {
        const told = read(text, size)
        assert.match(told.end, why)
        assert.equal(told.ends, 1)
      }
  })
})
