/** The sum of the members' values. */
export function total(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

/** The median, of an even number the lower one; `values`: at least one. */
export function middle(values: readonly number[]): number {
  return Float64Array.from(values).toSorted()[(values.length - 1) >> 1]!
}
