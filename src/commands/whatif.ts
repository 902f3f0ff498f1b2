import { answer } from '../core/model/answer.ts'
import { originPrice } from '../core/model/billing.ts'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { nearest } from '../core/model/nearest.ts'
import type { Stretch } from '../core/model/history.ts'
import type { Policy } from '../core/model/policy.ts'
import type { PoolState } from '../core/pool/state.ts'
import { isTrafficStat } from '../core/model/sample.ts'
import type { View, WhatIfView } from '../core/model/view.ts'
import { duration, statName } from '../core/model/words.ts'
import { changePolicy } from '../core/policy/fields.ts'
import { bootMs } from '../core/policy/load/boots.ts'
import { gapMs, historyOf, type History } from '../simulate/history.ts'
import { goalsOf, recorded, type Recordings } from '../simulate/other-stats.ts'
import { targetsFor } from '../simulate/targets.ts'
import type { WhatIf } from '../simulate/what-if.ts'
import { saidBootMs } from '../engine/loop/memory.ts'
import { checkWindow } from '../engine/loop/calendar.ts'
import { whatIfView } from '../engine/reports/whatif.ts'
import { policyMark } from '../engine/reports/live.ts'
import { whatIfLine } from '../core/cards/views/policy.ts'
import type { Services } from '../engine/services.ts'
import type { Command, Reading } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { nextChanges, readChanges } from './grammar/changes.ts'
import { readUntilNow } from './grammar/past.ts'
import { clean } from './grammar/time.ts'

const EXAMPLE = '/spinup whatif target=50% max=6 last 7d'
const LONGEST_MS = 14 * 86_400_000

/** `rangeMs` null: a day, or as far as there is history. */
export interface WhatIfWish {
  readonly kind: 'whatif'
  readonly changes: Readonly<Record<string, string>>
  readonly rangeMs: number | null
}

export const command: Command<WhatIfWish> = {
  name: 'whatif',
  task: 'rules',
  aliases: 'what if, what-if, simulate, replay, suppose',
  summary: 'replay the pool’s own history with another policy; changes nothing',
  usage: 'whatif NAME=VALUE … [last DURATION]',
  example: EXAMPLE,
  parse: (words, reading) => {
    const { pairs, rangeMs } = split(words, reading)
    if (pairs.length === 0) throw new BadWords('What if what? Say which settings would be different.', EXAMPLE)
    return { kind: 'whatif', changes: readChanges(pairs, 'whatif'), rangeMs }
  },
  options: [
    {
      name: 'settings',
      summary: 'NAME=VALUE, several with spaces between: target=50% max=6',
      kind: 'text',
      required: true,
      offers: () => nextChanges([]),
    },
    {
      name: 'last',
      summary: 'How far back: 90m, 24h, 7d',
      kind: 'text',
      offers: () => ['90m', '24h', '7d'],
      words: (value) => `last ${value}`,
    },
  ],
  next: (words) => {
    if (words.at(-1) === 'last') return ['24h', '7d', '90m']
    return words.includes('last') ? nextChanges(words) : [...nextChanges(words), 'last']
  },
  access: 'read',
  needs: 'pool',
  run: ({ services, state }, wish) => whatIf(services, state, wish),
}

function split(
  words: readonly string[],
  reading: Reading,
): { readonly pairs: readonly string[]; readonly rangeMs: number | null } {
  const line = (range: string, others: readonly string[]): string =>
    `/spinup whatif ${others.filter((word) => word.includes('=')).join(' ') || 'target=50%'} last ${range}`
  const { rangeMs, rest: pairs } = readUntilNow(words, reading, LONGEST_MS, line)
  if (rangeMs !== null && rangeMs < LEAST_MS)
    throw new BadWords('That is too short: at least a minute and a half.', line('90m', pairs))
  const odd = pairs.find((word) => !word.includes('=') && nearest(word, ['last']) !== null)
  if (odd !== undefined)
    throw new BadWords(`I do not understand “${odd}”.`, line(rangeMs === null ? '24h' : clean(rangeMs), pairs))
  return { pairs, rangeMs }
}

const DAY_MS = 24 * 3_600_000
/** Less history than this tells nothing; the last of it may still be on its way into the record. */
const LEAST_MS = 90_000
const ENOUGH_MS = 45_000
/** Before what counts, so much more is replayed: the judgement learns from what it has seen. */
const WARM_MS = DAY_MS
/** Agents at rest report every ten seconds, and late reports are taken: what is newer is still being written. */
const SETTLED_MS = 30_000
/** A beginning this near to the one that was asked for is the same. */
const NEARLY_MS = 2 * 60_000
/** Who asks is answered this soon; a replay that takes longer posts its card when it is done. */
const SOON_MS = 1000

