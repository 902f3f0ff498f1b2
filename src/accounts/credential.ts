import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { RateLimiter, RateWindow } from '../providers/cloud.ts'

/** Which cloud it is for; those put away before there were several say nothing. */
const cloud = z.string().default('digitalocean')
const tokenSchema = z.object({ kind: z.literal('token'), cloud, token: z.string().min(1), keptAt: z.number() })
const oauthSchema = z.object({
  kind: z.literal('oauth'),
  cloud,
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1).nullable(),
  expiresAt: z.number(),
  scopes: z.array(z.string()).readonly(),
  account: z.string().nullable(),
  keptAt: z.number(),
})

/** What the vault holds of an account: a pasted token, or what a team's consent gave. Instants are epoch ms. */
export type Credential = z.infer<typeof tokenSchema> | z.infer<typeof oauthSchema>

const credentialSchema = z.discriminatedUnion('kind', [tokenSchema, oauthSchema])

/** Reads what `JSON.stringify` wrote into the vault; null when it is no credential. */
export function parseCredential(text: string): Credential | null {
  try {
    return credentialSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** The token that calls carry. */
export function tokenOf(credential: Credential): string {
  return credential.kind === 'token' ? credential.token : credential.accessToken
}

/** A grant is renewed when less than this is left, ms: a day, or a third of a short life. */
export function renewAt({ expiresAt }: { readonly expiresAt: number }, issuedAt: number): number {
  return expiresAt - Math.min(24 * 3_600_000, (expiresAt - issuedAt) / 3)
}

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

/** A limiter of this process alone, for checks and one-off commands; bots share one through Redis. `now`: ms of a clock that nobody sets. */
export function createMemoryLimiter(
  windows: readonly RateWindow[],
  now: () => number = () => performance.now(),
): RateLimiter {
  const longest = Math.max(...windows.map((window) => window.ms))
  let taken: number[] = []
  let heldUntil = 0
  return {
    async take() {
      const at = now()
      taken = taken.filter((one) => one > at - longest)
      const waits = windows.map(({ limit, ms }) => {
        const oldest = taken.filter((one) => one > at - ms).at(-limit)
        return oldest === undefined ? 0 : oldest + ms - at
      })
      const wait = Math.max(heldUntil - at, 0, ...waits)
      if (wait === 0) taken.push(at)
      return wait
    },
    async hold(ms) {
      heldUntil = Math.max(heldUntil, now() + ms)
    },
  }
}
