import type { Decision } from '../src/core/model/decision.ts'
import type { Live } from '../src/core/model/message.ts'
import type { Actor } from '../src/core/model/pool.ts'
import type { Task } from '../src/core/model/task.ts'
import type { ChartRef, HelpView, MemberLine, StatusView, View, ViewKind } from '../src/core/model/view.ts'

export const ADA: Actor = { id: 'console:ada', name: 'Ada', platform: 'console' }
export const GRACE: Actor = { id: 'console:grace-hopper', name: 'Grace Hopper', platform: 'console' }
const SPINUP_ACTOR: Actor = { id: 'spinup', name: 'Spinup', platform: 'spinup' }

/** A view of every kind as it could be at `now` (epoch ms); a missing kind does not compile. */
export function exampleViews(now: number): { readonly [K in ViewKind]: View & { readonly kind: K } } {
  return {
    answer: {
      kind: 'answer',
      tone: 'good',
      title: 'Pinned at 3 members',
      text: 'Spinup holds `shop` at 3 members until the pin expires. Docs: https://example.com/pins.',
      fields: [
        { name: 'Owner', value: 'Ada' },
        { name: 'Expires', value: 'in 1 h' },
      ],
      actions: [{ action: 'run:/spinup unpin', label: 'Unpin', style: 'plain' }],
    },
    help: {
      kind: 'help',
      topic: 'tasks',
      commands: [
        help('status', 'status', 'the pool now: members, load, overrides'),
        help('stats', 'stats [stat] [range]', 'a chart and the numbers of a stat', 'stats cpu 1h'),
        help('why', 'why [time]', 'the last decision, with its arithmetic', 'why 14:05'),
        help('policy', 'policy [field value]', 'shows or changes what you set', 'policy target 60%'),
        help('pin', 'pin <count> [for <time>] [reason]', 'holds the count', 'pin 3 for 1h product launch'),
        help('connect', 'connect', 'links a droplet and its balancer'),
        help('up', 'up [count]', 'adds members now', 'up 1'),
      ],
    },
    status: exampleStatus(now),
    pools: {
      kind: 'pools',
      at: now,
      pools: [
        {
          name: 'shop',
          phase: 'ready',
          mode: 'auto',
          inService: 2,
          desired: 3,
          max: 5,
          stat: 'cpu',
          target: 0.6,
          value: 0.84,
          tone: 'warn',
          dollarsPerHour: 0.0536,
          monthDollars: 21.4,
        },
        {
          name: 'worker',
          phase: 'ready',
          mode: 'approve',
          inService: 1,
          desired: 1,
          max: 8,
          stat: 'queue_depth',
          target: 50,
          value: 12,
          tone: 'good',
          dollarsPerHour: 0.0179,
          monthDollars: 9.6,
        },
        {
          name: 'api',
          phase: 'connecting',
          mode: 'auto',
          inService: 0,
          desired: 1,
          max: 4,
          stat: 'cpu',
          target: 0.6,
          value: null,
          tone: 'info',
          dollarsPerHour: 0.0179,
          monthDollars: 0,
        },
      ],
      month: '2026-01',
      monthLimit: 80,
      actions: [
        { action: 'run:/spinup status @shop', label: 'shop', style: 'plain' },
        { action: 'run:/spinup connect another', label: 'Connect another', style: 'plain' },
      ],
    },
    stats: {
      kind: 'stats',
      pool: 'shop',
      stat: 'cpu',
      fromAt: now - 3600_000,
      toAt: now,
      now: 0.84,
      mean: 0.52,
      max: 0.97,
      p95: 0.91,
      p95OfMs: 5000,
      unit: 'fraction',
      member: null,
      hottest: 'shop-origin',
      also: null,
      perMember: [
        { id: 'shop-origin', now: 0.88, mean: 0.61 },
        { id: 'shop-2', now: 0.8, mean: 0.55 },
        { id: 'shop-3', now: null, mean: null },
      ],
      available: ['cpu', 'memory', 'queue_depth'],
      chart: chart(
        'shop.stats',
        'CPU of shop, last hour',
        'CPU of shop over the last hour: mean 52 %, highest 97 % at 14:02.',
      ),
    },
    episode: {
      kind: 'episode',
      pool: 'shop',
      direction: 'out',
      stage: 'working',
      from: 2,
      to: 4,
      reason: 'CPU has been at 93 % for 10 s, above the target of 60 %.',
      detectedAt: now - 24_000,
      startedAt: now - 21_000,
      endedAt: null,
      actor: SPINUP_ACTOR,
      approval: null,
      earlier: [],
      members: [
        { id: 'shop-3', label: 'in service', state: 'done', tookMs: 14_200, detail: null },
        {
          id: 'shop-4',
          label: 'waiting for its first healthy answer',
          state: 'working',
          tookMs: null,
          detail: 'GET / → 502',
        },
      ],
      dollarsPerHourBefore: 0.018,
      dollarsPerHourAfter: 0.036,
      chart: chart('shop.episode', 'Load before and after', 'CPU rose to 93 % on 2 members.'),
      actions: [
        { action: 'run:/spinup why', label: 'Why', style: 'plain' },
        { action: 'run:/spinup undo e1', label: 'Undo → 2', style: 'plain' },
        { action: 'run:/spinup pin 4 for 1h', label: 'Pin at 4 for 1 h', style: 'plain', more: true },
        { action: 'run:/spinup snooze 1h', label: 'Snooze 1 h', style: 'plain', more: true },
      ],
    },
    proposal: {
      kind: 'proposal',
      pool: 'shop',
      direction: 'in',
      from: 4,
      to: 3,
      reason: 'CPU has been below 22 % for 2 min; three members would be at 29 %.',
      state: 'open',
      deadlineAt: now + 245_000,
      onExpiry: 'hold',
      by: null,
      votes: [],
      quorum: 1,
      approvers: [],
      decidedAt: null,
      note: null,
      dollarsPerHourBefore: 0.036,
      dollarsPerHourAfter: 0.027,
      actions: [
        { action: 'approve:p1', label: 'Scale to 3', style: 'primary' },
        { action: 'ask:deny:p1', label: 'Keep 4', style: 'plain' },
        { action: 'run:/spinup why', label: 'Why', style: 'plain' },
      ],
    },
    decision: { kind: 'decision', pool: 'shop', decision: exampleDecision(now), observedOnly: true, chart: null },
    policy: {
      kind: 'policy',
      pool: 'shop',
      fields: [
        { name: 'stat', value: 'cpu', isDefault: true, meaning: 'the stat that scales the pool' },
        { name: 'target', value: '55 %', isDefault: false, meaning: 'where its mean over members is kept' },
        { name: 'max', value: '5', isDefault: true, meaning: 'hard limit for every decision, pin and command' },
        {
          name: 'scaleInWindow',
          value: '2 min',
          isDefault: true,
          meaning: 'the whole of it must be quiet before scale in',
        },
      ],
      changed: ['target: 60 % → 55 %'],
      actions: [
        { action: 'run:/spinup policy', label: 'Show all', style: 'plain' },
        { action: 'ask:policy', label: 'Change…', style: 'plain' },
      ],
    },
    whatif: {
      kind: 'whatif',
      pool: 'shop',
      changes: [
        { name: 'target', from: '80 %', to: '50 %' },
        { name: 'max', from: '5', to: '6' },
      ],
      fromAt: now - 7 * 86_400_000,
      toAt: now,
      summary: '7 min 20 s less overload, for $0.62 more, about $2.66 a month.',
      recorded: { overloadedMs: 1_260_000, dropletHours: 312.4, dollars: 2.811, peak: 5, changes: null },
      present: { overloadedMs: 521_000, dropletHours: 301.7, dollars: 2.715, peak: 5, changes: 34 },
      changed: { overloadedMs: 81_000, dropletHours: 370.6, dollars: 3.335, peak: 6, changes: 34 },
      notes: [
        'The CPU was full for 21 min, and a full CPU hides how much more was wanted: the replays may look better than they would have been.',
        'Pins, pauses, failures and what people did are not replayed.',
      ],
      chart: chart(
        'shop.whatif',
        'What if: pool shop replayed',
        'Demand 0.4 to 4.1 droplets; changed 1 to 6, present 1 to 5.',
      ),
      actions: [{ action: 'apply:0a1b2c3d4e5f:target=50% max=6', label: 'Apply', style: 'primary' }],
    },
    history: {
      kind: 'history',
      pool: 'shop',
      entries: [
        { at: now - 21_000, actor: SPINUP_ACTOR, what: 'Scale out 2 → 4', outcome: 'in progress', tone: 'info' },
        { at: now - 540_000, actor: ADA, what: 'Pinned at 2', outcome: 'for 5 min: product launch', tone: 'info' },
        { at: now - 3_800_000, actor: SPINUP_ACTOR, what: 'Scale in 3 → 2', outcome: 'settled in 42 s', tone: 'good' },
        { at: now - 9_000_000, actor: GRACE, what: 'Scale out 1 → 3', outcome: 'failed: no quota left', tone: 'bad' },
      ],
    },
    connect: {
      kind: 'connect',
      title: 'Connect a pool',
      steps: [
        { label: 'Link the account', state: 'done', detail: 'local', progress: null },
        { label: 'Pick the droplet', state: 'done', detail: 'shop-origin', progress: null },
        { label: 'Install the agent', state: 'doing', detail: 'waiting for its first report', progress: null },
        {
          label: 'Take the golden snapshot',
          state: 'doing',
          detail: 'the droplet is off for about a minute',
          progress: 0.62,
        },
        { label: 'Ready', state: 'todo', detail: null, progress: null },
      ],
      prompt: 'Run this line on the droplet, or pick another balancer:',
      choices: [
        { label: 'builtin', detail: 'Spinup’s own, on this machine', action: 'run:/spinup connect balancer builtin' },
        { label: 'haproxy', detail: 'by its runtime API', action: 'run:/spinup connect balancer haproxy' },
      ],
      line: 'curl -fsS http://127.0.0.1:8080/install/k3y | sh',
      actions: [{ action: 'run:/spinup connect install', label: 'Run it for me', style: 'primary' }],
    },
    refresh: {
      kind: 'refresh',
      pool: 'shop',
      stage: 'working',
      live: false,
      stopping: false,
      startedAt: now - 95_000,
      endedAt: null,
      actor: ADA,
      steps: [
        { label: 'Snapshot of shop-origin', state: 'done', detail: 'in 1 min 2 s', progress: null },
        { label: 'shop-6 in', state: 'done', detail: 'in 21 s', progress: null },
        { label: 'shop-2 out', state: 'doing', detail: 'waiting for its requests to end', progress: null },
        { label: '2 more clones', state: 'todo', detail: null, progress: null },
      ],
      note: null,
      actions: [{ action: 'run:/spinup refresh stop', label: 'Stop', style: 'danger' }],
    },
    visual: {
      kind: 'visual',
      pool: 'shop',
      title: 'Word cloud',
      names: ['tags'],
      fromAt: now - 86_400_000,
      toAt: now,
      others: ['heatmap', 'histogram'],
      chart: {
        id: 'shop.show-1',
        title: 'Word cloud',
        alt: 'Word cloud of tags of shop, most frequent first: redis 40, bolt 23.',
      },
      schedule: {
        words: 'every Monday at 09:00 (Europe/Berlin), requested by Ada',
        actions: [{ action: 'run:/spinup visuals stop s1ab', label: 'Stop', style: 'plain' }],
      },
    },
    cost: {
      kind: 'cost',
      pool: 'shop',
      at: now,
      droplets: 4,
      dollarsPerDroplet: 0.009,
      dollarsPerHour: 0.036,
      month: '2026-01',
      monthDollars: 6.41,
      projectedDollars: 13.2,
      fixed: { droplets: 6, dollars: 40.18 },
      caps: [
        { per: 'hour', limit: 0.05, used: 0.036, projected: null },
        { per: 'month', limit: 15, used: 6.41, projected: 13.2 },
      ],
      notes: ['The rest of the month is estimated at the average so far, $0.0184 an hour.'],
      actions: [{ action: 'run:/spinup whatif max=5', label: 'What if max were 5', style: 'plain' }],
    },
    alert: {
      kind: 'alert',
      tone: 'warn',
      title: 'shop-3 has gone silent',
      text: 'Its agent last reported 48 s ago. Scale in is held until it reports or leaves.',
      fix: 'Log in and run `systemctl restart spinup-agent`.',
      facts: [{ name: 'last report', value: 'CPU 41 %' }],
      actions: [{ action: 'run:/spinup remove shop-3', label: 'Take it out', style: 'danger' }],
      state: 'active',
      since: now - 48_000,
      resolvedAt: null,
    },
    digest: {
      kind: 'digest',
      fromAt: now - 9 * 3_600_000,
      toAt: now,
      entries: [
        {
          at: now - 5 * 3_600_000,
          tone: 'good',
          title: 'Scaled out 1 → 3',
          text: 'CPU was at 93 %, above the target.',
        },
        { at: now - 4 * 3_600_000, tone: 'good', title: 'Scaled in 3 → 1', text: 'One member carries it again.' },
        {
          at: now - 3_600_000,
          tone: 'warn',
          title: 'Resolved: shop-1 is silent',
          text: 'It had not reported for 2 min.',
        },
      ],
      actions: [{ action: 'run:/spinup history', label: 'History', style: 'plain' }],
    },
    summary: {
      kind: 'summary',
      pool: 'shop',
      fromAt: now - 7 * 86_400_000,
      toAt: now,
      scaleOuts: 12,
      scaleIns: 11,
      failed: 1,
      peak: { members: 5, at: now - 2 * 86_400_000 },
      overloadedMs: 340_000,
      dollars: 2.41,
      fixed: { droplets: 5, dollars: 7.56 },
      notes: ['Prices as of now; snapshots and traffic are not counted.'],
      chart: chart('shop.week', 'CPU of shop, last week', 'CPU of shop over the last week: mean 41 %, highest 97 %.'),
      actions: [{ action: 'run:/spinup cost', label: 'Cost', style: 'plain' }],
    },
    doctor: {
      kind: 'doctor',
      at: now,
      checks: [
        { name: 'Redis', state: 'ok', detail: '8.0.2, answers in 1 ms', fix: null },
        {
          name: 'Clock',
          state: 'warn',
          detail: '4 s behind Slack’s',
          fix: 'Run timedatectl set-ntp true on this machine.',
        },
        {
          name: 'Slack: scopes',
          state: 'failed',
          detail: 'files:write is missing',
          fix: 'Add it at api.slack.com/apps and reinstall.',
        },
        { name: 'Slack: buttons', state: 'waiting', detail: 'press the button below', fix: null },
        { name: 'Discord', state: 'skipped', detail: 'DISCORD_TOKEN is not set', fix: null },
      ],
      actions: [{ action: 'run:/spinup doctor', label: 'Check again', style: 'primary' }],
    },
    error: {
      kind: 'error',
      code: 'badInput',
      message: 'There is no command “pni”.',
      suggestion: '/spinup pin',
      example: '/spinup pin 3 for 1h',
    },
  }
}

