import { setTimeout as pause } from 'node:timers/promises'

/**
 * Resolves with the first truthy answer of `condition`, asked every 10 ms or so; rejects after `timeoutMs` (a minute unless
 * told) with what was waited for. A condition that throws counts as not yet, and its last error is told.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: { readonly timeoutMs?: number; readonly what?: string } = {},
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const timeoutMs = options.timeoutMs ?? 60_000
  const deadline = performance.now() + timeoutMs
  let last: unknown
  let pauseMs = 2
  for (;;) {
    try {
      const answer = await condition()
      if (answer) return answer as Exclude<T, false | null | undefined | 0 | ''>
      last = answer
    } catch (error) {
      last = error
    }
    if (performance.now() > deadline) {
      const seen = last instanceof Error ? `${last.name}: ${last.message}` : String(last)
      throw new Error(`waited ${timeoutMs} ms for ${options.what ?? 'a condition'}; last: ${seen}`, { cause: last })
    }
    await pause(pauseMs)
    pauseMs = Math.min(pauseMs * 1.5, 25)
  }
}
