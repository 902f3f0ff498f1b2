import { field, isNone, listOf, NONE, Wrong, type PolicyField } from './field.ts'

const MOST = 8
/** As providers write the names of their sizes and regions: `s-2vcpu-4gb`, `fra1`. */
const SLUG = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** Sizes or regions that a clone may be made in where the provider has none of the usual, the first that is given. */
export function elsewhere(name: 'sizes' | 'regions', example: string, meaning: string): PolicyField {
  const wanted = `at most ${MOST} of the provider’s names in the order to try, e.g. ${example}, or ${NONE}`
  return field({
    name,
    key: name,
    meaning,
    example: `${name}=${example}`,
    text: (slugs) => (slugs.length === 0 ? NONE : slugs.join(',')),
    parse: (text) => (isNone(text) ? [] : text.split(',').map((part) => part.trim())),
    check: (value) => {
      const slugs = listOf(value, MOST, wanted).map((slug) => (typeof slug === 'string' ? slug.toLowerCase() : ''))
      if (slugs.every((slug) => SLUG.test(slug))) return [...new Set(slugs)]
      throw new Wrong(wanted, { plain: `a list of at most ${MOST} of the provider’s names in the order to try` })
    },
  })
}