/** `target=best`: which, the replays say. */
const BEST = /^(best|auto|\?)$/i

/** The wishes to be tried: one, or one for each target that may be the best. */
async function wishesOf(services: Services, { pool }: PoolState, wish: WhatIfWish): Promise<readonly WhatIfWish[]> {
  const { changes, rangeMs } = wish
  if (!BEST.test(changes['target'] ?? '')) return [wish]
  const stat = changes['stat'] ?? pool.policy.stat
  const now = services.now()
  const stretches = isTrafficStat(stat)
    ? []
    : await services.series.together(pool.id, stat, now - (rangeMs ?? DAY_MS), now)
  const targets = targetsFor(stat, stretches)
  // Of a stat that nobody reported any target is refused, and says why.
  return (targets.length === 0 ? ['1'] : targets).map((target) => ({ ...wish, changes: { ...changes, target } }))
}

/** Replays the pool's own history with some settings changed, and compares; changes nothing. */
async function whatIf(services: Services, state: PoolState, asked: WhatIfWish): Promise<readonly View[]> {
  const { pool } = state
  const tried = (await wishesOf(services, state, asked))
    .map((wish) => ({ wish, policy: changePolicy(pool.policy, wish.changes, services.platforms) }))
    .filter(({ policy }) => policyMark(policy) !== policyMark(pool.policy))
  const [first, ...rest] = tried
  if (first === undefined) {
    return [answer('info', `The policy of ${pool.name} already says that`, 'There is nothing to compare.')]
  }
  const { wish, policy: changed } = first
  changed.calendar.forEach(checkWindow)
  for (const policy of [pool.policy, changed]) checkStat(policy)
  const { history, others, unknown } = await recall(services, state, wish, changed)
  const job: WhatIf = {
    history,
    others,
    present: replayable(pool.policy, others),
    changed: replayable(changed, others),
    instead: rest.map(({ policy }) => replayable(policy, others)),
    dollarsPerHour: pool.dollarsPerHour,
    originDollarsPerHour: originPrice(pool),
    boots: await bootsOf(services, state),
  }
  const now = services.now()
  const askedMs = wish.rangeMs ?? DAY_MS
  // Who asked for a day reads of a day, though its ends are those of roll-ups.
  const nearlyMs = Math.min(NEARLY_MS, askedMs / 10)
  const whole = history.fromAt - (now - askedMs) < nearlyMs && now - history.toAt < nearlyMs
  const replayed = whole ? { fromAt: now - askedMs, toAt: now } : { fromAt: history.fromAt, toAt: history.toAt }
  const work = services.replayer.replay(pool.id, job).then((compared) => {
    const chosen = tried[compared.chosen] ?? first
    const of = { wish: chosen.wish, changed: chosen.policy, targets: tried.map(({ policy }) => policy.target) }
    return whatIfView(services, state, { ...of, history, compared, others, unknown, ...replayed })
  })
  const soon = await Promise.race([work, waited(SOON_MS)])
  if (soon !== null) return [soon]
  void tellLater(services, state, work)
  const span = duration(replayed.toAt - replayed.fromAt)
  const soonWords =
    rest.length === 0
      ? 'The card comes in a few seconds.'
      : `With ${tried.length} targets; the card comes within a minute.`
  return [answer('info', `Replaying ${span} of ${pool.name}`, soonWords)]
}

async function waited(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, ms, null).unref())
}

/** Posts the card, or what went wrong, when a replay is done. */
async function tellLater(services: Services, state: PoolState, work: Promise<WhatIfView>): Promise<void> {
  const view = await work.catch((error: unknown): View => {
    if (!(error instanceof SpinupError)) services.log.error({ err: error }, 'a replay failed')
    const message = error instanceof SpinupError ? messageOf(error) : 'The replay failed; the log says more.'
    const code = error instanceof SpinupError ? error.code : 'internal'
    return { kind: 'error', code, message, suggestion: null, example: null }
  })
  const cardId = `whatif:${services.newId()}`
  try {
    await services.notices.tell(state.pool.id, cardId, view, services.now())
  } catch (error) {
    services.log.warn({ pool: state.pool.id, reason: messageOf(error) }, 'could not post a replay')
  }
}

