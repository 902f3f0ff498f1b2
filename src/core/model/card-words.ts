import type { Input, Rule } from './decision.ts'
import type { MemberPhase } from './member.ts'
import { lineIn, poolOf } from './pool-action.ts'
import type { Tone } from './view.ts'
import { duration, percent, plainNumber } from './words.ts'

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
  if (/^(?:ask:)?deny:/.test(action)) return '/spinup deny REASON'
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
