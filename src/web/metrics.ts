import type { Gauge, Registry } from 'prom-client'
import { MEMBER_PHASES } from '../core/model/member.ts'
import { billed, spent } from '../core/pool/capacity.ts'
import type { PoolState } from '../core/pool/state.ts'

/** What is measured. */
export interface Measures {
  /** Of a team; null: the installation's own. */
  pools(tenant: string | null): Promise<readonly PoolState[]>
  /** Samples that this bot has stored since it started, by pool. */
  readonly samples: ReadonlyMap<string, number>
  /** Since any pool of any team was looked at last, of the one that has waited longest, ms; null: there is none. */
  oldestTickMs(): Promise<number | null>
  /** Cards that wait to be delivered. */
  outboxDepth(): Promise<number>
  /** Requests that these pools' clouds still take from us, per window. */
  callsLeft(
    states: readonly PoolState[],
  ): Promise<readonly { readonly account: string; readonly windowSeconds: number; readonly left: number }[]>
  /** Epoch ms. */
  now(): number
}

/** Whose figures, and of which of their pools; `whole`: with what is of the installation and no team. */
export interface Reach {
  readonly tenant: string | null
  readonly reaches: (poolId: string) => boolean
  readonly whole: boolean
}

/** Figures in Prometheus' text format, as they are now. */
export interface Metrics {
  text(reach: Reach): Promise<string>
}

type Client = typeof import('prom-client')

/** Nothing is loaded before somebody asks. */
export function createMetrics(measures: Measures): Metrics {
  let loaded: Promise<readonly [client: Client, process: Registry]> | null = null
  return {
    async text({ tenant, reaches, whole }) {
      const [client, process] = await (loaded ??= load())
      const states = (await measures.pools(tenant)).filter(({ pool }) => reaches(pool.id))
      const parts = [await poolFigures(client, measures, states).metrics()]
      if (whole) parts.push(await (await botFigures(client, measures, states)).metrics(), await process.metrics())
      return parts.join('\n')
    },
  }
}

async function load(): Promise<readonly [Client, Registry]> {
  const client = await import('prom-client')
  const process = new client.Registry()
  client.collectDefaultMetrics({ register: process })
  return [client, process]
}

/** Made afresh each time, so that a pool, or a member's phase, that is gone leaves nothing behind. */
function poolFigures(client: Client, { samples, now }: Measures, states: readonly PoolState[]): Registry {
  const registry = new client.Registry()
  const gauge = (name: string, help: string, more: readonly string[] = []): Gauge =>
    new client.Gauge({ name, help, labelNames: ['pool', ...more], registers: [registry] })
  const stored = gauge('spinup_samples_stored', 'Samples that this bot has stored since it started')
  const tick = gauge('spinup_tick_age_seconds', 'How long ago the pool was looked at last')
  const members = gauge('spinup_members', 'Members, by phase', ['phase'])
  const limit = gauge('spinup_members_max', 'The most members that the policy allows')
  const operations = gauge('spinup_operations', 'Operations that are kept, by what they do and how they are', [
    'kind',
    'state',
  ])
  const perHour = gauge('spinup_dollars_per_hour', 'What the pool’s droplets cost now, US dollars an hour')
  const month = gauge('spinup_dollars_this_month', 'What the pool has cost this calendar month (UTC), US dollars')
  const alarms = gauge('spinup_alarms', 'Warnings that are on')
  const waiting = gauge('spinup_questions', 'Questions that wait for a person')
  for (const state of states) {
    const at = { pool: state.pool.name }
    stored.set(at, samples.get(state.pool.id) ?? 0)
    tick.set(at, Math.max(0, now() - state.lastTickAt) / 1000)
    limit.set(at, state.pool.policy.max)
    for (const phase of MEMBER_PHASES)
      members.set({ ...at, phase }, state.members.filter((one) => one.phase === phase).length)
    for (const one of state.operations) operations.inc({ ...at, kind: one.kind, state: one.state.kind })
    perHour.set(at, billed(state).dollarsPerHour)
    month.set(at, spent(state, now()))
    alarms.set(at, state.alarms.length)
    waiting.set(at, [...state.approvals, ...state.asked].filter((one) => one.state === 'open').length)
  }
  return registry
}

/** What is of no team; of other teams' pools nothing but how long the one that has waited longest has. */
async function botFigures(client: Client, measures: Measures, states: readonly PoolState[]): Promise<Registry> {
  const registry = new client.Registry()
  const [depth, left, oldestMs] = await Promise.all([
    measures.outboxDepth(),
    measures.callsLeft(states),
    measures.oldestTickMs(),
  ])
  const gauge = (name: string, help: string, labelNames: readonly string[] = []): Gauge =>
    new client.Gauge({ name, help, labelNames, registers: [registry] })
  gauge('spinup_outbox_cards', 'Cards that wait to be delivered').set(depth)
  gauge(
    'spinup_oldest_tick_age_seconds',
    'Of all teams’ pools, how long ago the one that waits longest was looked at',
  ).set((oldestMs ?? 0) / 1000)
  const calls = gauge(
    'spinup_provider_calls_left',
    'Requests that the account’s cloud still takes, by the length of the window in seconds',
    ['account', 'window'],
  )
  for (const { account, windowSeconds, left: count } of left)
    calls.set({ account, window: String(windowSeconds) }, count)
  return registry
}
