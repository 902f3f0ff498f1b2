/** Of these members or droplets, the one of that name; phones write names in capitals. null: none. */
export function calledSo<T>(all: readonly T[], nameOf: (one: T) => string, wanted: string): T | null {
  const lower = wanted.toLowerCase()
  return all.find((one) => nameOf(one) === wanted) ?? all.find((one) => nameOf(one).toLowerCase() === lower) ?? null
}

/** The member of that name, in capitals or not; null: none. */
export function memberCalled<M extends { readonly id: string }>(members: readonly M[], wanted: string): M | null {
  return calledSo(members, ({ id }) => id, wanted)
}
