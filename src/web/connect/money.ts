/** `$0.00595` an hour as people read it. */
export function perHour(dollars: number): string {
  return `$${Number(dollars.toPrecision(3))}/h`
}

export function perMonth(dollars: number): string {
  return `$${dollars < 10 ? Number(dollars.toFixed(2)) : Math.round(dollars)}/month`
}
