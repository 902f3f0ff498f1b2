/** What still streams so long after its first byte is held open on purpose, ms. */
const STREAM_MS = 60_000

/**
 * Whether an answer that has ended counts among the times of whole answers: event streams never do, nor do others that
 * streamed for over a minute. `headers` are flat pairs; `streamedMs` is the time from its first byte to its last.
 */
export function isWhole(headers: readonly string[], streamedMs: number): boolean {
  if (streamedMs > STREAM_MS) return false
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!
    // By length first: this runs for every header of every answer.
    if (name.length !== 12 || name.toLowerCase() !== 'content-type') continue
    if (/^text\/event-stream\b/i.test(headers[index + 1]!)) return false
  }
  return true
}
