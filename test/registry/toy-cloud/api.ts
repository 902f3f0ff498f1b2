import { SpinupError } from '../../../src/core/model/error.ts'
import type { Access } from '../../../src/providers/cloud.ts'

/** A machine as the toy's API tells it. */
export interface ToyMachine {
  readonly id: string
  readonly name: string
  readonly on: boolean
  readonly ip: string | null
  readonly port: number
  readonly tags: readonly string[]
  readonly madeAt: number
}

/** One call; null for 404. */
export async function call<T>(
  apiUrl: string,
  access: Access,
  method: string,
  path: string,
  body?: object,
): Promise<T | null> {
  const response = await fetch(apiUrl + path, {
    method,
    headers: { authorization: `Bearer ${await access.token()}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(5000),
  })
  if (response.status === 404) return null
  if (!response.ok) {
    const unknown = response.status === 401
    throw new SpinupError(unknown ? 'unauthorised' : 'providerFailed', `Toy Cloud answered ${response.status}.`, {
      retryable: !unknown,
    })
  }
  return (await response.json()) as T
}
