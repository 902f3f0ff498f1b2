const UNITS: readonly (readonly [names: RegExp, ms: number])[] = [
  [/^ms$/, 1],
  [/^s(ec(ond)?s?)?$/, 1000],
  [/^m(in(ute)?s?)?$/, 60_000],
  [/^h((ou)?rs?)?$/, 3600_000],
  [/^d(ays?)?$/, 86_400_000],
  [/^w(eeks?)?$/, 604_800_000],
]

/** `90m`, `1h30m`, `10 minutes`, `45s` → ms; null when it is not a duration. */
export function parseDuration(text: string): number | null {
  const compact = text.trim().toLowerCase().replaceAll(/\s+/g, '')
  if (!/^(\d+(\.\d+)?[a-z]+)+$/.test(compact)) return null
  let total = 0
  for (const [, count, unit] of compact.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g)) {
    const size = UNITS.find(([names]) => names.test(unit ?? ''))?.[1]
    if (size === undefined) return null
    total += Number(count) * size
  }
  // Whole milliseconds; digits without end would be Infinity, which no store keeps.
  const ms = Math.round(total)
  return ms > 0 && Number.isSafeInteger(ms) ? ms : null
}
