/** The start of a member's answer. */
export interface AnswerHead {
  readonly status: number
  readonly reason: string
  /** Flat pairs, as sent. */
  readonly headers: readonly string[]
  /** What `Connection` says, lower case; empty: nothing. */
  readonly connection: string
  readonly body: 'none' | 'length' | 'chunked' | 'untilClose'
  /** Whether the connection can carry another request, and for how long it may idle (s) if the member said so. */
  readonly keepAlive: boolean
  readonly idleSeconds: number | null
}

/** What is reported of an answer as it comes in; after `done` or `broken`, nothing more. */
export interface AnswerSink {
  head(head: AnswerHead): void
  data(chunk: Buffer): void
  /** `trailers` are flat pairs. `rest`: bytes followed that belong to no answer, so the connection is spoilt. */
  done(trailers: readonly string[], rest: boolean): void
  broken(why: string): void
}

export interface AnswerParser {
  push(chunk: Buffer): void
  /** The member closed its side. */
  end(): void
}

const MAX_HEAD = 65_536
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/
const NAME = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * Reads one HTTP/1 answer of a member. Stricter than the standard asks: whatever could be read in two ways (two lengths,
 * an unknown coding, folded lines, bare line feeds) breaks the answer off. Requests are never read here; visitors' bytes
 * meet only Node's own parser.
 */
export function createAnswerParser(method: string, sink: AnswerSink): AnswerParser {
  let state: 'head' | 'data' | 'chunkSize' | 'chunkData' | 'chunkEnd' | 'trailers' | 'over' = 'head'
  /** Bytes of an unfinished head, size line or trailer block. */
  let held: Buffer | null = null
  /** Of the body or chunk still to come; Infinity until the close. */
  let left = 0

  const fail = (why: string) => {
    state = 'over'
    sink.broken(why)
  }
  const finish = (trailers: readonly string[], rest: boolean) => {
    state = 'over'
    sink.done(trailers, rest)
  }
  /** The text up to `mark`, taken off the front; null when it is not all there yet, or too long. */
  let at = 0
  const take = (chunk: Buffer, mark: string): string | null => {
    const index = chunk.indexOf(mark, at, 'latin1')
    if (index < 0 || index - at > MAX_HEAD) {
      if (index >= 0 || chunk.length - at > MAX_HEAD) fail('its head is too long')
      else held = chunk.subarray(at)
      return null
    }
    const text = chunk.toString('latin1', at, index)
    at = index + mark.length
    return text
  }

  const begin = (text: string): boolean => {
    const head = parseHead(text, method)
    if (typeof head === 'string') {
      fail(head)
      return false
    }
    // Interim answers (100, 103) come before the real one.
    if (head === null) return true
    sink.head(head.head)
    left = head.length
    if (head.head.body === 'chunked') state = 'chunkSize'
    else if (left > 0) state = 'data'
    else state = 'over'
    return true
  }

  const pass = (chunk: Buffer) => {
    const size = Math.min(left, chunk.length - at)
    if (size > 0) sink.data(at === 0 && size === chunk.length ? chunk : chunk.subarray(at, at + size))
    at += size
    left -= size
  }

  return {
    push(input) {
      const chunk = held === null ? input : Buffer.concat([held, input])
      held = null
      at = 0
      while (state !== 'over') {
        if (state === 'head') {
          const text = take(chunk, '\r\n\r\n')
          if (text === null || !begin(text)) return
          if (isOver(state)) return finish([], at < chunk.length)
        } else if (state === 'chunkSize') {
          const line = take(chunk, '\r\n')
          if (line === null) return
          const size = /^([\da-fA-F]{1,13})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/.exec(line)?.[1]
          if (size === undefined) return fail('a chunk has no readable size')
          left = parseInt(size, 16)
          state = left === 0 ? 'trailers' : 'chunkData'
        } else if (state === 'chunkEnd') {
          if (chunk.length - at < 2) {
            held = chunk.subarray(at)
            return
          }
          if (chunk[at] !== 13 || chunk[at + 1] !== 10) return fail('a chunk is longer than its size')
          at += 2
          state = 'chunkSize'
        } else if (state === 'trailers') {
          if (chunk.length - at >= 2 && chunk[at] === 13 && chunk[at + 1] === 10) {
            at += 2
            return finish([], at < chunk.length)
          }
          const text = take(chunk, '\r\n\r\n')
          if (text === null) return
          const trailers = parseFields(text.split('\r\n'), 0)
          if (typeof trailers === 'string') return fail(trailers)
          return finish(trailers, at < chunk.length)
        } else {
          if (at === chunk.length) return
          pass(chunk)
          if (left > 0) return
          if (state === 'data') return finish([], at < chunk.length)
          state = 'chunkEnd'
        }
      }
    },
    end() {
      if (state === 'data' && left === Infinity) finish([], false)
      else if (state !== 'over') fail('it closed the connection before the end of its answer')
    },
  }
}

/** A state changed by a callback, which the compiler cannot see. */
function isOver(state: string): boolean {
  return state === 'over'
}

/** The head, null for an interim one, or what is wrong with it. */
function parseHead(text: string, method: string): { head: AnswerHead; length: number } | string | null {
  const lines = text.split('\r\n')
  const [, minor, code, reason = ''] = STATUS_LINE.exec(lines[0] ?? '') ?? []
  if (code === undefined) return 'its answer does not begin with a status line'
  const status = Number(code)
  if (status === 101) return 'it switched protocols unasked'
  const headers = parseFields(lines, 1)
  if (typeof headers === 'string') return headers
  if (status < 200) return null

  let length: string | null = null
  let coding: string | null = null
  let connection = ''
  let idleSeconds: number | null = null
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!
    const value = headers[index + 1]!
    // By length first: this runs for every header of every answer.
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      if (!/^\d{1,15}$/.test(value) || (length !== null && length !== value)) return 'its content length is unclear'
      length = value
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      if (coding !== null || value.toLowerCase() !== 'chunked') return 'its transfer coding is not understood'
      coding = value
    } else if (name.length === 10) {
      const lower = name.toLowerCase()
      if (lower === 'connection') connection += `${connection === '' ? '' : ','}${value.toLowerCase()}`
      else if (lower === 'keep-alive') idleSeconds = Number(/\btimeout=(\d+)/i.exec(value)?.[1] ?? NaN)
    }
  }
  if (length !== null && coding !== null) return 'it gives both a length and a transfer coding'
  const bare = method === 'HEAD' || status === 204 || status === 304
  const body = bare ? 'none' : coding !== null ? 'chunked' : length !== null ? 'length' : 'untilClose'
  const keepAlive =
    body !== 'untilClose' && (minor === '1' ? !connection.includes('close') : connection.includes('keep-alive'))
  return {
    head: {
      status,
      reason,
      headers,
      connection,
      body,
      keepAlive,
      idleSeconds: idleSeconds === null || Number.isNaN(idleSeconds) ? null : idleSeconds,
    },
    length: body === 'untilClose' ? Infinity : body === 'length' ? Number(length) : 0,
  }
}

/** Header lines from `start` on as flat pairs, or what is wrong with them. */
function parseFields(lines: readonly string[], start: number): string[] | string {
  const fields: string[] = []
  for (let index = start; index < lines.length; index += 1) {
    const line = lines[index]!
    const colon = line.indexOf(':')
    const name = line.slice(0, colon)
    const value = line.slice(colon + 1).trim()
    if (colon < 1 || !NAME.test(name) || !VALUE.test(value)) return 'one of its headers is malformed'
    fields.push(name, value)
  }
  return fields
}