export function exampleStatus(now: number, members: readonly MemberLine[] = exampleMembers(now)): StatusView {
  return {
    kind: 'status',
    pool: 'shop',
    mode: 'auto',
    stat: 'cpu',
    target: 0.6,
    value: 0.84,
    desired: 4,
    min: 1,
    max: 6,
    members,
    overrides: [
      { what: 'pin', text: 'Pinned at 4', owner: ADA, reason: 'product launch', expiresAt: now + 754_000 },
      { what: 'protect', text: 'shop-2 protected', owner: GRACE, reason: 'debugging a leak', expiresAt: null },
    ],
    lastDecision: exampleDecision(now),
    dollarsPerHour: 0.036,
    actions: [
      { action: 'run:/spinup why', label: 'Why', style: 'plain' },
      { action: 'run:/spinup stats', label: 'Chart', style: 'plain' },
      { action: 'run:/spinup up 1', label: 'Add one', style: 'plain' },
    ],
  }
}

export function exampleMembers(now: number): readonly MemberLine[] {
  const line = (id: string, rest: Partial<MemberLine>): MemberLine => ({
    id,
    role: 'clone',
    phase: 'inService',
    phaseAt: now - 600_000,
    protected: false,
    silent: false,
    odd: null,
    load: null,
    rps: null,
    ...rest,
  })
  return [
    line('shop-origin', { role: 'origin', load: 0.88, rps: 212 }),
    line('shop-2', { load: 0.8, rps: 198, protected: true }),
    line('shop-3', { load: 0.41, rps: 96, silent: true }),
    line('shop-4', { phase: 'booting', phaseAt: now - 12_000 }),
    line('shop-5', { phase: 'draining', phaseAt: now - 4000, load: 0.12, rps: 3 }),
  ]
}

