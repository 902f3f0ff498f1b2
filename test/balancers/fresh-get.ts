import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** A GET on a connection of its own: programs that restart leave fetch with dead ones. Rejects unless it is a 200. */
export async function freshGet(url: string): Promise<string> {
  const request = get(url, { agent: false, signal: AbortSignal.timeout(20_000) })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const body = await text(response)
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}: ${body}`)
  return body
}
