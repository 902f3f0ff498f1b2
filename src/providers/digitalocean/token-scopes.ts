import { z } from 'zod'

const DEADLINE_MS = 10_000

const infoSchema = z.object({
  scopes: z.union([z.array(z.string()), z.string().transform((text) => text.split(/[\s,]+/).filter(Boolean))]),
})

/**
 * What DigitalOcean's OAuth server says a token may do; null when it does not say. Never throws: it only adds to what
 * asking the API shows.
 */
export async function tokenScopes(oauthUrl: string, token: string): Promise<readonly string[] | null> {
  try {
    const response = await fetch(`${oauthUrl}/token/info`, {
      headers: { accept: 'application/json', authorization: `Bearer ${token}` },
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    const body: unknown = await response.json()
    const answer = response.ok ? infoSchema.safeParse(body) : null
    return answer?.success === true && answer.data.scopes.length > 0 ? answer.data.scopes : null
  } catch {
    return null
  }
}

/** Whether the scopes of a token cover this one; `read` and `write` are the old ones that cover everything. */
export function covers(scopes: readonly string[], scope: string): boolean {
  return scopes.includes(scope) || scopes.includes('write') || (scope.endsWith(':read') && scopes.includes('read'))
}
