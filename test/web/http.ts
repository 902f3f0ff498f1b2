import { request, type IncomingHttpHeaders } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** One HTTP request with exactly these headers: `fetch` would not let a test choose Host or Origin. */
export function ask(
  url: string,
  options: {
    readonly method?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options
    // Of a DELETE node would not say how long its body is.
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const call = request(url, { method, headers: { ...length, ...headers }, timeout: 60_000 }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
    call.on('timeout', () => call.destroy(new Error(`no answer from ${url}`)))
    call.on('error', reject)
    call.end(body)
  })
}

/** Posts JSON; `headers` come on top. */
export function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const all = { 'content-type': 'application/json', ...headers }
  return ask(url, { method: 'POST', headers: all, body: JSON.stringify(body) })
}
