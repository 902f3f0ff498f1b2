/** `$0.00595/h` as people read it; null: not known. */
export function perHour(dollars: number | null): string {
  return dollars === null ? 'unknown' : `$${Number(dollars.toPrecision(3))}/h`
}

export function perMonth(dollars: number | null): string {
  if (dollars === null) return 'unknown'
  return `$${dollars < 10 ? Number(dollars.toFixed(2)) : Math.round(dollars)}/month`
}
