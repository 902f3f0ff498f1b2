import { parseLine } from '../../src/commands/dispatch/line.ts'
import { plain } from '../../src/chat/console/plain.ts'
import type { Read } from './read.ts'
import { verdict, type Verdict } from './verdict.ts'

const POOLS = ['web', 'api', 'worker'].map((name) => ({ id: name, name }))
/** Names of their own that pages use for pictures. */
const VISUALS = ['tag-bubbles']
/** Any day will do. */
const NOW = Date.UTC(2026, 10, 30, 12)

/** What people type into a chat, read by the grammar itself: each line of a `chat` fence, and each `/spinup …` in a text. */
export function chatLines({ fences, codes }: Read): readonly Verdict[] {
  const typed = fences
    .filter(({ language }) => language === 'chat')
    .flatMap(({ file, line, text }) =>
      text.split('\n').map((words, at) => ({ file, line: line + 1 + at, text: words.split(/ {3,}/)[0]!.trim() })),
    )
  const inline = codes.filter(({ text }) => text.startsWith('/spinup '))
  return (
    [...typed, ...inline]
      // `/spinup show … every mon 9:00` stands for many.
      .filter(({ text }) => text !== '' && !text.includes('…'))
      .map((piece) => verdict(piece, piece.text, misread(piece.text)))
  )
}

/** What the chat would answer to a line that it does not understand; null: it does. */
export function misread(line: string): string | null {
  // Names in capitals are the reader's own.
  const own = line.replaceAll(/\bN\b/g, '3').replaceAll(/\b[A-Z_]{2,}\b(?=$|[\s,])/g, (name) => name.toLowerCase())
  const parsed = parseLine(own, NOW, undefined, POOLS, VISUALS)
  return parsed.kind === 'request' ? null : plain({ ...parsed.view }, NOW).split('\n')[0]!
}
