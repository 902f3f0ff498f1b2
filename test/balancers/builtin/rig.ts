import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createBuiltinBalancer, type BuiltinBalancer } from '../../../src/balancers/builtin/builtin.ts'
import { serve } from '../../../src/balancers/builtin/process/serve.ts'
import { until } from '../../wait.ts'

/** The key of every balancer in the tests. */
export const KEY = 'test-key'

/** A balancer serving inside the test's own process, which is quicker to start and to look into. */
export interface ServingRig {
  readonly balancer: BuiltinBalancer
  readonly url: string
  readonly port: number
  readonly control: string
  /** Adds a member and waits until it is healthy. */
  join(url: string): Promise<void>
  close(): Promise<void>
}

/** Limits as the balancer has them unless given, in ms. */
export async function startServing(
  limits: {
    readonly stallMs?: number
    readonly answerMs?: number
    readonly waitMs?: number
    readonly proxies?: string
    readonly unreadMs?: number
  } = {},
): Promise<ServingRig> {
  const { waitMs, unreadMs, proxies = null, ...others } = limits
  const dir = await mkdtemp(join(tmpdir(), 'spinup-balancer-'))
  const serving = await serve({
    config: { host: '127.0.0.1', port: 0, controlPort: 0, key: KEY, healthPath: '/health', proxies },
    membersFile: join(dir, 'members.json'),
    health: () => ({}),
    onStop: () => undefined,
    limits: others,
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(unreadMs === undefined ? {} : { unreadMs }),
    log: pino({ level: 'silent' }),
  })
  const control = `http://127.0.0.1:${serving.controlPort}`
  const balancer = createBuiltinBalancer({ control, key: KEY })
  return {
    balancer,
    url: `http://127.0.0.1:${serving.port}`,
    port: serving.port,
    control,
    async join(url) {
      await balancer.add(url)
      await until(async () => (await balancer.list()).some((state) => state.url === url && state.state === 'healthy'), {
        what: `${url} to be healthy`,
      })
    },
    async close() {
      await serving.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