/** What the balancer sees of a member is looked at and not kept. */
function checkStat(policy: Policy): void {
  if (!isTrafficStat(policy.stat)) return
  throw new SpinupError(
    'badInput',
    `A replay knows what agents reported, and ${statName(policy.stat)} comes from the balancer and is not recorded. Try it with CPU: ${whatIfLine({ stat: 'cpu', target: '60%' })}`,
  )
}

/** The policy as far as a replay can follow it: its goals of which something is on record. */
function replayable(policy: Policy, others: Recordings): Policy {
  const known = ({ stat }: { readonly stat: string }): boolean => stat === 'cpu' || recorded(others, stat) !== undefined
  return { ...policy, mode: 'auto', also: policy.also.filter(known) }
}

/** What is on record: of CPU, of the other stats that are kept, and the names of those of which nothing is. */
interface Recalled {
  readonly history: History
  readonly others: Recordings
  readonly unknown: readonly string[]
}

/** What is on record of the stretch that was asked for; throws `conflict` where it is too little. */
async function recall(services: Services, { pool }: PoolState, wish: WhatIfWish, changed: Policy): Promise<Recalled> {
  const rangeMs = wish.rangeMs ?? DAY_MS
  const toAt = services.now() - SETTLED_MS
  const fromAt = services.now() - rangeMs
  const policies = [pool.policy, changed]
  const names = new Set(policies.flatMap((policy) => goalsOf(policy).map(({ stat }) => stat)))
  const read = async (stat: string): Promise<readonly Stretch[]> =>
    isTrafficStat(stat) ? [] : services.series.together(pool.id, stat, fromAt - WARM_MS, toAt)
  const found = await Promise.all(
    [...names].filter((stat) => stat !== 'cpu').map(async (stat) => [stat, await read(stat)] as const),
  )
  const others = Object.fromEntries(found.filter(([, stretches]) => stretches.some((one) => one.toAt > fromAt)))
  const unknown = found.flatMap(([stat]) => (recorded(others, stat) === undefined ? [stat] : []))
  const missing = policies.find(({ stat }) => unknown.includes(stat))?.stat
  const history = enough(pool.name, wish, services.now(), fromAt, await read('cpu'))
  if (missing === undefined) return { history, others, unknown }
  throw new SpinupError(
    'conflict',
    `No agent of ${pool.name} reported ${statName(missing)} in the last ${duration(rangeMs)}, so there is nothing to replay it on. See what is reported: /spinup stats`,
  )
}

/** The history of at least a minute and a half in what is on record. */
function enough(name: string, wish: WhatIfWish, now: number, fromAt: number, stretches: readonly Stretch[]): History {
  const [first] = stretches
  if (first === undefined) {
    const text = `${name} has no history yet: a replay needs a minute and a half of its CPU. Ask again two minutes after its agent’s first sample.`
    throw new SpinupError('conflict', text)
  }
  const history = historyOf(stretches, fromAt)
  const reportedMs = history === null ? 0 : history.toAt - history.fromAt - gapMs(history)
  if (history !== null && reportedMs >= ENOUGH_MS) return history
  if (first.fromAt > fromAt) {
    const behindMs = now - (history?.toAt ?? 0)
    const haveMs = reportedMs + (behindMs < NEARLY_MS ? behindMs : 0)
    throw new SpinupError(
      'conflict',
      `${name} has only ${duration(haveMs)} of history; a replay needs a minute and a half. Ask again in ${duration(Math.max(SETTLED_MS, LEAST_MS - haveMs))}.`,
    )
  }
  throw new SpinupError(
    'conflict',
    `In the last ${duration(now - fromAt)} ${name} reported for less than a minute and a half; ask for a longer time: ${whatIfLine(wish.changes)} last 7d`,
  )
}

/** As this pool’s own clones came up, or, while there are none, about as the team’s others did, or its provider says. */
async function bootsOf(services: Services, { pool, memory }: PoolState): Promise<WhatIf['boots']> {
  const known = (services.looks.get(pool.id)?.memory ?? memory).load?.boots ?? []
  const said = await saidBootMs(services, pool)
  const expectedMs = bootMs(known, said)
  if (known.length === 0) return { leastMs: said * 0.75, mostMs: said * 1.25, expectedMs }
  return { leastMs: Math.min(...known), mostMs: Math.max(...known), expectedMs }
}
