import assert from 'node:assert/strict'
import { pino, type Logger } from 'pino'
import {
  createDigitalOceanProvider,
  type DigitalOceanOptions,
} from '../../../src/providers/digitalocean/digitalocean.ts'
import type { EdgeOptions } from '../../../src/providers/digitalocean/edge.ts'
import { createMemoryLimiter } from '../../../src/accounts/credential.ts'
import type { Provider } from '../../../src/providers/provider.ts'
import { startDigitalOcean, type FakeDigitalOcean } from '../../../src/demo/cloud/api/digitalocean.ts'
import type { DigitalOceanOptions as FakeOptions } from '../../../src/demo/cloud/api/options.ts'
import { loadDocument } from '../../fakes/digitalocean/openapi-document.ts'
import type { DropletRecord } from '../../../src/demo/cloud/api/records.ts'
import { createValidator } from '../../fakes/digitalocean/validate.ts'

/** A stand-in with one droplet to clone, and what is needed to reach it. */
export interface TestAccount {
  readonly cloud: FakeDigitalOcean
  readonly origin: DropletRecord
  readonly originId: string
  /** Everything that was logged, at every level. */
  logged(): string
  options(more?: Partial<DigitalOceanOptions>): DigitalOceanOptions
  provider(more?: Partial<DigitalOceanOptions>): Provider
  /** How often a call was made, by the official document's operation id, e.g. `droplets_create`. */
  count(operation: string): number
  /** Also fails the test when anything sent or answered was not as the official document says. */
  stop(): Promise<void>
}

/** Quick, but with room for a busy machine where a test does not want a timeout. */
export const QUICK: NonNullable<EdgeOptions['timing']> = {
  deadlineMs: 5000,
  attempts: 3,
  retryMs: 5,
  longestWaitMs: 3000,
}

/** `unchecked`: where the test bends answers away from the official document. */
export async function openAccount(fake: FakeOptions = {}, as?: 'unchecked'): Promise<TestAccount> {
  const document = as === 'unchecked' ? null : loadDocument(undefined, () => undefined)
  const validator = document && createValidator(document)
  const cloud = await startDigitalOcean({
    ...fake,
    limits: { perMinute: 100_000, perHour: 100_000, ...fake.limits },
    onExchange: (exchange) => validator?.check(exchange),
  })
  const origin = cloud.state.addDroplet({ name: 'web', monitoring: true })
  const lines: string[] = []
  const log: Logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const options = (more: Partial<DigitalOceanOptions> = {}): DigitalOceanOptions => ({
    token: async () => cloud.token,
    apiUrl: cloud.url,
    settings: { address: { network: 'public', port: 9003 } },
    limiter: createMemoryLimiter([{ limit: 100_000, ms: 60_000 }], Date.now),
    log,
    now: Date.now,
    timing: QUICK,
    power: { pollMs: 5, shutdownMs: 3000, powerMs: 10_000 },
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
    count: (operation) => cloud.log.filter((exchange) => exchange.operation === operation).length,
    async stop() {
      await cloud.stop()
      assert.deepEqual(validator?.violations() ?? [], [])
    },
  }
}
