import { pino, type Logger } from 'pino'
import {
  createDigitalOceanProvider,
  type DigitalOceanOptions,
} from '../../../src/providers/digitalocean/digitalocean.ts'
import type { EdgeOptions } from '../../../src/providers/digitalocean/edge.ts'
import { createMemoryLimiter } from '../../../src/providers/digitalocean/rate-limit.ts'
import type { Provider } from '../../../src/providers/provider.ts'
import { startDigitalOcean, type FakeDigitalOcean } from '../../fakes/digitalocean/digitalocean.ts'
import type { DigitalOceanOptions as FakeOptions } from '../../fakes/digitalocean/options.ts'
import type { DropletRecord } from '../../fakes/digitalocean/records.ts'

/** A stand-in with one droplet to clone, and what is needed to reach it. */
export interface TestAccount {
  readonly cloud: FakeDigitalOcean
  readonly origin: DropletRecord
  readonly originId: string
  /** Everything that was logged, at every level. */
  logged(): string
  options(more?: Partial<DigitalOceanOptions>): DigitalOceanOptions
  provider(more?: Partial<DigitalOceanOptions>): Provider
  stop(): Promise<void>
}

/** Quick, but with room for a busy machine where a test does not want a timeout. */
export const QUICK: NonNullable<EdgeOptions['timing']> = {
  deadlineMs: 5000,
  attempts: 3,
  retryMs: 5,
  longestWaitMs: 3000,
}

export async function openAccount(fake: FakeOptions = {}): Promise<TestAccount> {
  const cloud = await startDigitalOcean({ ...fake, limits: { perMinute: 100_000, perHour: 100_000, ...fake.limits } })
  const origin = cloud.state.addDroplet({ name: 'web', monitoring: true })
  const lines: string[] = []
  const log: Logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const options = (more: Partial<DigitalOceanOptions> = {}): DigitalOceanOptions => ({
    token: async () => cloud.token,
    apiUrl: cloud.url,
    settings: { address: { network: 'public', port: 9003 } },
    limiter: createMemoryLimiter(Date.now, [{ limit: 100_000, ms: 60_000 }]),
    log,
    now: Date.now,
    timing: QUICK,
    power: { pollMs: 5, shutdownMs: 300, powerMs: 10_000 },
    lookMs: [5, 10, 20],
    ...more,
  })
  return {
    cloud,
    origin,
    originId: String(origin.id),
    logged: () => lines.join(''),
    options,
    provider: (more) => createDigitalOceanProvider(options(more)),
    stop: () => cloud.stop(),
  }
}
