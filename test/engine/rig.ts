import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Redis } from 'ioredis'
import { createTeamSettings } from '../../src/store/subscriptions.ts'
import { createAudit } from '../../src/engine/audit/audit.ts'
import { createDoctor } from '../../src/engine/doctor/doctor.ts'
import { createCalendar } from '../../src/engine/loop/calendar.ts'
import { EMPTY_MEMORY } from '../../src/core/model/decision.ts'
import { DEFAULT_POLICY, type Policy } from '../../src/core/model/policy.ts'
import { createPlatforms, type Place } from '../../src/core/model/platforms.ts'
import { PLAIN_POOL, type Actor } from '../../src/core/model/pool.ts'
import type { PoolState, StateChange } from '../../src/core/pool/state.ts'
import type { Card, View, ViewKind } from '../../src/core/model/view.ts'
import { DEFAULT_TIMING } from '../../src/core/operation/timing.ts'
import { perform, type Performable } from '../../src/commands/dispatch/perform.ts'
import { runOperation, type RunOutcome } from '../../src/engine/operations/run.ts'
import { CHATS } from '../../src/registry/registry.ts'
import type { Services } from '../../src/engine/services.ts'
import { openNotices } from '../../src/notify/complaints.ts'
import { connectPicked } from '../../src/engine/connect/linked.ts'
import { withPool } from '../../src/engine/session.ts'
import { createTextStore } from '../../src/store/text-store.ts'
import { createVisualStore } from '../../src/store/visual-store.ts'
import { createVisuals } from '../../src/visuals/visuals.ts'
import { createReplayer } from '../../src/engine/reports/replayer.ts'
import { createBalancerWatch } from '../../src/engine/loop/balancer-watch.ts'
import { tickPool } from '../../src/engine/loop/tick.ts'
import { createBootRecord } from '../../src/store/boots.ts'
import { createApiTokens } from '../../src/store/api-tokens.ts'
import { createAuditLog } from '../../src/store/audit.ts'
import { createCheckUps } from '../../src/store/check-ups.ts'
import { createChartStore } from '../../src/store/chart-store.ts'
import { createArrivals } from '../../src/store/arrivals.ts'
import { createIdentities } from '../../src/store/identities.ts'
import { createOutbox } from '../../src/store/outbox.ts'
import type { ClockTrouble } from '../../src/core/model/agent-about.ts'
import { createPoolStore } from '../../src/store/pool-store.ts'
import { createSeriesStore } from '../../src/store/series/series-store.ts'
import { quiet, startTestRedis } from '../redis.ts'
import { ada, exampleMember, examplePool, T } from '../store/example-state.ts'
import { createResponder, createYard, type Responder, type Yard } from './yard.ts'
import { anyNumber } from '../permit.ts'

/** The engine on real Redis and a clock that the test moves; cloud and balancer are in memory. */
export interface Rig {
  readonly redis: Redis
  services: Services
  yard: Yard
  door: Responder
  /** Pools and accounts whose secrets were given up. */
  readonly forgotten: string[]
  /** Operations that were queued. */
  readonly queued: Set<string>
  /** A fresh pool `web`, ready, with its origin in service at the balancer. */
  reset(policy?: Partial<Policy>): Promise<void>
  now(): number
  pass(ms: number): void
  /** What the clocks are said to be like from now on. */
  trouble(told: ClockTrouble): void
  /** The clock is set by `ms`; not `watched`: while no bot ran. */
  setClock(ms: number, watched?: boolean): void
  /** Every member in service reports this CPU, each second for `seconds` up to now. */
  report(cpu: number, seconds?: number, members?: readonly string[]): Promise<void>
  tick(): Promise<void>
  /** All report second by second, with a tick after each `everySeconds` (1 unless given): a long while takes fewer. */
  run(seconds: number, cpu: number, everySeconds?: number): Promise<void>
  state(): Promise<PoolState>
  change(change: StateChange): Promise<void>
  /** Adds `count` clones in service. */
  grow(count: number): Promise<void>
  /** Connects a droplet of that name, as the connect page does once everything is picked there. */
  pick(name: string): Promise<void>
  ask(request: Performable, actor?: Actor, place?: Place, roles?: readonly string[]): Promise<readonly View[]>
  /** Carries every running operation to its end. */
  work(): Promise<readonly RunOutcome[]>
  /** What the channel shows now, by card id. */
  cards(): Promise<ReadonlyMap<string, Card>>
  /** The views of one kind that the channel shows, oldest first. */
  views<K extends ViewKind>(kind: K): Promise<readonly Extract<View, { kind: K }>[]>
  stop(): Promise<void>
}

