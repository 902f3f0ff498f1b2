import type { AlertView, CostView, EpisodeView, ProposalView, StatusView, View } from '../../src/core/model/view.ts'
import { ADA, exampleMembers, exampleViews, GRACE } from '../example-views.ts'

/** A card of each kind, and the situations in which a platform that judges for itself would say something else. */
export function situations(now: number): Readonly<Record<string, View>> {
  const examples = exampleViews(now)
  const { alert, answer, connect, cost, decision, digest, doctor, episode, help, history, policy } = examples
  const { proposal, refresh, status, summary, whatif } = examples
  const calm = exampleMembers(now).slice(0, 2)
  const pool = (rest: Partial<StatusView>): StatusView => ({
    ...status,
    members: calm,
    desired: 2,
    value: 0.4,
    overrides: [],
    ...rest,
  })
  const asked = (rest: Partial<ProposalView>): ProposalView => ({ ...proposal, ...rest })
  const spent = (rest: Partial<CostView>): CostView => ({ ...cost, ...rest })
  const scaled = (rest: Partial<EpisodeView>): EpisodeView => ({
    ...episode,
    stage: 'settled',
    endedAt: episode.startedAt + 42_000,
    members: episode.members.map((one) => ({ ...one, state: 'done', tookMs: 14_200, detail: null })),
    ...rest,
  })
  const pause = { what: 'pause', text: 'Paused', owner: ADA, reason: 'deploying', expiresAt: null } as const
  const question: AlertView = {
    ...alert,
    title: 'The token deploy asks for: scale 3',
    text: 'It is done for shop when a person allows it; without an answer, nothing is done.',
    fix: null,
    facts: [{ name: 'Who may answer', value: 'slack:S0614TZR7' }],
    actions: [
      { action: 'run:/spinup token allow q1', label: 'Allow', style: 'primary' },
      { action: 'run:/spinup token refuse q1', label: 'Refuse', style: 'plain' },
    ],
    state: 'resolved',
    resolvedAt: now,
    asks: now + 600_000,
  }
  return {
    ...examples,
    'status: calm': pool({}),
    'status: a little over its target': pool({ target: 0.8, value: 0.85 }),
    'status: far over its target': pool({ target: 0.6, value: 0.95 }),
    'status: over its target, within its own tolerance': pool({ target: 0.6, value: 0.75, tolerance: 0.3 }),
    'status: exactly at its target': pool({ target: 0.8, value: 0.8 }),
    'status: paused and calm': pool({ overrides: [pause] }),
    'status: paused and overloaded': pool({ overrides: [pause], value: 0.97 }),
    'status: nobody in service': pool({ members: calm.map((one) => ({ ...one, phase: 'booting' })) }),
    'status: no members': pool({ members: [], value: null }),
    'status: load unknown': pool({ value: null }),
    'status: one silent': pool({ members: calm.map((one, at) => ({ ...one, silent: at === 0 })) }),
    'status: one unlike the others': pool({
      members: calm.map((one, at) => ({ ...one, odd: at === 0 ? 'three times the CPU for each request' : null })),
    }),
    'status: one failed': pool({
      members: calm.map((one, at) => ({ ...one, phase: at === 0 ? 'failed' : one.phase })),
    }),
    'status: one on its way': pool({ desired: 3 }),
    'status: a stat of its own': pool({ stat: 'queue_depth', target: 100, value: 1250 }),
    'cost: month’s limit exactly spent': spent({ caps: [{ per: 'month', limit: 15, used: 15, projected: 15 }] }),
    'cost: month’s limit passed': spent({ caps: [{ per: 'month', limit: 15, used: 15.2, projected: 22 }] }),
    'cost: projected over the limit': spent({ caps: [{ per: 'month', limit: 13, used: 6.41, projected: 13.2 }] }),
    'cost: projected exactly at the limit': spent({
      caps: [{ per: 'month', limit: 13.2, used: 6.41, projected: 13.2 }],
    }),
    'cost: hour’s limit exactly used': spent({ caps: [{ per: 'hour', limit: 0.036, used: 0.036, projected: null }] }),
    'cost: a limit of nothing': spent({ caps: [{ per: 'month', limit: 0, used: 0, projected: 0 }] }),
    'cost: no limits': spent({ caps: [], notes: [] }),
    'proposal: quorum, no vote yet': asked({ quorum: 3 }),
    'proposal: quorum, one vote': asked({ quorum: 2, votes: [ADA], approvers: ['@oncall'], onExpiry: 'act' }),
    'proposal: approved': asked({ state: 'approved', by: ADA, votes: [ADA, GRACE], quorum: 2, decidedAt: now }),
    'proposal: denied': asked({ state: 'denied', by: GRACE, decidedAt: now, note: 'a sale begins' }),
    'proposal: nobody answered, held': asked({ state: 'expired', decidedAt: now }),
    'proposal: nobody answered, went ahead': asked({ state: 'expired', onExpiry: 'act', decidedAt: now }),
    'proposal: superseded': asked({ state: 'superseded', decidedAt: now }),
    'episode: settled': scaled({}),
    'episode: scaled in': scaled({ direction: 'in', from: 4, to: 2, dollarsPerHourAfter: 0.018 }),
    'episode: failed': scaled({
      stage: 'failed',
      members: episode.members.map((one) => ({ ...one, state: 'failed', detail: 'no quota left' })),
    }),
    'episode: one member failed so far': scaled({
      stage: 'working',
      endedAt: null,
      members: episode.members.map((one, at) => ({ ...one, state: at === 0 ? 'failed' : 'working' })),
    }),
    'episode: asked': scaled({
      stage: 'working',
      endedAt: null,
      members: [],
      approval: { state: 'open', by: [], note: null },
    }),
    'episode: denied': scaled({ members: [], approval: { state: 'denied', by: [GRACE], note: 'a sale' } }),
    'episode: approved by two': scaled({ approval: { state: 'approved', by: [ADA, GRACE], note: null } }),
    'episode: a crowd that is over': scaled({
      direction: 'in',
      from: 6,
      to: 1,
      timeZone: 'Europe/Berlin',
      crowd: { since: now - 120_000, path: [1, 6, 1], worstP95Ms: 2140, dollars: 0.0213 },
      earlier: [{ at: now - 120_000, from: 1, to: 6, reason: 'CPU at 97 %.' }],
      dollarsPerHourAfter: 0.009,
    }),
    'episode: a crowd that goes': scaled({
      stage: 'working',
      endedAt: null,
      direction: 'in',
      from: 6,
      to: 3,
      crowd: { since: now - 120_000, path: [1, 6, 3], worstP95Ms: null, dollars: null },
      earlier: [{ at: now - 120_000, from: 1, to: 6, reason: 'CPU at 97 %.' }],
    }),
    'episode: back and forth': scaled({
      direction: 'in',
      from: 3,
      to: 2,
      crowd: { since: now - 400_000, path: [2, 3, 2, 3, 2, 3, 2], worstP95Ms: 310, dollars: 0.0021 },
      earlier: [1, 2, 3, 4, 5, 6].map((at) => ({ at: now - at * 60_000, from: 2, to: 3, reason: `CPU at 9${at} %.` })),
    }),
    'episode: just begun': scaled({ stage: 'working', endedAt: null, members: [] }),
    'decision: after a change': { ...decision, observedOnly: false, before: decision.decision },
    'decision: hold': {
      ...decision,
      observedOnly: false,
      decision: { ...decision.decision, kind: 'hold', from: 4, to: 4, wanted: 4, rule: 'cooldown' },
    },
    'decision: scale in': {
      ...decision,
      observedOnly: false,
      decision: { ...decision.decision, kind: 'scaleIn', from: 4, to: 3, wanted: 3, rule: 'target' },
    },
    'policy: unchanged': { ...policy, changed: [] },
    'policy: many changes': {
      ...policy,
      changed: ['target: 60 % → 55 %', 'max: 5 → 8', 'min: 1 → 2', 'window: 10 s → 20 s'],
    },
    'whatif: many changes': {
      ...whatif,
      changes: ['target', 'max', 'min', 'window', 'step'].map((name, at) => ({
        name,
        from: String(at),
        to: String(at + 1),
      })),
    },
    'history: nothing': { ...history, entries: [] },
    'history: one entry': { ...history, entries: history.entries.slice(2, 3) },
    'help: one command': { ...help, topic: 'command', commands: help.commands.slice(4, 5) },
    'connect: failed': {
      ...connect,
      steps: connect.steps.map((one, at) => ({
        ...one,
        state: at < 2 ? 'done' : at === 2 ? 'failed' : 'todo',
        progress: null,
      })),
    },
    'connect: ready': {
      ...connect,
      title: 'Connected: shop-origin',
      steps: connect.steps.map((one) => ({ ...one, state: 'done', progress: null })),
      prompt: null,
      line: null,
    },
    'refresh: stopping': { ...refresh, stopping: true },
    'refresh: done': {
      ...refresh,
      stage: 'done',
      endedAt: now,
      steps: refresh.steps.map((one) => ({ ...one, state: 'done' })),
    },
    'refresh: failed': { ...refresh, stage: 'failed', endedAt: now, note: 'The snapshot did not end within 30 min.' },
    'refresh: stopped': { ...refresh, stage: 'stopped', endedAt: now },
    'refresh: live': { ...refresh, live: true },
    'alert: bad': { ...alert, tone: 'bad' },
    'alert: resolved': {
      ...alert,
      state: 'resolved',
      text: '',
      fix: null,
      facts: [],
      actions: [],
      resolvedAt: alert.since + 60_000,
    },
    'alert: resolved, as its title says': {
      ...alert,
      title: 'Resolved: shop-3 is silent',
      state: 'resolved',
      tone: 'good',
      text: '',
      fix: null,
      resolvedAt: alert.since + 60_000,
    },
    'alert: a question': { ...question, tone: 'warn', state: 'active', resolvedAt: null },
    'alert: allowed': { ...question, tone: 'good', title: 'Grace allowed it: scale 3', actions: [] },
    'alert: refused': { ...question, tone: 'bad', title: 'Grace refused it: scale 3', actions: [] },
    'alert: unanswered': { ...question, tone: 'info', title: 'Nobody answered in time: scale 3', actions: [] },
    'answer: bad': { ...answer, tone: 'bad' },
    'answer: warn': { ...answer, tone: 'warn', text: '', fields: [] },
    'answer: info': { ...answer, tone: 'info' },
    'digest: nothing': { ...digest, entries: [] },
    'digest: all well': { ...digest, entries: digest.entries.slice(0, 2) },
    'digest: bad': { ...digest, entries: digest.entries.map((one) => ({ ...one, tone: 'bad' })) },
    'summary: nothing failed': { ...summary, failed: 0, peak: null, overloadedMs: 0 },
    'summary: dearer than a fixed fleet': { ...summary, failed: 0, dollars: 9.2 },
    'summary: as dear as a fixed fleet': { ...summary, failed: 0, dollars: 7.56 },
    'doctor: all well': { ...doctor, checks: doctor.checks.slice(0, 1) },
    'doctor: waiting': {
      ...doctor,
      checks: doctor.checks.filter(({ state }) => state === 'ok' || state === 'waiting'),
    },
    'doctor: a warning': { ...doctor, checks: doctor.checks.slice(0, 2) },
    'doctor: nothing to check': { ...doctor, checks: [] },
    'error: no hint': { ...examples.error, suggestion: null, example: null },
  }
}
