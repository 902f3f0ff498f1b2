import { capital } from '../../core/model/words.ts'
import type { Reading } from '../command.ts'
import { BadWords } from './bad-words.ts'
import { readRange } from './range.ts'
import { stretchIn } from './stretch.ts'
import { saysTime } from './time.ts'

/** `rangeMs` null: none is said; `toAt` (epoch ms) null: it ends now. `rest`: the other words. */
export interface Past {
  readonly rangeMs: number | null
  readonly toAt: number | null
  readonly rest: readonly string[]
}

const MOST_WORDS = 8
/** Behind this word of a line nobody says when. */
const LATEST = 40
const HOUR_MS = 3_600_000

/**
 * Which past is meant, wherever it is said: `last 2h`, `today`, `since 9:00`, `yesterday 14:00-15:00`; at most `mostMs` of it.
 * Throws `BadWords`; `like` is the whole line that would be right with that length up to now.
 */
export function readPast(
  words: readonly string[],
  { now, zone }: Pick<Reading, 'now' | 'zone'>,
  mostMs: number,
  like: (range: string, rest: readonly string[]) => string,
): Past {
  for (let at = 0; at < Math.min(words.length, LATEST); at++) {
    // `of sun` is somebody’s name, and `20 today` a count.
    const [word = '', next = ''] = words.slice(at)
    if (/^(of|by)$/i.test(words[at - 1] ?? '') || /^(of|by)$/i.test(word)) continue
    if (/^\d+$/.test(word) && /^(|today|this|yesterday|since|on|from)$/i.test(next)) continue
    for (let length = Math.min(MOST_WORDS, words.length - at); length > 0; length--) {
      const text = words.slice(at, at + length).join(' ')
      if (!saysTime(text)) continue
      const rest = [...words.slice(0, at), ...words.slice(at + length)]
      const found = stretchOf(text, (range) => like(range, rest))
      if (found === null) continue
      return { rangeMs: found.toAt - found.fromAt, toAt: found.live ? null : found.toAt, rest }
    }
  }
  return { ...readRange(words, mostMs, like), toAt: null }

  function stretchOf(text: string, right: (range: string) => string): ReturnType<typeof stretchIn> {
    try {
      return stretchIn(text, { now, zone, mostMs })
    } catch (error) {
      if (error instanceof BadWords) throw new BadWords(error.message, right('2h'))
      throw error
    }
  }
}

/** The same where it has to end now; of what has ended, the refusal suggests to go back as far. */
export function readUntilNow(
  words: readonly string[],
  at: Pick<Reading, 'now' | 'zone'>,
  mostMs: number,
  like: (range: string, rest: readonly string[]) => string,
): { readonly rangeMs: number | null; readonly rest: readonly string[] } {
  const { rangeMs, toAt, rest } = readPast(words, at, mostMs, like)
  if (toAt === null || rangeMs === null) return { rangeMs, rest }
  const said = capital(words.filter((word) => !rest.includes(word)).join(' '))
  const hours = Math.ceil((at.now - toAt + rangeMs) / HOUR_MS)
  throw new BadWords(`${said} has ended; this goes up to now.`, like(`${hours}h`, rest))
}
