/** Numbers into the words of chat cards; every platform uses these, so a value reads the same everywhere. */

/** `0.934` → `93 %`. */
export function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`
}

/** `125_000` → `2 min 5 s`; under ten seconds one decimal; at most two units. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return 'forever'
  if (ms < 999.5) return `${Math.max(0, Math.round(ms))} ms`
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

/** US dollars: `$0.018`, `$12.50`. */
export function dollars(amount: number): string {
  return `$${Math.abs(amount) < 1 && amount !== 0 ? trim(amount.toFixed(4)) : amount.toFixed(2)}`
}

/** A plain number, at most three significant digits below 1,000. */
export function plainNumber(value: number): string {
  // From 999.5 on three digits would read as 1.00e+3.
  if (Math.abs(value) >= 999.5) return Math.round(value).toLocaleString('en-US')
  return trim(value.toPrecision(3))
}

/** `1 clone`, `2 clones`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
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

/** The first letter as a sentence begins. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function trim(text: string): string {
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text
}
