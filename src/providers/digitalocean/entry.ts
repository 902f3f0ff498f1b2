import { z } from 'zod'
import { number, secret, span, together, url } from '../../config/values.ts'
import { asPatient, DEFAULT_TIMING } from '../../core/operation/timing.ts'
import type { CloudEntry } from '../cloud.ts'
import { LEAST_BILL } from './sizes.ts'
import { createOAuth } from './oauth.ts'
import { DIGITALOCEAN_LIMITS } from './rate-limit.ts'
import { NEEDED_SCOPES, WELCOME_SCOPES } from './scopes.ts'

export interface DigitalOceanEnvironment {
  readonly apiUrl: string
  readonly oauthUrl: string
  /** An account that needs no linking; null: none. */
  readonly token: string | null
  /** This installation's application at DigitalOcean; null: accounts are linked by pasting a token. */
  readonly clientId: string | null
  readonly clientSecret: string | null
  /** Between looks at something that takes its time, ms. */
  readonly pollMs: number
  /** Every other wait, as a share of the usual. */
  readonly patience: number
}

/** Made from a snapshot within a minute, then its services start and its load balancer checks it; ms. */
const USUAL_BOOT_MS = 90_000

/** The droplets of a linked DigitalOcean account. */
export const entry: CloudEntry<DigitalOceanEnvironment> = {
  name: 'digitalocean',
  label: 'DigitalOcean',
  environment: z
    .object({
      DIGITALOCEAN_API_URL: url('a URL such as https://api.digitalocean.com/v2')
        .default('https://api.digitalocean.com/v2')
        .meta({ about: 'Its API, for a stand-in.', example: 'https://api.digitalocean.com/v2' }),
      DIGITALOCEAN_OAUTH_URL: url('a URL such as https://cloud.digitalocean.com/v1/oauth')
        .default('https://cloud.digitalocean.com/v1/oauth')
        .meta({ about: 'Its log-in, for a stand-in.', example: 'https://cloud.digitalocean.com/v1/oauth' }),
      DIGITALOCEAN_TOKEN: secret('a token as DigitalOcean shows it, e.g. dop_v1_…')
        .optional()
        .meta({ about: 'An account that needs no linking; without it, /spinup connect asks for one.', example: '' }),
      DIGITALOCEAN_CLIENT_ID: z
        .string()
        .min(1)
        .optional()
        .meta({ about: 'This bot’s OAuth application, for logging in on the connect page.', example: '' }),
      DIGITALOCEAN_CLIENT_SECRET: secret('the client secret of that application')
        .optional()
        .meta({ about: 'Its secret.', example: '' }),
      DIGITALOCEAN_POLL: span('5s')
        .default(5000)
        .meta({ about: 'Between looks at something that takes its time.', example: '5s' }),
      DIGITALOCEAN_PATIENCE: number(0.01, 10, '1')
        .default(1)
        .meta({ about: 'Every other wait, as a share of the usual.', example: '1' }),
    })
    .superRefine(together(['DIGITALOCEAN_CLIENT_SECRET', 'DIGITALOCEAN_CLIENT_ID']))
    .transform((value) => ({
      apiUrl: value.DIGITALOCEAN_API_URL,
      oauthUrl: value.DIGITALOCEAN_OAUTH_URL,
      token: value.DIGITALOCEAN_TOKEN ?? null,
      clientId: value.DIGITALOCEAN_CLIENT_ID ?? null,
      clientSecret: value.DIGITALOCEAN_CLIENT_SECRET ?? null,
      pollMs: value.DIGITALOCEAN_POLL,
      patience: value.DIGITALOCEAN_PATIENCE,
    })),
  environmentAccount: 'environment',
  variables: { token: 'DIGITALOCEAN_TOKEN', application: 'DIGITALOCEAN_CLIENT_ID' },
  token: {
    page: 'https://cloud.digitalocean.com/account/api/tokens/new',
    example: 'dop_v1_…',
    needed: NEEDED_SCOPES,
    welcome: WELCOME_SCOPES,
  },
  limits: DIGITALOCEAN_LIMITS,
  start(env) {
    const { apiUrl, oauthUrl, clientId, clientSecret, pollMs, patience } = env
    return {
      timing: { ...asPatient(DEFAULT_TIMING, patience), pollMs },
      patience,
      leastBill: LEAST_BILL,
      usualBootMs: USUAL_BOOT_MS * patience,
      token: env.token,
      clockUrl: `${apiUrl}/account`,
      login: (redirectUri, now) =>
        clientId === null ? null : createOAuth({ clientId, clientSecret, oauthUrl, redirectUri, now }),
      async check(access) {
        const { checkToken } = await import('./token-check.ts')
        return checkToken({ ...access, apiUrl, oauthUrl })
      },
      async account(access) {
        const { createCloudAccount } = await import('./cloud-account.ts')
        return createCloudAccount({ ...access, apiUrl })
      },
      async provider(access, pool) {
        const [{ createDigitalOceanProvider }, { inPatience }] = await Promise.all([
          import('./digitalocean.ts'),
          import('./patience.ts'),
        ])
        const { size, region } = pool.clones
        return createDigitalOceanProvider({
          ...access,
          apiUrl,
          ...inPatience(patience, pollMs),
          settings: {
            address: pool.address,
            // Its load balancers and its private networks are of one region.
            oneRegion: pool.balancer === 'digitalocean' || pool.address.network === 'private',
            clones: { ...(size === null ? {} : { size }), ...(region === null ? {} : { region }) },
          },
        })
      },
      async loadBalancer(access, loadBalancerId) {
        const [{ createLoadBalancer }, { inPatience }] = await Promise.all([
          import('./load-balancer.ts'),
          import('./patience.ts'),
        ])
        const { timing } = inPatience(patience, pollMs)
        return createLoadBalancer({ ...access, apiUrl, loadBalancerId, timing, freshMs: 10_000 * patience })
      },
    }
  },
}
