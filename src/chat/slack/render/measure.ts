/** What was parsed and is not known yet. */
export type Json = { readonly [key: string]: unknown }

/** A text object with words, not too many, of a kind that is taken there. */
export function checkText(at: string, value: unknown, most: number, plain = false): readonly string[] {
  const { type, text } = object(value)
  if (typeof text !== 'string' || text === '') return [`${at}: empty`]
  if (type !== 'plain_text' && (plain || type !== 'mrkdwn')) return [`${at}: ${String(type)} is not taken here`]
  return tooLong(at, text, most)
}

/** `at: 80 of 75 characters`. */
export function tooLong(at: string, text: unknown, most: number): readonly string[] {
  return typeof text === 'string' && text.length > most ? [`${at}: ${text.length} of ${most} characters`] : []
}

/** `at: 51 of 50`. */
export function tooMany(at: string, all: readonly unknown[], most: number): readonly string[] {
  return all.length > most ? [`${at}: ${all.length} of ${most}`] : []
}

/** Ids that stand twice under `name`. */
export function repeated(name: string, all: readonly Json[]): readonly string[] {
  const ids = all.flatMap((one) => (typeof one[name] === 'string' ? [one[name]] : []))
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))].map((id) => `${name}: ${id} is there twice`)
}

/** An array, or an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** An object, or an empty one. */
export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}
