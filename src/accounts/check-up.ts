import type { CheckLine } from '../core/model/view.ts'
import type { Check } from '../engine/doctor/check.ts'
import type { Access } from '../providers/cloud.ts'
import type { Cloud } from './clouds.ts'

/** Thirty questions one after the other, within the account's limit of requests. */
const DEADLINE_MS = 60_000

/** What the token of an account can do; nothing is changed by asking. `environment`: it is the environment's. */
export function accountCheck(
  { entry, ready }: Pick<Cloud, 'entry' | 'ready'>,
  access: Access,
  environment: boolean,
): Check {
  const { label, variables } = entry
  const name = `${label} account`
  const again = environment
    ? `Make a token with those scopes at ${entry.token.page}, put it into ${variables.token}, and start the bot again.`
    : 'Link the account again: /spinup connect account'
  const reach = `Check whether this machine reaches the API of ${label}`
  return {
    name,
    fix: `${reach}.`,
    deadlineMs: DEADLINE_MS,
    run: async (): Promise<CheckLine> => {
      const { accepted, locked, name: whose, about, missing, unknown, words } = await ready.check(access)
      if (!accepted) return { name, state: 'failed', detail: 'its token is not accepted any more', fix: again }
      if (locked) {
        const fix = `Unlock it with ${label}’s support; nothing can be created until then.`
        return { name, state: 'failed', detail: 'it is locked', fix }
      }
      if (missing.length > 0) return { name, state: 'failed', detail: words, fix: again }
      // What its scopes are is another server's word; nothing is missing, so this one would have said whose it is.
      if (whose === null) {
        return {
          name,
          state: 'failed',
          detail: 'it could not be asked',
          fix: `${reach}; until then no clone can be made.`,
        }
      }
      const of = about === null ? whose : `${whose}, ${about}`
      if (unknown.length > 0) {
        const fix = 'Ask again in a minute; until then clones may fail.'
        return { name, state: 'warn', detail: `${of}; not everything could be asked`, fix }
      }
      return { name, state: 'ok', detail: `${of}; its token has every scope`, fix: null }
    },
  }
}
