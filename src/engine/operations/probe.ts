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
    const code = (cause as { readonly code?: unknown }).code
    return {
      healthy: false,
      detail: WORDS[String(code)] ?? (isTimeout(error) ? 'did not answer in time' : messageOf(cause)),
    }
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was lost',
  EHOSTUNREACH: 'that address cannot be reached from here',
  ENETUNREACH: 'that address cannot be reached from here',
  UND_ERR_SOCKET: 'the connection was lost',
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}
