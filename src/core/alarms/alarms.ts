import { runWords, type AgentAbout, type ClockTrouble } from '../model/agent-about.ts'
import type { Observation } from '../model/decision.ts'
import type { Standing } from '../model/finding.ts'
import { SPINUP } from '../model/pool.ts'
import type { Alarm } from '../model/state.ts'
import { alertView } from '../cards/views/alert.ts'
import type { Draft } from '../pool/draft.ts'
import type { PoolState } from '../pool/state.ts'
import { duration } from '../model/words.ts'
import { standIn, unreported } from '../policy/load/stand-in.ts'
import { missingWords } from '../policy/rules/fallback.ts'
import { SET_BY_NETWORK, wordsOfAgentClocks, wordsOfClocks } from './clocks.ts'
import { findingAlarms } from './findings.ts'
import { upkeepAlarms } from './upkeep.ts'
import type { BalancerReading } from '../model/backend.ts'
import { MAX_CLOCK_SKEW_MS } from '../model/report.ts'

/** What the tick found wrong, in addition to what the state says. */
export interface Findings {
  readonly observation: Observation | null
  /** Whether the balancer answered, and why not; where nothing is known, an alarm stays as it is. */
  readonly reading: Pick<BalancerReading, 'backends' | 'trouble'>
  /** Members the balancer finds unhealthy. */
  readonly unhealthy: readonly string[]
  readonly clocks: ClockTrouble
  /** What the members' agents said of themselves. */
  readonly agents: ReadonlyMap<string, AgentAbout>
  /** What the judgement found about the load. */
  readonly standing: Readonly<Record<string, Standing>>
  /** For how long this bot has been able to hear anybody, ms. */
  readonly clearForMs: number
}

/** A new member may take this long to say its first word before it is called silent. */
const GRACE_MS = 10_000

/** Raises what is wrong now and resolves what no longer is: each on its card, kept and noted in the history once. */
export function updateAlarms(draft: Draft, before: readonly Alarm[], findings: Findings): void {
  const { now } = draft
  const on = alarms(draft.state(), findings, now)
  const off = before.filter((known) => !on.some((alarm) => alarm.id === known.id))
  const fresh = on.filter((alarm) => !before.some((known) => known.id === alarm.id))
  for (const alarm of on) draft.tell(alarmCard(alarm), alertView(alarm, null))
  for (const alarm of off) draft.tellOnce(alarmCard(alarm), alertView(alarm, now))
  for (const alarm of fresh) {
    draft.journal({ at: now, actor: SPINUP, what: alarm.title, outcome: alarm.text, tone: alarm.tone })
  }
  if (on.length + off.length > 0) draft.change({ alarms: { put: on, remove: off.map((alarm) => alarm.id) } })
}

function alarmCard(alarm: Pick<Alarm, 'id' | 'since'>): string {
  return `alert:${alarm.id}:${alarm.since}`
}

