import { createHash, randomBytes } from 'node:crypto'
import type { World } from './world.ts'

const CODE_LIFE_MS = 10 * 60_000

export interface CodeGrant {
  readonly clientId: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  /** S256; null when the application used none. */
  readonly challenge: string | null
}

export interface Codes {
  issue(grant: CodeGrant): string
  /** Once, within ten minutes, with the verifier of its challenge; null otherwise. */
  redeem(code: string, verifier: string | undefined): CodeGrant | null
}

export function createCodes(world: World): Codes {
  const codes = new Map<string, CodeGrant & { readonly expiresAt: number }>()
  return {
    issue(grant) {
      const code = randomBytes(32).toString('hex')
      codes.set(code, { ...grant, expiresAt: world.now() + CODE_LIFE_MS })
      return code
    },
    redeem(code, verifier) {
      const grant = codes.get(code)
      codes.delete(code)
      if (!grant || grant.expiresAt <= world.now()) return null
      if (grant.challenge === null) return grant
      const proof = createHash('sha256')
        .update(verifier ?? '')
        .digest('base64url')
      return proof === grant.challenge ? grant : null
    },
  }
}
