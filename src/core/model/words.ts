/** Numbers into the words of chat cards; every platform uses these, so a value reads the same everywhere. */

// Made once: `toLocaleString` makes one at each call, which was a third of the time of a judgement.
const inWholes = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const inCents = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const belowCents = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 4 })

/** What stands where there is no number. */
const NO_NUMBER = '–'

/** `0.934` → `93 %`. */
export function percent(fraction: number): string {
  return Number.isFinite(fraction) ? `${whole(Math.round(fraction * 100))} %` : NO_NUMBER
}

/** A whole number: `1,234`, `−2`. */
function whole(value: number): string {
  if (Number.isInteger(value) && value >= 0 && value < 1000) return String(value)
  return inWholes.format(value).replace(/^-(0$)?/, (_, zero?: string) => zero ?? '−')
}

/** `125_000` → `2 min 5 s`; under ten seconds one decimal; at most two units. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return 'forever'
  if (ms < 0.5) return '0 s'
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9950) return `${trim((ms / 1000).toFixed(1))} s`
  const seconds = Math.round(ms / 1000)
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ]
  const parts: string[] = []
  let rest = seconds
  for (const [name, size] of units) {
    const count = Math.floor(rest / size)
    if (count > 0) parts.push(`${count} ${name}`)
    else if (parts.length > 0) break
    rest -= count * size
    if (parts.length === 2) break
  }
  return parts.join(' ')
}

/** A wait that is still to come, in whole seconds: `5 s` for 4.2. */
export function remaining(ms: number): string {
  return duration(Math.ceil(ms / 1000) * 1000)
}

/** A price or a limit, US dollars: `$0.018`, `$0.50`, `−$5.00`, `$1,234.50`; below a dollar to a hundredth of a cent. */
export function dollars(amount: number): string {
  if (!Number.isFinite(amount)) return NO_NUMBER
  const text = (Math.abs(amount) < 0.99995 ? belowCents : inCents).format(Math.abs(amount))
  return `${amount < 0 && /[1-9]/.test(text) ? '−' : ''}$${text}`
}

/** What something costs altogether, US dollars: to the cent, or where it is no more than some cents to two digits. */
export function cost(amount: number): string {
  return dollars(Math.abs(amount) >= 0.1 ? Math.round(amount * 100) / 100 : Number(amount.toPrecision(2)))
}

/** A plain number, at most three significant digits below 1,000. */
export function plainNumber(value: number): string {
  if (!Number.isFinite(value)) return NO_NUMBER
  const size = Math.abs(value)
  // Less is what sums are inexact by.
  if (size < 1e-6 && size >= 1e-12) return value.toExponential(1).replace('.0e', 'e').replaceAll('-', '−')
  // From 999.5 on three digits would read as 1.00e+3.
  if (size >= 999.5 || size < 1e-6) return whole(Math.round(value))
  return trim(value.toPrecision(3)).replace(/^-/, '−')
}

/** `1 clone`, `2 clones`, `1,234 entries`. */
export function plural(size: number, noun: string): string {
  const many = /[^aeiou]y$/.test(noun) ? noun.replace(/y$/, 'ies') : `${noun}${/(s|x|ch|sh)$/.test(noun) ? 'es' : 's'}`
  return `${whole(size)} ${size === 1 ? noun : many}`
}

const FRACTIONS: ReadonlySet<string> = new Set(['cpu', 'memory', 'psi', 'steal'])

/** Stats that are fractions of the droplet are shown as per cent. */
export function unitOf(stat: string): 'fraction' | 'number' {
  return FRACTIONS.has(stat) ? 'fraction' : 'number'
}

/** A stat's value as its unit is read. */
export function statValue(stat: string, value: number): string {
  return unitOf(stat) === 'fraction' ? percent(value) : plainNumber(value)
}

// A map, not an object: a team may report a stat called `constructor`.
const NAMES: ReadonlyMap<string, string> = new Map([
  ['cpu', 'CPU'],
  ['psi', 'CPU pressure'],
  ['steal', 'stolen CPU'],
  ['load1', 'load'],
])

/** How a stat is called in a sentence. */
export function statName(stat: string): string {
  return NAMES.get(stat) ?? stat
}

const MOST_NAMES = 12

/** What there is where something of another name was asked for: `there is only web-1`, `there are web-1, web-2`. */
export function thereAre(names: readonly string[]): string {
  const shown =
    names.length > MOST_NAMES ? [...names.slice(0, MOST_NAMES - 1), `${names.length - MOST_NAMES + 1} more`] : names
  return `there ${names.length === 1 ? 'is only' : 'are'} ${shown.join(', ')}`
}

/** A name as it is reported, with marks or digits in it: `queue_depth`, `p95`. */
const REPORTED = /^[a-z]+(?:[_\d]|\.[a-z])/

/** How a stat is called where its name stands alone or first; one with marks in it as it is reported. */
export function statTitle(stat: string): string {
  const name = statName(stat)
  return REPORTED.test(name) ? name : capital(name)
}

/** A sentence as part of another: without its full stop. */
export function clause(sentence: string): string {
  return sentence.replace(/\.$/, '')
}

/** The first letter as a sentence begins. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function trim(text: string): string {
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text
}

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

/** What is said before a length of time without changing it. */
const ROUGHLY =
  /^(?:~|(?:about|around|roughly|approximately|nearly|almost|another|(?:the )?next|up to|at most|at least) )/

/** `90m`, `1h30m`, `2h30`, `10 minutes`, `1,5h`, `half an hour`, `the next 2 hours` → ms, zero and less too; null when it is not a duration. */
export function signedDuration(text: string): number | null {
  // `3 2 hours` is a count and two hours, not 32.
  if (text.length > LONGEST_TEXT || /\d\s+\d+\s*[a-z]/i.test(text)) return null
  const compact = text
    .toLowerCase()
    .replace(/^(?:another|the next) (?=[a-z]+$)/, '1 ')
    .replace(ROUGHLY, '')
    .replaceAll(/[a-z]+/g, inDigits)
    .replaceAll(/(?<![\d.])½/g, '0.5')
    .replaceAll(/(\d)\s*½/g, '$1.5')
    .replaceAll(/\ban? (?!half)(?=[a-z])/g, '1 ')
    .replaceAll(/(\d+)\s*([a-z]+) and a half$/g, '$1.5$2')
    .replaceAll(/(\d+) and a half(?= [a-z])/g, '$1.5')
    .replaceAll(/\b(?:a )?half (?:1 )?(?=[a-z])/g, '0.5 ')
    .replaceAll(/\b(?:1 )?quarter (?:of )?(?:1 )?(?=hour)/g, '0.25 ')
    .replaceAll(/\b(?:1 )?couple (?:of )?/g, '2 ')
    .replaceAll(/(?<=\d )(?:more|full|whole) (?=[a-z])/g, '')
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
