import { createClouds, type Cloud, type Clouds } from '../../src/accounts/clouds.ts'
import type { Login } from '../../src/providers/cloud.ts'
import { entry, type DigitalOceanEnvironment } from '../../src/providers/digitalocean/entry.ts'

const NONE: DigitalOceanEnvironment = {
  apiUrl: 'http://127.0.0.1:1/v2',
  oauthUrl: 'http://127.0.0.1:1/v1/oauth',
  token: null,
  clientId: null,
  clientSecret: null,
  pollMs: 50,
  patience: 1,
}

/** DigitalOcean as the one cloud there is, with `login` instead of its own. */
export function digitalocean(env: Partial<DigitalOceanEnvironment>, login?: Login): Clouds {
  const around = { redirectUri: 'http://127.0.0.1/connect/callback', now: Date.now }
  const clouds = createClouds([entry], { digitalocean: { ...NONE, ...env } }, around)
  if (login === undefined) return clouds
  const only: Cloud = { ...clouds.all[0]!, login }
  return { ...clouds, all: [only], named: () => only }
}
