import { messageOf, SpinupError } from '../core/model/error.ts'

/** The same call with whatever ioredis throws as a `storeFailed` (retryable) that a person can read; `what` completes "Redis could not …". */
export function guard<A extends unknown[], R>(
  what: string,
  call: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  return async (...args) => {
    try {
      return await call(...args)
    } catch (error) {
      if (error instanceof SpinupError) throw error
      throw new SpinupError('storeFailed', `Redis could not ${what} (${messageOf(error)}); check that it runs.`, {
        cause: error,
        retryable: true,
      })
    }
  }
}

/** Every call of a store, each as `guard` has it. */
export function guardAll<T extends { readonly [K in keyof T]: (...args: never[]) => Promise<unknown> }>(
  what: string,
  store: T,
): T {
  const calls = Object.entries<(...args: never[]) => Promise<unknown>>(store)
  // The same names with the same calls inside.
  return Object.fromEntries(calls.map(([name, call]) => [name, guard(what, call)])) as unknown as T
}
