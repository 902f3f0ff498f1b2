import type { Policy } from '../../model/policy.ts'
import { bad, NONE, type PolicyField } from './field.ts'

const MOST = 8
/** As providers write the names of their sizes and regions: `s-2vcpu-4gb`, `fra1`. */
const SLUG = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** Sizes or regions that a clone may be made in where the provider has none of the usual, the first that is given. */
export function elsewhere(name: 'sizes' | 'regions', example: string, meaning: string): PolicyField {
  return {
    name,
    meaning,
    example: `${name}=${example}`,
    read: (policy) => (policy[name].length === 0 ? NONE : policy[name].join(',')),
    write: (policy, text) => {
      const slugs = text.trim().toLowerCase() === NONE ? [] : text.split(',').map((part) => part.trim().toLowerCase())
      if (slugs.length > MOST || slugs.some((slug) => !SLUG.test(slug))) {
        throw bad(
          name,
          text,
          `at most ${MOST} of the provider’s names in the order to try, e.g. ${example}, or ${NONE}`,
        )
      }
      return { ...policy, [name]: [...new Set(slugs)] } satisfies Policy
    },
  }
}
