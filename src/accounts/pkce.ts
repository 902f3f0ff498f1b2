import { createHash, randomBytes } from 'node:crypto'

/** One attempt at logging in: `verifier` stays here, `challenge` goes along with the person. */
export interface Pkce {
  readonly verifier: string
  readonly challenge: string
}

/** A fresh pair for RFC 7636, method S256. */
export function newPkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

/** A fresh `state`, which ties the answer to the browser that asked. */
export function newState(): string {
  return randomBytes(24).toString('base64url')
}
