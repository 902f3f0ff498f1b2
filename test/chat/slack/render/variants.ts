import type { EpisodeView, ProposalView, View } from '../../../../src/core/model/view.ts'
import { ADA, exampleViews, GRACE } from '../../../example-views.ts'
import { spoil } from './distort.ts'

/** 15 January 2026, noon UTC. */
export const NOW = Date.UTC(2026, 0, 15, 12)

const examples = exampleViews(NOW)
const { alert, connect, doctor, episode, history, policy, proposal, refresh, status } = examples

const UNDO = { action: 'run:/spinup undo e7', label: 'Undo', style: 'danger' } as const
const ROW: EpisodeView['actions'] = [
  { action: 'run:/spinup why', label: 'Why', style: 'plain' },
  UNDO,
  { action: 'run:/spinup pin 4 for 1h', label: 'Pin at 4 for 1 h', style: 'plain' },
  { action: 'run:/spinup snooze 1h', label: 'Snooze 1 h', style: 'plain' },
]

const settled: EpisodeView = {
  ...episode,
  stage: 'settled',
  endedAt: episode.startedAt + 42_000,
  members: episode.members.map((member) => ({
    ...member,
    label: 'in service',
    state: 'done',
    tookMs: 14_000,
    detail: null,
  })),
  actions: ROW,
}

const closed = (rest: Partial<ProposalView>): ProposalView => ({
  ...proposal,
  actions: [],
  decidedAt: NOW - 4000,
  ...rest,
})

/** Every kind as it mostly is, and the states that read differently, by the name of their golden file. */
export const variants: Readonly<Record<string, View>> = {
  ...examples,
  'episode-settled': settled,
  'episode-failed': {
    ...episode,
    stage: 'failed',
    endedAt: episode.startedAt + 95_000,
    members: episode.members.map((member, index): EpisodeView['members'][number] =>
      index === 0 ? member : { ...member, label: 'failed', state: 'failed', tookMs: 74_000, detail: 'no quota left' },
    ),
    actions: ROW,
  },
  'episode-in': {
    ...settled,
    direction: 'in',
    from: 4,
    to: 3,
    dollarsPerHourBefore: 0.036,
    dollarsPerHourAfter: 0.027,
  },
  'episode-asked': { ...episode, detectedAt: null, actor: ADA, members: [] },
  'episode-deciding': { ...episode, approval: { state: 'open', by: [], note: null } },
  'episode-denied': {
    ...settled,
    members: [],
    actions: [],
    approval: { state: 'denied', by: [GRACE], note: 'a sale' },
  },
  'episode-approved': { ...settled, approval: { state: 'approved', by: [ADA, GRACE], note: 'launch day' } },
  'episode-crowd': {
    ...settled,
    direction: 'in',
    from: 6,
    to: 1,
    timeZone: 'Europe/Berlin',
    crowd: { since: NOW - 120_000, path: [1, 6, 1], worstP95Ms: 2140, dollars: 0.0213 },
    earlier: [{ at: NOW - 120_000, from: 1, to: 6, reason: 'CPU has been at 97 % for 10 s.' }],
  },
  'episode-flapping': {
    ...settled,
    crowd: { since: NOW - 450_000, path: [2, 4, 2, 4, 2, 4], worstP95Ms: null, dollars: 0.0021 },
    earlier: [4, 3, 2, 1, 0].map((ago) => ({
      at: NOW - (ago + 1) * 90_000,
      from: ago % 2 === 0 ? 2 : 4,
      to: ago % 2 === 0 ? 4 : 2,
      reason: ago % 2 === 0 ? 'CPU has been at 93 % for 10 s.' : 'CPU has been below 22 % for 2 min.',
    })),
  },
  'proposal-votes': { ...proposal, quorum: 3, votes: [ADA, GRACE], approvers: ['@oncall', 'Ada'], onExpiry: 'act' },
  'proposal-approved': closed({ state: 'approved', by: ADA, votes: [ADA] }),
  'proposal-denied': closed({ state: 'denied', by: GRACE, note: 'a campaign mail goes out at one' }),
  'proposal-expired': closed({ state: 'expired' }),
  'proposal-expired-act': closed({ state: 'expired', onExpiry: 'act' }),
  'proposal-superseded': closed({ state: 'superseded' }),
  'alert-resolved': {
    ...alert,
    state: 'resolved',
    tone: 'good',
    title: `Resolved: ${alert.title}`,
    fix: null,
    resolvedAt: NOW - 1000,
    since: NOW - 121_000,
    actions: [],
  },
  'connect-droplets': {
    ...connect,
    prompt: 'Which droplet runs your site?',
    line: null,
    choices: Array.from({ length: 8 }, (_, index) => ({
      label: `web-${index + 1}`,
      detail: `10.0.0.${index + 1}, 1 vCPU, $0.009/h`,
      action: `run:/spinup connect droplet web-${index + 1}`,
    })),
    actions: [],
  },
  'refresh-failed': {
    ...refresh,
    stage: 'failed',
    endedAt: NOW,
    note: 'The snapshot did not end within 30 min.',
    actions: [],
  },
  'history-empty': { ...history, entries: [] },
  'policy-plain': { ...policy, changed: [] },
  'doctor-well': { ...doctor, checks: doctor.checks.filter(({ state }) => state === 'ok') },
  'status-many-buttons': {
    ...status,
    actions: [
      ...status.actions,
      ...['a', 'b', 'c', 'd'].map((name) => ({
        action: `run:/spinup remove ${name}`,
        label: `Remove ${name}`,
        style: 'danger' as const,
      })),
    ],
  },
  'status-huge': {
    ...status,
    desired: 60,
    max: 60,
    members: Array.from({ length: 60 }, (_, index) => ({ ...status.members[index % 5]!, id: `shop-${index + 1}` })),
    overrides: Array.from({ length: 30 }, () => status.overrides).flat(),
  },
  'history-huge': { ...history, entries: Array.from({ length: 90 }, () => history.entries).flat() },
  'episode-hostile': spoil(
    settled,
    '<!channel> *bold* _it_ `code` &amp; <@U1> @here :tada: <https://evil.example|safe>\n> quote',
  ),
  'status-unicode': spoil(status, '👩‍👩‍👧‍👦 Ünïcødé 東京 🇩🇪 مرحبا\u202E e\u0301\uD800 \u0000tail'),
}
