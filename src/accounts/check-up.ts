import type { CheckLine } from '../core/model/view.ts'
import type { Check } from '../engine/doctor/check.ts'
import type { EdgeOptions } from '../providers/digitalocean/edge.ts'
import { checkToken } from '../providers/digitalocean/token-check.ts'

/** Thirty questions one after the other, within the account's limit of requests. */
const DEADLINE_MS = 60_000

/** What the token of a DigitalOcean account can do; nothing is changed by asking. */
export function accountCheck(edge: EdgeOptions, oauthUrl: string, environment: boolean): Check {
  const name = 'DigitalOcean account'
  const again = environment
    ? 'Make a token with those scopes in DigitalOcean’s control panel under API, put it into DIGITALOCEAN_TOKEN, and start the bot again.'
    : 'Link the account again: /spinup connect account'
  return {
    name,
    fix: 'See whether this machine reaches the API of DigitalOcean.',
    deadlineMs: DEADLINE_MS,
    run: async (): Promise<CheckLine> => {
      const { accepted, account, missing, unknown, words } = await checkToken({ ...edge, oauthUrl })
      if (!accepted) return { name, state: 'failed', detail: 'its token is not accepted any more', fix: again }
      if (account?.status === 'locked') {
        const fix = 'Unlock it with DigitalOcean’s support; nothing can be created until then.'
        return { name, state: 'failed', detail: 'it is locked', fix }
      }
      if (missing.length > 0) return { name, state: 'failed', detail: words, fix: again }
      // What its scopes are is another server's word; nothing is missing, so this one would have said whose it is.
      if (account === null) {
        const fix = 'See whether this machine reaches the API of DigitalOcean; until then no clone can be made.'
        return { name, state: 'failed', detail: 'it could not be asked', fix }
      }
      const of = `${account.team ?? account.email}, up to ${account.dropletLimit} droplets; `
      if (unknown.length > 0) {
        const fix = 'Ask again in a minute; until then clones may fail.'
        return { name, state: 'warn', detail: `${of}not everything could be asked`, fix }
      }
      return { name, state: 'ok', detail: `${of}its token has every scope`, fix: null }
    },
  }
}
