import { parseDuration } from '../../core/model/words.ts'
import { BadWords } from './bad-words.ts'
import { DAY_MS, durationAt, likely } from './time.ts'

const LAST = /^(last|past|previous)$/i
const LEADING = /^(for|over|in|since|within|during|the|of)$/i

/**
 * How far back, wherever it stands: `last 2 hours`, `over the past week`, `2h`; the longest is `mostMs`. `rest` is what is
 * left. Throws `BadWords`; `like` is the whole line that would be right with that range.
 */
export function readRange(
  words: readonly string[],
  mostMs: number,
  like: (range: string, rest: readonly string[]) => string,
): { readonly rangeMs: number | null; readonly rest: readonly string[] } {
  for (const [at, word] of words.entries()) {
    const asked = LAST.test(word)
    const next = words.slice(asked ? at + 1 : at)
    const span = durationAt(next) ?? (asked ? oneOf(next[0] ?? '') : null)
    if (!asked && span === null) continue
    let from = at
    while (from > 0 && LEADING.test(words[from - 1]!)) from--
    const before = words.slice(0, from)
    if (span === null) {
      const rest = [...before, ...next.slice(1)]
      throw new BadWords(
        `“${next[0] ?? ''}” is not a duration.`,
        like(next[0] === undefined ? '2h' : likelyRange(next[0]), rest),
      )
    }
    const rest = [...before, ...next.slice(span.length)]
    if (span.ms <= 0) throw new BadWords('That is too short.', like('2h', rest))
    if (span.ms > mostMs)
      throw new BadWords(`That is too long: at most ${mostMs / DAY_MS} days.`, like(`${mostMs / DAY_MS}d`, rest))
    return { rangeMs: Math.round(span.ms), rest }
  }
  return { rangeMs: null, rest: words }
}

/** `last hour`. */
function oneOf(word: string): { readonly ms: number; readonly length: number } | null {
  const ms = /^[a-z]+$/i.test(word) ? parseDuration(`1 ${word}`) : null
  return ms === null ? null : { ms, length: 1 }
}

function likelyRange(word: string): string {
  return /^\d/.test(word) ? likely(word) : '2h'
}
