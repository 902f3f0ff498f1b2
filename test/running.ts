import { after, before } from 'node:test'

/** What `start` gives: begun before the tests of the `describe` that calls this, stopped after them. */
export function running<T extends { stop(): unknown }>(start: () => Promise<T>): T {
  let started: T | null = null
  const it = (): T => {
    if (started === null) throw new Error('used before the tests began')
    return started
  }
  before(async () => {
    started = await start()
  })
  after(() => it().stop())
  return new Proxy({} as T, {
    get: (_, name) => Reflect.get(it(), name),
    set: (_, name, value) => Reflect.set(it(), name, value),
  })
}
