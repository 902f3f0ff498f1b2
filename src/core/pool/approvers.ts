import { SpinupError } from '../model/error.ts'
import type { Asker } from '../model/platforms.ts'
import type { Approval } from '../model/state.ts'
import type { PoolState } from './state.ts'
import { POLICY_FIELDS } from '../policy/fields.ts'

/** Whether this person may answer; `approvers` as the policy has them, empty: everyone. A program never may. */
export function mayAnswer(approvers: readonly string[], { actor, roles, token }: Asker): boolean {
  if (token === true) return false
  if (approvers.length === 0) return true
  // At the console a name is whatever somebody typed; only the password, which is a role, proves anything.
  return approvers.some((entry) => roles.includes(entry) || (entry === actor.id && actor.platform !== 'console'))
}

/** Who counts once. The console's password is one proof, whatever name stands beside it. */
export function voterOf({ approvers = [] }: Approval, { actor, place }: Asker): string {
  return place.platform === 'console' && approvers.length > 0 ? 'console' : actor.id
}

/** Who may answer, one entry each, as a policy names them. */
export function approverWords(approvers: readonly string[]): readonly string[] {
  return approvers.map((entry) => (entry === 'console' ? 'anyone with the console’s password' : entry))
}

/** `a, b or c`. */
export function anyOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)!}`
}

/** What is added to a refusal when the chat did not tell the person's groups: they may well be in the right one. */
export function doubt({ groupsUnknown }: Asker): string {
  return groupsUnknown === undefined
    ? ''
    : ` Your groups are not known right now (${groupsUnknown.replace(/\.$/, '')}): try again in a minute, or ask someone with the console’s password.`
}

/** What somebody would change: how much a command may do, and the settings of the policy that it sets, as typed. */
export interface Wish {
  readonly access: 'read' | 'open' | 'change'
  readonly settings: Readonly<Record<string, string>>
}

/** What of a wish is for those who may answer proposals: the change itself (`past`: it passes by the question), or settings. */
function guardedOf({ pool }: PoolState, { access, settings }: Wish): { past: boolean; touched: readonly string[] } {
  const asking = pool.policy.mode === 'approve'
  // A form sends what it was opened with, too.
  const touched = POLICY_FIELDS.filter(({ guarded }) => asking || guarded === 'always')
    .filter(({ name, read }) => settings[name] !== undefined && settings[name] !== read(pool.policy))
    .map(({ name }) => name)
  return { past: asking && access === 'change', touched }
}

/** Whether a person has to say yes to what a program asks for: to all that not everybody may do where there are approvers. */
export function waitsForPerson(state: PoolState, wish: Wish): boolean {
  const { past, touched } = guardedOf(state, wish)
  return past || touched.length > 0
}

/**
 * Throws `unauthorised` when somebody who may not answer proposals would change who may, or that there are any; or, while
 * the team is asked first, anything that may change size, cost, access or data. Those with the console's password may always: a group that is gone locks nobody out for
 * good.
 */
export function guardChange(state: PoolState, wish: Wish, asker: Asker): void {
  const { past, touched } = guardedOf(state, wish)
  if ((touched.length === 0 && !past) || asker.roles.includes('console')) return
  const { approvers } = state.pool.policy
  if (mayAnswer(approvers, asker)) return
  const who = anyOf(approverWords(approvers)) || 'people, and no program'
  throw new SpinupError(
    'unauthorised',
    `Only those who may answer proposals ${past ? 'do this while the team is asked first' : `change ${anyOf(touched)}`}: ${who}. Nothing was changed.${doubt(asker)}`,
  )
}
