import { Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import { MEMBER_PHASES } from '../core/model/member.ts'
import { billed, spent } from '../core/pool/capacity.ts'
import type { PoolState } from '../core/pool/state.ts'

/** What is measured. */
export interface Measures {
  /** Of a team; `all`: of every one. */
  pools(tenant: string | null | 'all'): Promise<readonly PoolState[]>
  /** Samples that this bot has stored since it started, by pool. */
  readonly samples: ReadonlyMap<string, number>
  /** Cards that wait to be delivered. */
  outboxDepth(): Promise<number>
  /** Requests that accounts' clouds still take from us, per window. */
  callsLeft(): Promise<readonly { readonly account: string; readonly windowSeconds: number; readonly left: number }[]>
  /** Epoch ms. */
  now(): number
}

/** Whose figures: `all` is the installation, with what is of no team; `pools` narrows them. */
export interface Reach {
  readonly tenant: string | null | 'all'
  readonly reaches: (poolId: string) => boolean
}

/** Figures in Prometheus' text format, as they are now. */
export interface Metrics {
  text(reach: Reach): Promise<string>
}

export function createMetrics(measures: Measures): Metrics {
  const process = new Registry()
  collectDefaultMetrics({ register: process })
  return {
    async text({ tenant, reaches }) {
      const states = (await measures.pools(tenant)).filter(({ pool }) => reaches(pool.id))
      const parts = [await poolFigures(measures, states).metrics()]
      if (tenant === 'all') parts.push(await (await botFigures(measures)).metrics(), await process.metrics())
      return parts.join('\n')
    },
  }
}

/** Made afresh each time, so that a pool, or a member's phase, that is gone leaves nothing behind. */
function poolFigures({ samples, now }: Measures, states: readonly PoolState[]): Registry {
  const registry = new Registry()
  const gauge = (name: string, help: string, more: readonly string[] = []): Gauge =>
    new Gauge({ name, help, labelNames: ['pool', 'team', ...more], registers: [registry] })
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
    const { pool } = state
    const at = { pool: pool.name, team: pool.tenant ?? '' }
    stored.set(at, samples.get(pool.id) ?? 0)
    tick.set(at, Math.max(0, now() - state.lastTickAt) / 1000)
    limit.set(at, pool.policy.max)
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

async function botFigures({ outboxDepth, callsLeft }: Measures): Promise<Registry> {
  const registry = new Registry()
  const [depth, left] = await Promise.all([outboxDepth(), callsLeft()])
  new Gauge({ name: 'spinup_outbox_cards', help: 'Cards that wait to be delivered', registers: [registry] }).set(depth)
  const calls = new Gauge({
    name: 'spinup_provider_calls_left',
    help: 'Requests that the account’s cloud still takes, by the length of the window in seconds',
    labelNames: ['account', 'window'],
    registers: [registry],
  })
  for (const { account, windowSeconds, left: count } of left)
    calls.set({ account, window: String(windowSeconds) }, count)
  return registry
}
