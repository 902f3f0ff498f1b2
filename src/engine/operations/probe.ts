import { messageOf } from '../../core/model/error.ts'

const DEADLINE_MS = 5000

/** Asks a member's health path; healthy is any 2xx answer within `deadlineMs`, five seconds unless given. */
export async function probe(
  url: string,
  deadlineMs = DEADLINE_MS,
): Promise<{ readonly healthy: boolean; readonly detail: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(deadlineMs), redirect: 'manual' })
    await response.body?.cancel()
    return { healthy: response.ok, detail: `answered ${response.status}` }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return { healthy: false, detail: messageOf(cause) }
  }
}
