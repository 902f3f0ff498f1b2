import type { Input, Rule } from './decision.ts'
import type { MemberPhase } from './member.ts'
import type { Tone, WhatIfOutcome, WhatIfView } from './view.ts'
import { cost, duration, percent, plainNumber } from './words.ts'

/** A member's phase in words. */
export const PHASE_WORDS: Readonly<Record<MemberPhase, string>> = {
  creating: 'creating',
  booting: 'booting',
  joining: 'joining',
  inService: 'in service',
  draining: 'draining',
  deleting: 'deleting',
  failed: 'failed',
}

/** One mark per tone, readable without colour. */
export const MARK_OF_TONE: Readonly<Record<Tone, string>> = { info: '·', good: '✓', warn: '!', bad: '✗' }

const RULE_WORDS: Readonly<Record<Rule, string>> = {
  target: 'target',
  withinTolerance: 'within tolerance',
  min: 'minimum',
  max: 'maximum',
  pin: 'pinned',
  pause: 'paused',
  cooldown: 'cooldown',
  noData: 'no data',
  silentMembers: 'silent members',
  booting: 'still booting',
  notQuietLongEnough: 'not quiet long enough',
  noCandidate: 'nobody to remove',
  noHelp: 'clones do not help',
  fallback: 'fallback',
  manual: 'by hand',
  recentFailures: 'recent failures',
  refused: 'none available',
  breaker: 'creating stopped',
  calendar: 'calendar',
  costPerHour: 'cost per hour',
  budget: 'monthly budget',
  changesPerHour: 'changes per hour',
}

/** What decided, in a word or two; by its own name where an older version kept one that is no more. */
export function ruleWords(rule: Rule): string {
  return RULE_WORDS[rule] ?? rule
}

/** `5 min ago`; both epoch ms. */
export function ago(at: number, now: number): string {
  const passed = now - at
  return passed < 1000 ? 'just now' : `${duration(Math.floor(passed / 1000) * 1000)} ago`
}

/** `12 min left`, or `until lifted` for null; both epoch ms. */
export function left(at: number | null, now: number): string {
  if (at === null) return 'until lifted'
  return at <= now ? 'expired' : `${duration(at - now)} left`
}

/** What to type, or to hand to the actions API, instead of pressing. */
export function lineOf(button: string): string {
  const { action, pool } = poolOf(button)
  return lineIn(typed(action), pool)
}

function typed(action: string): string {
  if (action.startsWith('run:')) return action.slice('run:'.length)
  if (action.startsWith('approve:')) return `/spinup approve ${action.slice('approve:'.length)}`
  if (/^(?:ask:)?deny:/.test(action)) return '/spinup deny'
  if (action.startsWith('apply:')) return `/spinup policy ${action.replace(/^apply:[^:]*:/, '')}`
  if (action === 'ask:policy') return '/spinup policy NAME=VALUE'
  return `action ${action}`
}

/** One input as its unit is read. */
export function inputWords({ value, unit }: Input): string {
  switch (unit) {
    case 'fraction':
      return percent(value)
    case 'ms':
      return duration(value)
    case 'count':
      return String(Math.round(value))
    case 'number':
      return plainNumber(value)
    default:
      return unit satisfies never
  }
}

/** Commands that are of no pool. */
const OF_NO_POOL: ReadonlySet<string> = new Set([
  'help',
  'pools',
  'use',
  'budget',
  'snooze',
  'notify',
  'doctor',
  'visuals',
  'disco',
  'token',
  'connect another',
])

/** The button of a card about a pool: what it does, and the pool's id after it, whatever else is connected by the time it is pressed. */
export function inPool(action: string, poolId: string): string {
  const [, command = ''] = /^run:\/spinup (connect another|\S+)/.exec(action) ?? []
  if (OF_NO_POOL.has(command) || action.startsWith('doctor:')) return action
  return `${action} @${poolId}`
}

/** What a button does, and of which pool; null: it does not say. */
export function poolOf(action: string): { readonly action: string; readonly pool: string | null } {
  const [, bare, pool] = /^(.*) @([\w-]+)$/s.exec(action) ?? []
  return bare === undefined || pool === undefined ? { action, pool: null } : { action: bare, pool }
}

/** A line with the pool's name right after the command, where it is not there: `/spinup pin 3` in `api` is `/spinup pin api 3`. */
export function lineIn(line: string, pool: string | null): string {
  if (pool === null || line.split(/\s+/)[2] === pool) return line
  return line.replace(/^(\/spinup\s+\S+)/, `$1 ${pool}`)
}

/** One line of the comparison, in words. */
export interface WhatIfRow {
  readonly name: string
  readonly recorded: string
  readonly present: string
  readonly changed: string
  /** How the changed policy does beside the present one. */
  readonly verdict: 'better' | 'worse' | 'neutral'
}

/** The comparison as every platform shows it. */
export function whatIfRows(view: WhatIfView): readonly WhatIfRow[] {
  const priced = [view.recorded, view.present, view.changed].some((of) => of.dollars > 0)
  const slow = (ms: number): string => (ms === 0 ? 'never' : duration(ms))
  return [
    row(view, 'Overloaded', (of) => of.overloadedMs, slow),
    row(view, 'Droplet-hours', (of) => of.dropletHours, plainNumber),
    ...(priced ? [row(view, 'Cost', (of) => of.dollars, cost)] : []),
    // More droplets at most, or more changes, are good or bad for what they cost and spare, which is shown above.
    { ...row(view, 'Most in service', (of) => of.peak, String), verdict: 'neutral' },
    { ...row(view, 'Changes of size', (of) => of.changes, String), verdict: 'neutral' },
  ]
}

function row(
  view: WhatIfView,
  name: string,
  pick: (of: WhatIfOutcome) => number | null,
  words: (value: number) => string,
): WhatIfRow {
  const shown = (of: WhatIfOutcome): string => {
    const value = pick(of)
    return value === null ? '–' : words(value)
  }
  const [present, changed] = [shown(view.present), shown(view.changed)]
  // What reads the same is the same.
  const less = (pick(view.changed) ?? 0) < (pick(view.present) ?? 0)
  const verdict = present === changed ? 'neutral' : less ? 'better' : 'worse'
  return { name, recorded: shown(view.recorded), present, changed, verdict }
}
