import type { Action, View } from '../../../../src/core/model/view.ts'
import { ADA, exampleMembers, exampleStatus, exampleViews, GRACE } from '../../../example-views.ts'
import { hostile, hostileChart } from './hostile.ts'
import { huge } from './huge.ts'

export const NOW = Date.UTC(2026, 0, 15, 12)

export interface Case {
  readonly view: View
  /** Chart id → file. */
  readonly images: ReadonlyMap<string, string>
}

const PICTURES = new Map(
  ['shop.stats', 'shop.episode', 'shop.whatif', 'shop.week', hostileChart].map((id) => [id, 'chart-0.png'] as const),
)

/** Every view, by the name of its golden file: as it usually is, in its other states, and at its worst. */
export function cases(): ReadonlyMap<string, Case> {
  const views = exampleViews(NOW)
  const all = Object.entries(views) as readonly (readonly [string, View])[]
  return new Map(
    [
      ...all,
      ...Object.entries(variants(views)),
      ...all.map(([kind, view]) => [`huge-${kind}`, huge(view)] as const),
      ...all.map(([kind, view]) => [`hostile-${kind}`, hostile(view)] as const),
    ].map(([name, view]) => [name, { view, images: name === 'stats-told' ? new Map() : PICTURES }]),
  )
}

function variants(views: ReturnType<typeof exampleViews>): Readonly<Record<string, View>> {
  const { episode, proposal, alert, answer, connect, refresh, status, policy } = views
  const endedAt = episode.startedAt + 95_000
  const done = episode.members.map((member) => ({
    ...member,
    label: 'in service',
    state: 'done' as const,
    tookMs: 21_000,
    detail: null,
  }))
  const gone = done.slice(1).map((member) => ({ ...member, label: 'gone' }))
  return {
    'episode-asked': {
      ...episode,
      approval: { state: 'open', by: [ADA], note: null },
      members: [],
      actions: [button('approve:p1', 'Approve', 'primary'), button('ask:deny:p1', 'Deny', 'danger')],
    },
    'episode-denied': {
      ...episode,
      stage: 'settled',
      endedAt,
      members: [],
      approval: { state: 'denied', by: [GRACE], note: 'the sale starts at noon' },
      actions: [],
    },
    'episode-settled': {
      ...episode,
      stage: 'settled',
      endedAt,
      members: done,
      approval: { state: 'approved', by: [ADA, GRACE], note: null },
      actions: [button('run:/spinup down 2', 'Undo', 'danger'), ...episode.actions],
    },
    'episode-failed': {
      ...episode,
      stage: 'failed',
      endedAt,
      members: [
        ...done.slice(0, 1),
        {
          id: 'shop-4',
          label: 'failed',
          state: 'failed',
          tookMs: 90_000,
          detail: 'the account’s limit of 10 droplets is reached',
        },
      ],
    },
    'episode-crowd': {
      ...episode,
      direction: 'in',
      from: 6,
      to: 1,
      stage: 'settled',
      endedAt,
      crowd: { since: episode.startedAt - 120_000, path: [1, 6, 1], worstP95Ms: 2140, dollars: 0.0213 },
      earlier: [{ at: episode.startedAt - 120_000, from: 1, to: 6, reason: 'CPU has been at 97 % for 10 s.' }],
      members: gone,
    },
    'episode-flapping': {
      ...episode,
      detectedAt: null,
      actor: ADA,
      earlier: [1, 2, 3, 4, 5].map((index) => ({
        at: episode.startedAt - (6 - index) * 240_000,
        from: index % 2 === 0 ? 3 : 2,
        to: index % 2 === 0 ? 2 : 3,
        reason: index % 2 === 0 ? 'CPU has been below 22 % for 2 min.' : 'CPU has been at 91 % for 10 s.',
      })),
    },
    'episode-in': { ...episode, direction: 'in', from: 4, to: 3, stage: 'settled', endedAt, members: gone },
    'proposal-quorum': {
      ...proposal,
      votes: [ADA],
      quorum: 2,
      approvers: ['Slack group on-call', 'Discord role ops'],
      onExpiry: 'act',
    },
    'proposal-approved': { ...proposal, state: 'approved', by: ADA, votes: [ADA, GRACE], decidedAt: NOW, actions: [] },
    'proposal-denied': {
      ...proposal,
      state: 'denied',
      by: GRACE,
      decidedAt: NOW,
      note: 'the sale starts at noon',
      actions: [],
    },
    'proposal-expired': { ...proposal, state: 'expired', decidedAt: NOW, actions: [] },
    'proposal-superseded': { ...proposal, state: 'superseded', decidedAt: NOW, note: 'CPU rose again', actions: [] },
    'alert-resolved': { ...alert, state: 'resolved', resolvedAt: alert.since + 60_000, actions: [] },
    'answer-private': {
      ...answer,
      tone: 'info',
      private: true,
      text: 'Pick the droplet on this page: https://spinup.example.com/connect?key=a_b*c~d.\nThe link works once.',
    },
    'answer-long-actions': {
      ...answer,
      actions: Array.from({ length: 14 }, (_, index) =>
        button(`apply:0a1b2c:calendar=${'0 9 * * 1-5 for 8h; '.repeat(6)}max=${index}`, `Up to ${index}`, 'primary'),
      ),
    },
    'connect-many': {
      ...connect,
      choices: Array.from({ length: 60 }, (_, index) => ({
        label: `web-${index}`,
        detail: `s-1vcpu-1gb in fra1, 10.0.0.${index}`,
        action: `run:/spinup connect droplet ${1000 + index}`,
      })),
    },
    'connect-ready': {
      ...connect,
      title: 'Connected: shop-origin',
      steps: connect.steps.map((step) => ({ ...step, state: 'done' as const, progress: null })),
      prompt: null,
      choices: [],
      line: null,
    },
    'refresh-failed': { ...refresh, stage: 'failed', endedAt: NOW, note: 'The snapshot took too long.', actions: [] },
    'status-crowd': exampleStatus(
      NOW,
      Array.from({ length: 100 }, (_, index) => {
        const [usual] = exampleMembers(NOW)
        if (usual === undefined) throw new Error('there is no example member')
        return {
          ...usual,
          id: `shop-${index + 1}`,
          role: 'clone' as const,
          phase: index === 90 ? ('failed' as const) : ('inService' as const),
          silent: index === 70,
        }
      }),
    ),
    'status-unknown': { ...status, value: null, members: [], overrides: [], lastDecision: null },
    'stats-told': views.stats,
    'help-one': { ...views.help, topic: 'command', commands: views.help.commands.slice(4, 5) },
    'history-where': {
      ...views.history,
      entries: views.history.entries.map((entry, index) => (index === 1 ? { ...entry, where: 'Slack' } : entry)),
    },
    'history-empty': { ...views.history, entries: [] },
    'policy-plain': { ...policy, changed: [] },
    'deep-unicode': {
      ...answer,
      title: '👩‍👩‍👧‍👦 東京サーバー is at 完全 load — 🇯🇵',
      text: `Z${'\u0300\u0489'.repeat(60)}algo, half a pair \uD83D, ${'👩‍👩‍👧‍👦'.repeat(200)} and \u202Eegnaro\u202C.`,
      fields: [{ name: 'חיפוש', value: 'نص عربي طويل' }],
    },
  }
}

function button(action: string, label: string, style: Action['style']): Action {
  return { action, label, style }
}
