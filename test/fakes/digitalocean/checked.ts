import assert from 'node:assert/strict'
import { startDigitalOcean, type FakeDigitalOcean } from '../../../src/demo/cloud/api/digitalocean.ts'
import { loadDocument } from './openapi-document.ts'
import type { DigitalOceanOptions } from '../../../src/demo/cloud/api/options.ts'
import { createValidator } from './validate.ts'

export interface Answered {
  readonly status: number
  readonly headers: Headers
  /** Whatever JSON came; tests look into it freely. */
  readonly body: Loose
}

/** JSON whose shape a test knows and the compiler does not. */
export interface Loose {
  readonly [key: string]: Loose
}

export interface CheckedDigitalOcean extends FakeDigitalOcean {
  /** A call with full access, or with `token`; 5 s at most. */
  call(method: string, path: string, body?: unknown, token?: string): Promise<Answered>
  /** Stops it, and fails when one of its answers was not as the official document says. */
  done(): Promise<void>
}

/** A stand-in whose every answer is held against the official document, where that is at hand. */
export async function startChecked(options: DigitalOceanOptions = {}): Promise<CheckedDigitalOcean> {
  const document = loadDocument(undefined, () => undefined)
  const validator = document ? createValidator(document) : null
  const fake = await startDigitalOcean({
    ...options,
    onExchange(exchange) {
      validator?.check(exchange)
      options.onExchange?.(exchange)
    },
  })
  return {
    ...fake,
    async call(method, path, body, token = fake.token) {
      const response = await fetch(`${fake.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        signal: AbortSignal.timeout(5000),
      })
      const text = await response.text()
      const parsed: unknown = text === '' ? {} : JSON.parse(text)
      return { status: response.status, headers: response.headers, body: parsed as Loose }
    },
    async done() {
      await fake.stop()
      const wrong = validator?.violations().filter((violation) => violation.side === 'answer') ?? []
      assert.deepEqual(wrong, [], 'answers that are not as the official document says')
    },
  }
}
