const UNITS: readonly (readonly [names: RegExp, ms: number])[] = [
  [/^ms$/, 1],
  [/^s(ec(ond)?s?)?$/, 1000],
  [/^m(n|in(ute)?s?)?$/, 60_000],
  [/^h((ou)?rs?)?$/, 3600_000],
  [/^d(ays?)?$/, 86_400_000],
  [/^w(ks?|eeks?)?$/, 604_800_000],
  [/^months?$/, 30 * 86_400_000],
  [/^y(ea)?rs?$/, 365 * 86_400_000],
]

const SMALL = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ')
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...SMALL.map((word, value) => [word, value] as const),
  ...(['fifteen', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'ninety'] as const).map(
    (word, index) => [word, [15, 20, 30, 40, 50, 60, 90][index]!] as const,
  ),
])

/** A number that is dictated, `three`, in digits; any other word as it is. */
export function inDigits(word: string): string {
  const value = NUMBERS.get(word.toLowerCase())
  return value === undefined ? word : String(value)
}

/** Nothing longer than this is a duration; so text of any length costs no time. */
const LONGEST_TEXT = 60

/** `90m`, `1h30m`, `2h30`, `10 minutes`, `1,5h`, `half an hour` → ms, zero and less too; null when it is not a duration. */
export function signedDuration(text: string): number | null {
  if (text.length > LONGEST_TEXT) return null
  const compact = text
    .toLowerCase()
    .replaceAll(/[a-z]+/g, inDigits)
    .replaceAll(/(?<![\d.])½/g, '0.5')
    .replaceAll(/(\d)\s*½/g, '$1.5')
    .replaceAll(/\ban? (?!half)(?=[a-z])/g, '1 ')
    .replaceAll(/(\d+)\s*([a-z]+) and a half$/g, '$1.5$2')
    .replaceAll(/(\d+) and a half(?= [a-z])/g, '$1.5')
    .replaceAll(/\b(?:a )?half (?:1 )?(?=[a-z])/g, '0.5 ')
    .replaceAll(/\b(?:1 )?quarter (?:of )?(?:1 )?(?=hour)/g, '0.25 ')
    .replaceAll(/\b(?:1 )?couple (?:of )?/g, '2 ')
    .replaceAll(/(\d),(?=\d)/g, '$1.')
    .replaceAll(/(?<=[a-z]) and (?=\d)|[\s,]+/g, '')
    // `2h30` is two hours and thirty minutes.
    .replace(/(\dh)(\d{1,2})$/, '$1$2m')
  if (!/^[-+]?(\d+(\.\d+)?[a-z]+)+$/.test(compact)) return null
  let total = 0
  for (const [, count, unit] of compact.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g)) {
    const size = UNITS.find(([names]) => names.test(unit ?? ''))?.[1]
    if (size === undefined) return null
    total += Number(count) * size
  }
  return compact.startsWith('-') ? -total : total
}

/** The same where it is more than nothing, and no more than a store keeps. */
export function parseDuration(text: string): number | null {
  // Whole milliseconds; digits without end would be Infinity, which no store keeps.
  const ms = Math.round(signedDuration(text) ?? 0)
  return ms > 0 && Number.isSafeInteger(ms) ? ms : null
}
