import type { RequestKind } from '../../src/commands/registry.ts'

/** A command as one types it, and as named options for platforms that ask for them. */
export type Typed = readonly [line: string, options: Readonly<Record<string, string>>]

/** The ways to type each command, which use every option that it has; a missing command does not compile. */
export const LINES: Readonly<Record<RequestKind, readonly Typed[]>> = {
  help: [
    ['help', {}],
    ['help pin', { command: 'pin' }],
  ],
  connect: [
    ['connect snapshot live', { step: 'snapshot', how: 'live' }],
    ['connect', {}],
  ],
  disconnect: [['disconnect shop', { pool: 'shop' }]],
  status: [['status', {}]],
  pools: [['pools', {}]],
  use: [
    ['use web', { pool: 'web' }],
    ['use', {}],
  ],
  stats: [
    ['stats cpu of web-1 last 2h', { stat: 'cpu', member: 'web-1', last: '2h' }],
    ['stats cpu by member', { stat: 'cpu', by: 'member' }],
    ['stats cpu, memory last 2h', { stat: 'cpu, memory', last: '2h' }],
  ],
  show: [
    ['show wordcloud of tags last 1d', { visual: 'wordcloud', of: 'tags', last: '1d' }],
    ['show histogram of cpu bins=10', { visual: 'histogram', of: 'cpu', settings: 'bins=10' }],
    ['show dailycost every mon 9:00', { visual: 'dailycost', every: 'mon 9:00' }],
    ['show', {}],
  ],
  visuals: [
    ['visuals', {}],
    ['visuals schedules', { visual: 'schedules' }],
  ],
  up: [['up 1', { count: '1' }]],
  down: [['down 1', { count: '1' }]],
  scale: [['scale 3', { count: '3' }]],
  pin: [
    ['pin 4 for 2h launch day', { count: '4', time: '2h', reason: 'launch day' }],
    ['pin 3 until 18:00', { count: '3', time: '18:00' }],
  ],
  unpin: [['unpin', {}]],
  protect: [
    ['protect web-2 for 2h debugging', { member: 'web-2', time: '2h', reason: 'debugging' }],
    ['protect web-2 off', { member: 'web-2', time: 'off' }],
  ],
  pause: [['pause for 30m deploying', { time: '30m', reason: 'deploying' }]],
  resume: [['resume', {}]],
  mode: [
    ['mode approve', { mode: 'approve' }],
    ['mode', {}],
  ],
  approve: [
    ['approve 4f1a', { proposal: '4f1a' }],
    ['approve', {}],
  ],
  deny: [['deny we are about to deploy', { reason: 'we are about to deploy' }]],
  policy: [
    ['policy target=50% max=6', { settings: 'target=50% max=6' }],
    ['policy', {}],
    ['policy calendar="0 8 * * 1-5 for 10h min=4"', { settings: 'calendar="0 8 * * 1-5 for 10h min=4"' }],
  ],
  whatif: [['whatif target=50% max=6 last 7d', { settings: 'target=50% max=6', last: '7d' }]],
  history: [
    ['history 20', { count: '20' }],
    ['history 5 of Ada', { count: '5', person: 'Ada' }],
    ['history all last 7d', { all: 'all', last: '7d' }],
  ],
  cost: [['cost', {}]],
  budget: [
    ['budget 200', { limit: '200' }],
    ['budget', {}],
  ],
  refresh: [['refresh keep 2', { how: 'keep', count: '2' }]],
  adopt: [['adopt web-7', { droplet: 'web-7' }]],
  remove: [['remove web-3', { member: 'web-3' }]],
  why: [
    ['why', {}],
    ['why d-1', { decision: 'd-1' }],
  ],
  undo: [
    ['undo', {}],
    ['undo e-1', { event: 'e-1' }],
  ],
  snooze: [
    ['snooze 1h', { time: '1h' }],
    ['snooze', {}],
  ],
  notify: [
    ['notify trouble', { choice: 'trouble' }],
    ['notify quiet 22:00-07:00 Europe/Berlin', { choice: 'quiet', time: '22:00-07:00', zone: 'Europe/Berlin' }],
  ],
  summary: [['summary', {}]],
  doctor: [['doctor', {}]],
  token: [
    ['token', {}],
    [
      'fleet token new deploy can=read,refresh web for 90d',
      { step: 'new', name: 'deploy', can: 'read, refresh', pools: 'web', time: '90d' },
    ],
    ['token revoke deploy', { step: 'revoke', name: 'deploy' }],
  ],
  disco: [['disco off', { state: 'off' }]],
}
