import { messageOf } from '../../core/model/error.ts'
import type { CheckLine } from '../../core/model/view.ts'
import { duration } from '../../core/model/words.ts'

/** Something that can be looked at. */
export interface Check {
  readonly name: string
  /** What to do when it fails in a way that nobody foresaw, or does not answer. */
  readonly fix: string
  /** Ten seconds unless given. */
  readonly deadlineMs?: number
  /** May throw; `signal` is aborted when its time is over. */
  readonly run: (signal: AbortSignal) => Promise<CheckLine | readonly CheckLine[]>
}

const DEADLINE_MS = 10_000

/** Runs a check within its deadline; never throws. */
export async function runCheck(check: Check, stop?: AbortSignal): Promise<readonly CheckLine[]> {
  const { name, fix, deadlineMs = DEADLINE_MS } = check
  const late = AbortSignal.timeout(deadlineMs)
  const signal = stop === undefined ? late : AbortSignal.any([late, stop])
  const gaveUp = new Promise<CheckLine>((resolve) => {
    const giveUp = (): void => {
      const stopped = stop?.aborted === true
      resolve(
        stopped ? skipped(name, 'the bot is stopping') : failed(name, `no answer within ${duration(deadlineMs)}`, fix),
      )
    }
    // What was aborted before anyone listened says so no more.
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp, { once: true })
  })
  try {
    const found = await Promise.race([check.run(signal), gaveUp])
    return isList(found) ? found : [found]
  } catch (error) {
    return [failed(name, messageOf(error), fix)]
  }
}

function isList(found: CheckLine | readonly CheckLine[]): found is readonly CheckLine[] {
  return Array.isArray(found)
}

export function ok(name: string, detail: string): CheckLine {
  return { name, state: 'ok', detail, fix: null }
}

export function warn(name: string, detail: string, fix: string): CheckLine {
  return { name, state: 'warn', detail, fix }
}

export function failed(name: string, detail: string, fix: string): CheckLine {
  return { name, state: 'failed', detail, fix }
}

export function skipped(name: string, detail: string): CheckLine {
  return { name, state: 'skipped', detail, fix: null }
}

/** `12 ms`, for what takes no time at all `1 ms`. */
export function took(ms: number): string {
  return duration(Math.max(1, ms))
}