export function exampleDecision(now: number): Decision {
  return {
    id: 'd1',
    poolId: 'shop',
    at: now - 21_000,
    kind: 'scaleOut',
    from: 2,
    to: 4,
    wanted: 7,
    rule: 'max',
    reason: 'CPU has been at 93 % for 10 s, above the target of 60 %; the limit of 4 members holds it there.',
    formula: 'ceil(4 × 0.93 / 0.60) = 7',
    inputs: [
      { name: 'CPU, mean of 2 members', value: 0.93, unit: 'fraction' },
      { name: 'window', value: 10_000, unit: 'ms' },
      { name: 'members in service', value: 2, unit: 'count' },
      { name: 'requests/s', value: 412.5, unit: 'number' },
    ],
  }
}

export function exampleLive(now: number): Live {
  const of = { id: 'web', name: 'web', named: false }
  return { at: now, status: { ...exampleStatus(now), of }, rps: 412, p95Ms: 48, inFlight: 37 }
}

function help(name: string, usage: string, summary: string, example = usage): HelpView['commands'][number] {
  return { name, task: TASK_OF[name] ?? 'look', usage: `/spinup ${usage}`, summary, example: `/spinup ${example}` }
}

function chart(id: string, title: string, alt: string): ChartRef {
  return { id, title, alt }
}

const TASK_OF: Readonly<Record<string, Task>> = {
  policy: 'rules',
  pin: 'hold',
  connect: 'setup',
  up: 'scaling',
}
