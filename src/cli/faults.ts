import type { z } from 'zod'

/** What a schema found wrong in `data`, one clause each: `members[3].stats.cpu takes a number`. Quotes none of it. */
export function faults(issues: readonly z.core.$ZodIssue[], data: unknown): readonly string[] {
  return issues.map(({ path, message }) => {
    const place = path.length === 0 ? 'it' : placeOf(path)
    return isThere(data, path) ? `${place} ${message}` : `${place} is missing: it ${message}`
  })
}

function placeOf(path: readonly PropertyKey[]): string {
  let words = ''
  for (const part of path) {
    if (typeof part === 'number') words += `[${part}]`
    else words += words === '' ? String(part) : `.${String(part)}`
  }
  return words
}

function isThere(data: unknown, path: readonly PropertyKey[]): boolean {
  let place: unknown = data
  for (const part of path) {
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, part)) return false
    place = (place as Readonly<Record<PropertyKey, unknown>>)[part] // it has it, as just seen
  }
  return true
}
