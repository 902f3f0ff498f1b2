import { z } from 'zod'
import { secret, url } from '../../../src/config/values.ts'
import { asPatient, DEFAULT_TIMING } from '../../../src/core/operation/timing.ts'
import type { CloudEntry } from '../../../src/providers/cloud.ts'

interface ToyEnvironment {
  readonly apiUrl: string
  readonly token: string | null
}

/** A cloud that is as small as one can be: no login, one size, no load balancers. */
export const entry: CloudEntry<ToyEnvironment> = {
  name: 'toy',
  label: 'Toy Cloud',
  environment: z
    .object({
      TOY_API_URL: url('a URL such as https://toy.example').default('http://127.0.0.1:9'),
      TOY_TOKEN: secret('a token').optional(),
    })
    .transform((value) => ({ apiUrl: value.TOY_API_URL, token: value.TOY_TOKEN ?? null })),
  environmentAccount: 'environment-toy',
  variables: { token: 'TOY_TOKEN', application: 'TOY_CLIENT_ID' },
  token: { page: 'https://toy.example/tokens', example: 'toy_…', needed: [], welcome: [] },
  limits: [{ limit: 10_000, ms: 60_000 }],
  start: ({ apiUrl, token }) => ({
    timing: { ...asPatient(DEFAULT_TIMING, 0.1), pollMs: 100 },
    patience: 0.1,
    token,
    clockUrl: apiUrl,
    login: () => null,
    check: async (access) => (await import('./account.ts')).check(apiUrl, access),
    account: async (access) => (await import('./account.ts')).account(apiUrl, access),
    provider: async (access) => (await import('./provider.ts')).createToyProvider(apiUrl, access),
  }),
}
