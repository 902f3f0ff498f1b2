/** An average that forgets over `overS` seconds, after `passedS` more of `value`; what is not known leaves it as it is. */
export function follow(
  before: number | null | undefined,
  value: number | null | undefined,
  passedS: number,
  overS: number,
): number | null {
  if (value === null || value === undefined) return before ?? null
  if (before === null || before === undefined) return value
  return before + (value - before) * (1 - Math.exp(-passedS / overS))
}

/** The middle one, of two the lower; null of none. */
export function middle(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!
}
