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
      throw storeFailed(`Redis could not ${what}`, error)
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

/**
 * What went wrong with Redis, as what it is; `sentence` says what could not be done, without a full stop. `otherwise`: the
 * whole message where it is not full.
 */
export function storeFailed(
  sentence: string,
  cause: unknown,
  otherwise = `${sentence} (${reasonOf(cause)}); check that it runs.`,
): SpinupError {
  const full = isFull(cause)
  const why =
    full === 'memory'
      ? ': its memory is full, so it takes no changes. Give it more (redis-cli CONFIG SET maxmemory 2gb); what is there can be read meanwhile.'
      : full === 'disk'
        ? ': it cannot write to its disk, which is probably full, so it takes no changes. Free some; what is there can be read meanwhile.'
        : null
  return new SpinupError('storeFailed', why === null ? otherwise : `${sentence}${why}`, { cause, retryable: true })
}

/** ioredis names an option of its own where nobody answered it. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error && cause.name === 'MaxRetriesPerRequestError' ? 'it does not answer' : messageOf(cause)
}

/** Which of its stores is full, so that it refuses every change; null: neither, it is something else. */
export function isFull(error: unknown): 'memory' | 'disk' | null {
  if (!(error instanceof Error)) return null
  if (/\bOOM\b|maxmemory/.test(error.message)) return 'memory'
  if (/\bMISCONF\b|No space left on device/.test(error.message)) return 'disk'
  // A transaction that was given up names the commands that were refused here.
  const { previousErrors } = error as { readonly previousErrors?: unknown }
  const inside = [error.cause, ...(Array.isArray(previousErrors) ? previousErrors : [])]
  return inside.map(isFull).find((full) => full !== null) ?? null
}
