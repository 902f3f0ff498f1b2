import { answer } from '../core/model/answer.ts'
import { SpinupError } from '../core/model/error.ts'
import type { Form } from '../core/model/form.ts'
import type { Actor } from '../core/model/pool.ts'
import type { View } from '../core/model/view.ts'
import { changePolicy, POLICY_FIELDS, takePolicy } from '../core/policy/fields.ts'
import type { PoolState } from '../core/pool/state.ts'
import { policyMark } from '../engine/reports/live.ts'
import { policyView, whatIfLine } from '../core/cards/views/policy.ts'
import type { Session } from '../engine/session.ts'
import { setPolicy, type ChangePolicy } from '../engine/loop/answer-proposal.ts'
import type { Command } from './command.ts'
import { nextChanges, readChanges } from './grammar/changes.ts'
import { wordsOf } from './grammar/plain.ts'
import { clip } from '../core/model/letters.ts'

type Changes = Readonly<Record<string, string>>

/**
 * `onlyIf`: changes nothing unless the policy is still the one of this mark. `exact`: the same changes as plain data by the
 * fields' keys, where they came so and not as text, which is rounded.
 */
export interface PolicyWish {
  readonly kind: 'policy'
  readonly changes: Changes
  readonly onlyIf?: string
  readonly exact?: Readonly<Record<string, unknown>>
}

export const command: Command<PolicyWish> = {
  name: 'policy',
  task: 'rules',
  aliases:
    'set, config, configure, settings, setting, limits, limit, rules, conf, thresholds, threshold, ' +
    'set policy, change, change policy, raise, lower',
  phrases: { '': 'policy show, policy list, policy all, policy show all, policy get, policy now' },
  asks: {
    '':
      'policy, limit, setting, rule, target, threshold, max, min, maximum, minimum, cooldown, how far, ' +
      'calendar, schedule, approver, who may, who can, who approve, what is max, what is min, how many max, ' +
      'how many may, how many can',
  },
  summary: 'show the policy, or change settings of it',
  usage: 'policy [NAME=VALUE …]',
  example: '/spinup policy target=50% max=6',
  parse: (words) => ({ kind: 'policy', changes: readChanges(words, 'policy') }),
  options: [
    {
      name: 'settings',
      summary: 'NAME=VALUE, several with spaces between: target=50% max=6',
      kind: 'text',
      offers: () => nextChanges([]),
    },
  ],
  next: nextChanges,
  reads: asks,
  settings: ({ changes }) => changes,
  access: 'open',
  needs: 'readyPool',
  audit: {
    words: ({ changes }) =>
      Object.entries(changes)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
  },
  buttons: {
    apply: (text) => {
      const [onlyIf = '', pairs = ''] = text.split(/:(.*)/s)
      return { kind: 'policy', changes: readChanges(wordsOf(pairs), 'policy'), onlyIf }
    },
  },
  form: {
    open: ({ state }) => form(state),
    read: (values) => ({ kind: 'policy', changes: readChanges(filledIn(values), 'policy') }),
  },
  run: ({ state, change, actor }, wish) => {
    if (asks(wish)) return [policyView(state, [])]
    return change((session) => {
      const { platforms } = session.services
      const change: ChangePolicy = (policy) =>
        wish.exact === undefined
          ? changePolicy(policy, wish.changes, platforms)
          : takePolicy(policy, wish.exact, platforms)
      return wish.onlyIf === undefined ? setPolicy(session, change, actor) : apply(session, wish, change, actor)
    })
  },
}

/** Only what is set is asked for. */
function asks({ changes }: PolicyWish): boolean {
  return Object.keys(changes).length === 0
}

/** Changes some settings if the policy is still the one of the mark; else says so and changes nothing. */
function apply(
  session: Session,
  { changes, onlyIf, exact }: PolicyWish,
  change: ChangePolicy,
  actor: Actor,
): readonly View[] {
  const { policy, name } = session.state().pool
  const now = policyMark(policy)
  if (now === onlyIf) return setPolicy(session, change, actor)
  if (policyMark(change(policy)) === now) {
    return [answer('info', `The policy of ${name} already says that`, 'Nothing was changed.')]
  }
  throw new SpinupError(
    'conflict',
    exact === undefined
      ? `The policy has changed since this was replayed, so nothing was applied. Replay it again: ${whatIfLine(changes)}`
      : `The policy of ${name} has changed since, so nothing was set. Read it again.`,
  )
}

/** The settings people change most; every other one is `/spinup policy NAME=VALUE`. */
function form({ pool }: PoolState): Form {
  const fields = POLICY_FIELDS.filter(({ asked }) => asked === true).map(({ name, meaning, read }) => {
    return { name, label: name, hint: meaning, value: read(pool.policy), optional: true, most: 100 }
  })
  return { title: clip(`Policy of ${pool.name}`, 24), submit: 'Set', fields }
}

/** `NAME=VALUE` for each field that holds something. */
function filledIn(values: Changes): readonly string[] {
  return Object.entries(values)
    .map(([name, value]) => [name, value.replaceAll(/["“”\s]+/g, ' ').trim()] as const)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value}`)
}
