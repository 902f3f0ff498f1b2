import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { AddressInfo } from 'node:net'
import type { Redis } from 'ioredis'
import { EMPTY_MEMORY } from '../../src/core/model/decision.ts'
import { DEFAULT_POLICY, type Policy } from '../../src/core/model/policy.ts'
import type { PoolState } from '../../src/core/pool/state.ts'
import { SpinupError } from '../../src/core/model/error.ts'
import { createPoolStore } from '../../src/store/pool-store.ts'
import { keys } from '../../src/store/keys.ts'
import { createSeriesStore, type SeriesStore } from '../../src/store/series/series-store.ts'
import { createResponder, type Responder } from '../engine/yard.ts'
import { startDigitalOcean, type FakeDigitalOcean } from '../../src/demo/cloud/api/digitalocean.ts'
import { exampleMember, examplePool, T } from '../store/example-state.ts'
import { createBot, type Bot } from './bot.ts'
import { createWatch, type Watch } from './watch.ts'

/** What is behind the droplets: one server on every loopback address; clones answer unless `ailing`. */
export interface Ground {
  readonly redis: Redis
  readonly port: number
  ailing: boolean
  stop(): Promise<void>
}

export async function startGround(redis: Redis): Promise<Ground> {
  const server = createServer((request, response) => {
    const origin = request.socket.localAddress === ORIGIN_IP
    response.writeHead(ground.ailing && !origin ? 503 : 200, { connection: 'close' }).end('ok')
  }).listen(0, '0.0.0.0')
  await once(server, 'listening')
  const ground: Ground = {
    redis,
    port: (server.address() as AddressInfo).port,
    ailing: false,
    async stop() {
      server.closeAllConnections()
      server.close()
    },
  }
  return ground
}

const ORIGIN_IP = '127.77.0.1'

/** A pool at the stand-in's account, two bots on one Redis, and a clock that the schedule moves. */
export interface Stage {
  readonly cloud: FakeDigitalOcean
  readonly watch: Watch
  readonly bots: Bot[]
  readonly door: Responder
  readonly series: SeriesStore
  readonly ground: Ground
  readonly originId: number
  /** The balancer refuses so many more to join. */
  joins: number
  /** Requests on members that are drained never end. */
  endless: boolean
  mute: boolean
  cpu: number
  pass(ms: number): void
  /** The bots' clock: Redis's, by which the times of agents are put right. */
  ours(): number
  /** By so much it is set. */
  setClock(ms: number): void
  load(): Promise<PoolState | null>
  freshBot(): Bot
  /** As a person links it, with its first snapshot taken. */
  connect(policy: Partial<Policy>): Promise<void>
  /** A lock that nobody renews lapses. */
  lapse(): Promise<void>
  /** Work of a bot's; `stop` waits for what is left of it. */
  begun<T>(work: Promise<T>): Promise<T>
  stop(): Promise<void>
}

export async function openStage(ground: Ground): Promise<Stage> {
  const { redis, port } = ground
  await redis.flushdb()
  ground.ailing = false
  let now = T
  let setBy = 0
  let made = 1
  let ids = 0
  const everyBot: Bot[] = []
  const left = new Set<Promise<unknown>>()
  const clock = (): number => now
  let cloud: FakeDigitalOcean | null = null
  const watch = createWatch(
    () => cloud!,
    () => stage.originId,
    (tags) => {
      const under = everyBot.flatMap((bot) => bot.orders.under(tags))
      const since = (times: readonly number[]): number => Math.min(performance.now(), ...times)
      return { asked: since(under.map(({ asked }) => asked)), looked: since(under.map(({ looked }) => looked)) }
    },
  )
  const series = createSeriesStore(redis, { now: () => now + setBy })
  cloud = await startDigitalOcean({
    now: clock,
    dropletLimit: 100,
    limits: { perMinute: 1_000_000, perHour: 1_000_000 },
    timings: { createMs: 0, powerMs: 0, snapshotMs: 0, healthCheckMs: 3_600_000 },
    onExchange: (exchange) => watch.seen(exchange),
    backing: {
      boot: async ({ name }) => {
        if (!stage.mute) await report(stage, [name])
        made += 1
        return { ip: `127.77.${Math.floor(made / 250)}.${(made % 250) + 1}`, port }
      },
      power: async () => undefined,
      snapshot: async () => undefined,
      destroy: async () => undefined,
    },
  })
  const origin = cloud.state.addDroplet({ name: 'web', ip: ORIGIN_IP, port })
  const image = await cloud.state.addSnapshot(origin.id, 'spinup-web-00000000000000aa')
  const door = createResponder()
  const { add, list } = door
  door.add = async (url) => {
    if (stage.joins > 0 && !url.includes(ORIGIN_IP)) {
      stage.joins -= 1
      throw new SpinupError('balancerFailed', 'It is in another VPC.', { retryable: false })
    }
    await add(url)
  }
  door.list = async () => {
    const all = await list()
    return stage.endless ? all.map((one) => (one.state === 'draining' ? { ...one, inFlight: 1 } : one)) : all
  }
  const ours = (): number => now + setBy
  const store = createPoolStore(redis, { now: ours, steps: () => setBy })
  const freshBot = (): Bot => {
    const bot = createBot({
      redis,
      series,
      door,
      apiUrl: stage.cloud.url,
      token: stage.cloud.token,
      port,
      now: ours,
      steps: () => setBy,
      elapsed: clock,
      newId: () => (++ids).toString(16).padStart(16, '0'),
    })
    everyBot.push(bot)
    return bot
  }
  const stage: Stage = {
    cloud,
    watch,
    bots: [],
    door,
    series,
    ground,
    originId: origin.id,
    joins: 0,
    endless: false,
    mute: false,
    cpu: 0.3,
    ours,
    pass: (ms) => void (now += ms),
    setClock: (ms) => void (setBy += ms),
    load: () => store.load('web'),
    freshBot,
    async connect(policy) {
      const pool = examplePool({
        provider: 'digitalocean',
        account: 'environment',
        balancer: 'door',
        originDropletId: String(origin.id),
        snapshotId: `${origin.id}:${image.name}`,
        createdAt: ours(),
        policy: { ...DEFAULT_POLICY, scaleInCooldownMs: 10_000, ...policy },
      })
      if (!(await store.create(pool))) return
      const lease = (await store.lock('web', 1000))!
      const url = `http://${ORIGIN_IP}:${port}`
      const member = exampleMember('web-1', { dropletId: String(origin.id), url, phaseAt: ours() - 60_000 })
      const change = { members: { put: [member] }, memory: EMPTY_MEMORY }
      await store.commit('web', { kind: 'lease', lease }, { change })
      await lease.release()
      await add(url)
    },
    lapse: async () => void (await redis.del(keys.lock('web'), keys.ending('web'))),
    begun(work) {
      left.add(work)
      const over = (): void => void left.delete(work)
      work.then(over, over)
      return work
    },
    async stop() {
      for (const bot of stage.bots) bot.kill()
      while (left.size > 0) {
        // What waits for the lock gets it.
        await stage.lapse()
        await Promise.race([Promise.allSettled(left), pause(5)])
      }
      await stage.cloud.stop()
    },
  }
  stage.bots.push(freshBot(), freshBot())
  return stage
}

/** These members' agents report now. */
export async function report(stage: Stage, memberIds: readonly string[]): Promise<void> {
  const at = stage.ours()
  await stage.series.append(
    memberIds.map((memberId) => ({
      poolId: 'web',
      sample: { memberId, at, stats: { cpu: stage.cpu } },
      periodMs: 1000,
    })),
  )
}
