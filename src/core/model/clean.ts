/** Controls but the line end. */
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/g
/** What turns the direction of writing. An isolate (FSI to PDI) turns nothing around it, so one that is whole stays. */
const TURNS =
  /(\u2068[^\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\n]*\u2069)|[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g

/** Without what cannot be seen and does harm: control characters but the line end, and what turns the direction of writing. */
export function withoutUnseen(text: string): string {
  return text.replaceAll(CONTROLS, '').replaceAll(TURNS, '$1')
}

/** What people or droplets named, fit to be read: whole letters, line ends as `\n`, tabs as spaces, nothing unseen. */
export function clean(text: string): string {
  const lines = text.toWellFormed().replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
  return withoutUnseen(lines.replaceAll('\t', ' '))
}

// What joins or ends an emoji, the letters of scripts that join, and flags of countries within countries is part of them.
const UNSEEN =
  /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D(?=\p{Extended_Pictographic})|(?<=[\p{Lo}\p{M}])[\u200C\u200D](?=\p{Lo})|(?<=\u{1F3F4}[\u{E0020}-\u{E007F}]*)[\u{E0020}-\u{E007F}]|([\p{C}\p{Zl}\p{Zp}])/gu

/** Only what can be seen, on one line; each other character becomes `instead`. */
export function visible(text: string, instead = ''): string {
  return text.replaceAll(UNSEEN, (one, hidden?: string) => (hidden === undefined ? one : instead))
}

/** Letters written from right to left: Hebrew, Arabic and the scripts beside them. */
const RIGHT_TO_LEFT = String.raw`\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}`
const ANY = new RegExp(`[${RIGHT_TO_LEFT}]`, 'u')
/** An isolate there is already, or words from the first such letter to the last. */
const WORDS = new RegExp(
  String.raw`\u2068[^\u2069]*\u2069|[${RIGHT_TO_LEFT}](?:[\p{M}\p{N}\p{Zs}'’"._-]*[${RIGHT_TO_LEFT}])*`,
  'gu',
)

/**
 * Names and words of right-to-left scripts as isolates: what stands beside them, a number say, keeps its place. A text
 * of nothing else is one isolate. Expects clean text; done twice it is the same.
 */
export function isolated(text: string): string {
  if (!ANY.test(text)) return text
  const others = text.replaceAll(new RegExp(`[${RIGHT_TO_LEFT}]`, 'gu'), '')
  if (!/[\p{L}\n\u2068]/u.test(others)) return `\u2068${text}\u2069`
  return text.replaceAll(WORDS, (words) => (words.startsWith('\u2068') ? words : `\u2068${words}\u2069`))
}

/** The same for every text in plain data, but for what is typed, copied or pressed. */
export function isolatedIn<T>(value: T): T {
  return ANY.test(JSON.stringify(value)) ? (inside(value) as T) : value
}

/** Keys whose texts machines read. */
const LITERAL: ReadonlySet<string> = new Set(['action', 'code', 'type', 'line', 'id', 'url'])

function inside(value: unknown): unknown {
  if (typeof value === 'string') return isolated(value)
  if (Array.isArray(value)) return value.map(inside)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, LITERAL.has(key) ? one : inside(one)]))
}