/** The alarms that are on now; one that was on already keeps its `since`. */
function alarms(state: PoolState, findings: Findings, now: number): readonly Alarm[] {
  const found: Alarm[] = []
  const known = (id: string): Alarm | undefined => state.alarms.find((alarm) => alarm.id === id)
  const raise = (alarm: Omit<Alarm, 'since'>): void => {
    found.push({ ...alarm, since: known(alarm.id)?.since ?? now })
  }
  const silent = silentMembers(state, findings.observation, now)
  // A bot that has just come up, or slept, has received nothing, no matter who reported.
  const watched = findings.clearForMs > state.pool.policy.staleAfterMs || known('silent') !== undefined
  if (silent.length > 0 && watched) {
    const names = silent.join(', ')
    raise({
      id: 'silent',
      tone: 'warn',
      title: silent.length === 1 ? `${names} is silent` : `${silent.length} agents are silent`,
      text: `No sample from ${names} for over ${duration(state.pool.policy.staleAfterMs)}. Nothing is scaled in on partial evidence.`,
      fix: 'Check that the agent runs on the droplet and reaches the bot; it reports again by itself.',
    })
  }
  for (const stat of lostStats(state, findings.observation, now)) {
    raise({
      id: `stat:${stat}`,
      tone: 'warn',
      title: `Nobody reports ${stat}`,
      text: `The pool scales by ${stat}, and no member has reported it for over ${duration(state.pool.policy.staleAfterMs)}, though agents report other figures. ${meanwhile(state, stat)}`,
      fix: `Check the app that reports ${stat}, choose another statistic (/spinup policy stat=cpu target=80%), or say what counts meanwhile (/spinup policy fallback=cpu).`,
    })
  }
  const { backends, trouble } = findings.reading
  const balancerTrouble = trouble ?? (backends === null ? (known('balancer')?.text ?? null) : null)
  if (balancerTrouble !== null) {
    raise({
      id: 'balancer',
      tone: 'bad',
      title: 'The balancer is unreachable',
      text: balancerTrouble,
      fix: 'Start it again; members are hooked on again by themselves.',
    })
  }
  if (findings.unhealthy.length > 0) {
    raise({
      id: 'unhealthy',
      tone: 'warn',
      title: 'The balancer finds members unhealthy',
      text: `${findings.unhealthy.join(', ')} fails its health check; traffic goes to the others.`,
      fix: `Check whether ${state.pool.healthPath} answers 2xx on it.`,
    })
  }
  const clocks = wordsOfClocks(findings.clocks)
  if (clocks !== null) raise({ id: 'clock', tone: 'warn', ...clocks, fix: SET_BY_NETWORK })
  for (const alarm of agentAlarms(findings.agents)) raise(alarm)
  for (const alarm of findingAlarms(state, findings.standing)) raise(alarm)
  for (const alarm of upkeepAlarms(state, now)) raise(alarm)
  return found
}

/** Statistics the pool scales by that no member reports, though some report others. */
function lostStats(state: PoolState, observation: Observation | null, now: number): readonly string[] {
  if (observation === null || state.pool.phase !== 'ready') return []
  return unreported(observation, state.pool.policy, now) ?? []
}

/** What the policy does while a stat is not reported. */
function meanwhile(state: PoolState, stat: string): string {
  // As it will be once that has lasted.
  const stand = standIn(state.pool.policy, { [stat]: 0 }, Infinity)
  return stand.missing.length === 0 ? 'Nothing is scaled in meanwhile.' : `${missingWords(stand)}.`
}

/** Members in service that have not reported lately. */
export function silentMembers(state: PoolState, observation: Observation | null, now: number): readonly string[] {
  if (observation === null || state.pool.phase !== 'ready') return []
  return observation.members
    .filter((member) => member.phase === 'inService' && member.ageMs > GRACE_MS)
    .filter((member) => member.lastSampleAt === null || now - member.lastSampleAt > state.pool.policy.staleAfterMs)
    .map((member) => member.id)
}

/** A refused agent tries again every half minute; one that has not for so long has stopped. */
const RIVAL_GONE_MS = 120_000

/** Members as which two hosts report, each with both. */
export function twins(agents: ReadonlyMap<string, AgentAbout>): readonly {
  readonly id: string
  /** Whose reports count. */
  readonly taken: string
  /** Whose reports are refused. */
  readonly refused: string
}[] {
  return [...agents].flatMap(([id, { run, rival }]) =>
    rival === null || rival.agoMs > RIVAL_GONE_MS ? [] : [{ id, taken: runWords(run), refused: runWords(rival) }],
  )
}

/** What agents' reports show to be wrong with their hosts. */
function agentAlarms(agents: ReadonlyMap<string, AgentAbout>): readonly Omit<Alarm, 'since'>[] {
  const found: Omit<Alarm, 'since'>[] = []
  const pairs = twins(agents)
  const names = pairs.map(({ id }) => id).join(', ')
  if (pairs.length > 0) {
    const each = pairs.map(
      ({ id, taken, refused }) => `${id}: ${taken} reports; ${refused} came before it and is refused`,
    )
    found.push({
      id: 'twin',
      tone: 'bad',
      title: `Two hosts report as ${names}`,
      text: `${each.join('. ')}. Only the newer one counts.`,
      fix: 'Stop the agent on the one that is a copy (sudo systemctl disable --now spinup-agent), or give it an install line of its own. The other reports again within two minutes.',
    })
  }
  const clocks = wordsOfAgentClocks(agents, MAX_CLOCK_SKEW_MS)
  if (clocks !== null) found.push({ id: 'agent-clocks', tone: 'warn', ...clocks })
  return found
}
