import { checkHealth } from './balancer.ts'
import type { Exchange } from './exchange.ts'
import { createFaults, type Faults } from './faults.ts'
import type { DigitalOceanOptions } from './options.ts'
import { startServer } from './server.ts'
import { createState, type State } from './state.ts'
import { createWorld } from './world.ts'

export interface FakeDigitalOcean {
  /** In the place of `https://api.digitalocean.com/v2`. */
  readonly url: string
  /** In the place of `https://cloud.digitalocean.com/v1/oauth`. */
  readonly oauthUrl: string
  /** A token with full access, there from the start. */
  readonly token: string
  readonly state: State
  readonly faults: Faults
  /** Every exchange so far that is kept, oldest first; live. */
  readonly log: readonly Exchange[]
  /** Base of a droplet's metadata service, in the place of `http://169.254.169.254`. */
  metadataUrl(dropletId: number): string
  /** Breaks all connections, ends all delays; what a backing started is the backing's to stop. */
  stop(): Promise<void>
}

/** Starts a stand-in for DigitalOcean's API v2 and its OAuth server on a free loopback port. */
export async function startDigitalOcean(options: DigitalOceanOptions = {}): Promise<FakeDigitalOcean> {
  let origin = ''
  const world = createWorld(options, () => origin)
  const faults = createFaults()
  const log: Exchange[] = []
  const state = createState(world)
  const server = await startServer(world, faults, (exchange) => {
    log.push(exchange)
    if (log.length > (options.keeps ?? Infinity)) log.shift()
    options.onExchange?.(exchange)
  })
  origin = `http://127.0.0.1:${server.port}`
  world.every(Math.max(2, world.timings.healthCheckMs / 3), () => checkHealth(world))
  return {
    url: `${origin}/v2`,
    oauthUrl: `${origin}/v1/oauth`,
    token: state.addToken().value,
    state,
    faults,
    log,
    metadataUrl: (dropletId) => `${origin}/droplets/${dropletId}`,
    async stop() {
      world.stop()
      await server.stop()
    },
  }
}
