const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3600_000,
  hour: 3600_000,
  hours: 3600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
  w: 604_800_000,
}

/** `90m`, `1h30m`, `10 min`, `45s` → ms; null when it is not a duration. */
export function parseDuration(text: string): number | null {
  const compact = text.trim().toLowerCase().replaceAll(/\s+/g, '')
  if (!/^(\d+(\.\d+)?[a-z]+)+$/.test(compact)) return null
  let total = 0
  for (const [, count, unit] of compact.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g)) {
    const size = UNITS[unit ?? '']
    if (size === undefined) return null
    total += Number(count) * size
  }
  return total > 0 ? Math.round(total) : null
}