/** The console, as the team's own. */
export const HERE: Place = { platform: 'console', channel: 'main', tenant: null }

export async function startRig(): Promise<Rig> {
  const server = await startTestRedis()
  const redis = await server.connect()
  const site = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(site, 'listening')
  const urlOf = (name: string): string => `http://127.0.0.1:${(site.address() as AddressInfo).port}/${name}`

  let now = T
  let elapsed = 0
  let steps = 0
  let trouble: ClockTrouble = { off: [], set: null }
  let ids = 0
  const queued = new Set<string>()
  const forgotten: string[] = []
  const shown = new Map<string, Card>()
  const clock = (): number => now
  const store = createPoolStore(redis, { now: clock, steps: () => steps })
  const series = createSeriesStore(redis, { now: clock })
  const visuals = createVisuals()
  const replayer = createReplayer({ deadlineMs: 120_000 })
  const outbox = createOutbox(redis)
  const fresh = (): Pick<Rig, 'yard' | 'door' | 'services'> => {
    const yard = createYard(clock, urlOf)
    const door = createResponder()
    // It remembers how far it got, and would tell that Redis was flushed.
    const auditLog = createAuditLog(redis, { now: clock })
    // A clone's agent speaks as soon as the clone is there.
    yard.after = (request) =>
      series.append([
        { poolId: 'web', sample: { memberId: request.name, at: now, stats: { cpu: 0.1 } }, periodMs: 1000 },
      ])
    return {
      yard,
      door,
      services: {
        store,
        team: createTeamSettings(redis),
        series,
        outbox,
        audit: createAudit({ log: auditLog, now: clock, logger: quiet }),
        auditLog,
        doctor: createDoctor({ checkUps: createCheckUps(redis), checks: () => [], log: quiet }),
        notices: openNotices({ redis, outbox, always: ['console:main'], now: clock, log: quiet }).notices,
        charts: createChartStore(redis),
        texts: createTextStore(redis),
        visuals,
        ownVisuals: createVisualStore(redis),
        identities: createIdentities(redis),
        tokens: createApiTokens(redis),
        agents: {
          version: '1.2.0',
          about: createIdentities(redis).ledger.about,
        },
        arrivals: createArrivals(redis),
        queue: { add: async (_poolId, operationId) => void queued.add(operationId) },
        provider: () => yard,
        balancer: () => door,
        front: (pool) => pool.balancerSettings && JSON.stringify(pool.balancerSettings),
        memberKey: (operationId) => operationId.padEnd(32, 'k'),
        publicUrl: 'http://bot',
        reach: () => ({ kind: 'open', state: 'ok', detail: 'http://bot', fix: null }),
        createLink: async ({ poolId }) => `http://bot/connect?link=for-${poolId ?? 'new'}`,
        forgetSecrets: async (pool) => {
          forgotten.push(pool.account ?? pool.id)
          return null
        },
        uninstallLine: 'uninstall',
        installLine: (key) => `install ${key}`,
        timing: () => ({ ...DEFAULT_TIMING, pollMs: 1, lagMs: 0, retryMs: 1, longestRetryMs: 2 }),
        calendar: createCalendar(),
        balancerWatch: createBalancerWatch({ uptime: { forMs: () => Infinity } }),
        replayer,
        looks: new Map(),
        boots: createBootRecord(redis),
        now: clock,
        elapsed: () => elapsed,
        clockTrouble: () => trouble,
        platforms: createPlatforms(CHATS),
        newId: () => `id${++ids}`,
        log: quiet,
      },
    }
  }
  const rig: Rig = {
    ...fresh(),
    redis,
    queued,
    forgotten,
    now: clock,
    pass: (ms) => {
      now += ms
      elapsed += ms
    },
    setClock: (ms, watched = true) => {
      now += ms
      if (watched) steps += ms
      if (watched) trouble = { ...trouble, set: { byMs: ms } }
    },
    trouble: (told) => void (trouble = told),
    reset: async (policy = {}) => {
      await rig.services.doctor.stop()
      await redis.flushall()
      now = T
      steps = 0
      trouble = { off: [], set: null }
      queued.clear()
      forgotten.length = 0
      shown.clear()
      Object.assign(rig, fresh())
      const pool = examplePool({ policy: { ...DEFAULT_POLICY, target: 0.6, ...policy } })
      await store.create(pool)
      const origin = exampleMember('web-1', { url: urlOf('web'), phaseAt: T - 3_600_000, createdAt: T - 3_600_000 })
      await rig.change({ members: { put: [origin] }, memory: EMPTY_MEMORY })
      await rig.door.add(origin.url!)
    },
    report: async (cpu, seconds = 1, members) => {
      const state = await rig.state()
      const who = members ?? state.members.filter((one) => one.phase === 'inService').map((one) => one.id)
      const entries = who.flatMap((memberId) =>
        Array.from({ length: seconds }, (_, index) => ({
          poolId: 'web',
          sample: { memberId, at: now - (seconds - 1 - index) * 1000, stats: { cpu } },
          periodMs: 1000,
        })),
      )
      await series.append(entries)
    },
    tick: async () => {
      await tickPool(rig.services, 'web', 1000)
    },
    run: async (seconds, cpu, everySeconds = 1) => {
      for (let left = seconds; left > 0; left -= everySeconds) {
        const step = Math.min(everySeconds, left)
        rig.pass(step * 1000)
        await rig.report(cpu, step)
        await rig.tick()
      }
    },
    state: async () => (await store.load('web'))!,
    change: async (change) => {
      await withPool(rig.services, 'web', 1000, async (session) => session.change(change))
    },
    grow: async (count) => {
      const { nextMember } = await rig.state()
      const names = Array.from({ length: count }, (_, index) => `web-${nextMember + index}`)
      const put = []
      const speak = rig.yard.after
      rig.yard.after = () => undefined // They are not news; the test says what they report.
      for (const name of names) {
        const droplet = await rig.yard.create(
          {
            name,
            snapshotId: 'golden',
            operationTag: `made-${name}`,
            tags: ['spinup', 'spinup-pool:web'],
            userData: '',
          },
          anyNumber,
        )
        await rig.door.add(droplet.url!)
        const since = { phaseAt: now - 60_000, createdAt: now - 60_000 + Number(name.slice(4)) }
        put.push(exampleMember(name, { dropletId: droplet.id, url: droplet.url, ...since }))
      }
      rig.yard.after = speak
      await rig.change({ members: { put }, nextMember: nextMember + count })
      rig.yard.calls.length = 0
      rig.door.calls.length = 0
    },
    pick: async (name) => {
      const droplet = (await rig.yard.list()).find((one) => one.name === name)
      const id = droplet?.id ?? 'nowhere'
      const picked = { ...PLAIN_POOL, provider: 'yard', balancer: 'door', dollarsPerHour: 0.01, healthPath: '/health' }
      await connectPicked(rig.services, picked, { id, name }, { actor: ada, place: HERE, roles: [] })
    },
    ask: (request, actor = ada, place = HERE, roles = []) =>
      perform(rig.services, request, { actor, place, roles }, { pool: null, action: '' }),
    work: async () => {
      const signal = new AbortController().signal
      const running = (await rig.state()).operations.filter((one) => one.state.kind === 'running')
      return Promise.all(
        running.map((one) => runOperation(rig.services, 'web', one.id, { signal, changed: () => undefined })),
      )
    },
    cards: async () => {
      while ((await rig.services.outbox.deliver('console:main', async (card) => void shown.set(card.id, card))) > 0);
      return shown
    },
    views: async <K extends ViewKind>(kind: K) => {
      const all = [...(await rig.cards()).values()].map((card) => card.view)
      return all.filter((view): view is Extract<View, { kind: K }> => view.kind === kind)
    },
    stop: async () => {
      // It waits minutes for somebody to press its button.
      await rig.services.doctor.stop()
      site.closeAllConnections()
      site.close()
      await replayer.close()
      await visuals.close()
      await server.stop()
    },
  }
  return rig
}
