import { z } from 'zod'

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
