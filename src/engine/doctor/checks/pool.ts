import type { PoolState } from '../../../core/pool/state.ts'
import type { CheckLine } from '../../../core/model/view.ts'
import { duration, plural } from '../../../core/model/words.ts'
import { probe } from '../../operations/probe.ts'
import type { Services } from '../../services.ts'
import { failed, ok, skipped, took, warn, type Check } from '../check.ts'
import { agentClocks, agentReports, agentVersions } from './agents.ts'
import { findingAlarms } from '../../../core/alarms/findings.ts'
import { standingOf } from '../../loop/memory.ts'

const PROBE_MS = 4000

/** What a connected pool depends on: its droplets, its agents, its balancer. */
export function poolChecks(services: Services, state: PoolState): readonly Check[] {
  const of = `of ${state.pool.name}`
  return [
    {
      name: `Droplet ${of}`,
      fix: 'Check that the provider is reachable from this machine; /spinup connect account links the account again.',
      deadlineMs: 20_000,
      run: () => droplet(services, state, `Droplet ${of}`),
    },
    {
      name: `App ${of}`,
      fix: 'Check that the app answers on the droplets, and that no firewall keeps this machine out.',
      run: () => app(state, `App ${of}`),
    },
    {
      name: `Agents ${of}`,
      fix: 'On the droplet: sudo systemctl restart spinup-agent; journalctl -u spinup-agent says what is wrong.',
      run: () => agents(services, state, `Agents ${of}`),
    },
    {
      name: `Agent reports ${of}`,
      fix: 'Check that Redis answers.',
      run: () => agentReports(services, state, `Agent reports ${of}`),
    },
    {
      name: `Agent clocks ${of}`,
      fix: 'Check that Redis answers.',
      run: () => agentClocks(services, state, `Agent clocks ${of}`),
    },
    {
      name: `Agent version ${of}`,
      fix: 'Check that Redis answers.',
      run: () => agentVersions(services, state, `Agent version ${of}`),
    },
    {
      name: `Load ${of}`,
      fix: 'See /spinup why.',
      run: () => load(services, state, `Load ${of}`),
    },
    {
      name: `Balancer ${of}`,
      fix: 'Start the balancer again; members are hooked on again by themselves.',
      run: () => balancer(services, state, `Balancer ${of}`),
    },
  ]
}

async function droplet(services: Services, { pool }: PoolState, name: string): Promise<CheckLine> {
  if (pool.originDropletId === null) return skipped(name, 'none is picked yet')
  const begun = performance.now()
  const found = await services.provider(pool).get(pool.originDropletId)
  const spent = took(performance.now() - begun)
  if (found === null) {
    return failed(
      name,
      'it is not in the account any more',
      `Connect another: /spinup disconnect ${pool.name}, then /spinup connect.`,
    )
  }
  if (found.status !== 'active') {
    return failed(name, `${found.name} is ${found.status}`, `Switch ${found.name} on in the provider’s control panel.`)
  }
  return ok(name, `${found.name} is there and on; the provider answered in ${spent}`)
}

async function app({ pool, members }: PoolState, name: string): Promise<CheckLine> {
  const serving = members.filter(({ phase, url }) => phase === 'inService' && url !== null)
  if (serving.length === 0) return skipped(name, 'no member is in service')
  const seen = await Promise.all(
    serving.map(async ({ id, url }) => ({ id, ...(await probe(`${url}${pool.healthPath}`, PROBE_MS)) })),
  )
  const unhealthy = seen.filter(({ healthy }) => !healthy)
  const [first] = unhealthy
  if (first === undefined) return ok(name, `${plural(seen.length, 'member')} healthy at ${pool.healthPath}`)
  return failed(
    name,
    unhealthy.length === 1
      ? `${first.id}: ${first.detail}`
      : `${unhealthy.map(({ id }) => id).join(', ')}: ${first.detail}`,
    `Have the app answer 2xx at ${pool.healthPath}, and let this machine reach it (firewall, VPC).`,
  )
}

async function agents(services: Services, { pool, members }: PoolState, name: string): Promise<CheckLine> {
  const serving = members.filter(({ phase }) => phase === 'inService').map(({ id }) => id)
  if (serving.length === 0) return skipped(name, 'no member is in service')
  const now = services.now()
  const latest = await services.series.latest(pool.id, serving)
  const ages = serving.map((id) => ({ id, ageMs: now - (latest[id]?.at ?? 0), ever: latest[id] != null }))
  const silent = ages.filter(({ ageMs, ever }) => !ever || ageMs > pool.policy.staleAfterMs)
  const oldest = Math.max(...ages.map(({ ageMs }) => ageMs))
  const [first] = silent
  if (first === undefined) {
    return ok(
      name,
      `${plural(serving.length, 'agent')} ${serving.length === 1 ? 'reports' : 'report'}; the oldest sample is ${took(oldest)} old`,
    )
  }
  const since = first.ever ? `for ${duration(first.ageMs)}` : 'since ever'
  const fix = `On ${first.id}: sudo systemctl restart spinup-agent, and check that it reaches ${services.publicUrl}.`
  const detail = `${silent.map(({ id }) => id).join(', ')} silent ${since}`
  return silent.length === serving.length ? failed(name, detail, fix) : warn(name, detail, fix)
}

async function balancer(services: Services, state: PoolState, name: string): Promise<CheckLine> {
  if (state.pool.phase !== 'ready') return skipped(name, 'the pool is not connected yet')
  const begun = performance.now()
  const own = services.balancer(state.pool)
  const [backends, obstacle] = [await own.list(), (await own.obstacle?.()) ?? null]
  const spent = took(performance.now() - begun)
  if (obstacle !== null) return failed(name, obstacle, 'Members join and leave again as soon as that is changed.')
  const serving = state.members.filter(({ phase }) => phase === 'inService')
  const missing = serving.filter(({ url }) => !backends.some((backend) => backend.url === url)).map(({ id }) => id)
  if (missing.length > 0) {
    return failed(
      name,
      `it does not know ${missing.join(', ')}`,
      'Wait a minute: members are hooked on again by themselves. If not, see the bot’s log.',
    )
  }
  const unhealthy = serving
    .filter(({ url }) => backends.some((backend) => backend.url === url && backend.state === 'unhealthy'))
    .map(({ id }) => id)
  if (unhealthy.length > 0) {
    return warn(
      name,
      `it finds ${unhealthy.join(', ')} unhealthy`,
      `Check what ${state.pool.healthPath} answers there.`,
    )
  }
  return ok(name, `${state.pool.balancer} answers in ${spent} and knows ${plural(serving.length, 'member')}`)
}

/** What the judgement found about the load that no clone would change, and members that are not like the others. */
export async function load(services: Services, state: PoolState, name: string): Promise<readonly CheckLine[]> {
  if (state.pool.phase !== 'ready') return [skipped(name, 'nothing is judged yet')]
  const found = findingAlarms(state, standingOf(services, state))
  if (found.length === 0) return [ok(name, 'it is visitors’, and no member is unlike the others')]
  return found.map(({ title, text, fix }) => warn(name, `${title}: ${text}`, fix ?? 'See /spinup why.'))
}
