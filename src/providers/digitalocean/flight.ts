/** Runs work of one key once at a time; who asks meanwhile gets the same answer. */
export function keyedFlight<T>(): (key: string, work: () => Promise<T>) => Promise<T> {
  const flying = new Map<string, Promise<T>>()
  return (key, work) => {
    const under = flying.get(key)
    if (under) return under
    const started = work().finally(() => flying.delete(key))
    flying.set(key, started)
    return started
  }
}

/** Keeps an answer for `ms`, if it is `worth` it; a failure is not kept. `now`: epoch ms. */
export function remember<T>(
  ms: number,
  now: () => number,
  load: (key: string) => Promise<T>,
  worth: (value: T) => boolean = () => true,
): (key: string) => Promise<T> {
  const kept = new Map<string, { readonly at: number; readonly value: T }>()
  const flight = keyedFlight<T>()
  return async (key) => {
    const known = kept.get(key)
    if (known !== undefined && now() - known.at < ms) return known.value
    return await flight(key, async () => {
      const value = await load(key)
      if (worth(value)) kept.set(key, { at: now(), value })
      return value
    })
  }
}
