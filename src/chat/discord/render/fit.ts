import type { Part, Text } from './parts.ts'

/** Room for the line that tells how much was left out. */
const NOTICE = 24

/** A code block's own marks. */
const FENCE = '```\n\n```'.length

export interface Room {
  /** UTF-16 units of text, and text displays. */
  readonly characters: number
  readonly texts: number
}

/**
 * The parts with as much of their text as there is room for, the dearest first. A text that is cut ends with `… N more`;
 * when whole ones are left out the last line tells of how much.
 */
export function fit(parts: readonly Part[], room: Room): readonly Part[] {
  const texts = parts.filter((part) => part.kind === 'text')
  const kept = new Map<Text, Text>()
  // A line that says what is missing may be needed.
  let { characters } = room
  let displays = room.texts - 1
  let lost = 0
  characters -= NOTICE
  for (const part of texts.toSorted((one, other) => one.rank - other.rank)) {
    const fitting = displays > 0 ? cut(part, characters) : null
    if (fitting === null) {
      lost += part.lines.length
      continue
    }
    kept.set(part, fitting)
    displays--
    characters -= size(fitting)
  }
  const rest: Part[] = lost === 0 ? [] : [{ kind: 'text', rank: 0, lines: [`-# ${more(lost)}`], fence: false }]
  const fitted = parts.flatMap((part): readonly Part[] => {
    if (part.kind !== 'text') return [part]
    const text = kept.get(part)
    return text === undefined ? [] : [text]
  })
  // Before the buttons, where the eye comes by.
  const end = fitted.findLastIndex(({ kind }) => kind === 'text' || kind === 'chart') + 1
  return [...fitted.slice(0, end), ...rest, ...fitted.slice(end)]
}

/** Characters that the text takes when it is shown. */
export function size(text: Text): number {
  return text.lines.join('\n').length + (text.fence ? FENCE : 0)
}

/** As many of its lines as fit, with a line that tells of the others; null when not one does. */
function cut(text: Text, characters: number): Text | null {
  if (size(text) <= characters) return text
  let room = characters - NOTICE - (text.fence ? FENCE : 0)
  let count = 0
  for (const line of text.lines) {
    room -= line.length + 1
    if (room < 0) break
    count++
  }
  if (count === 0) return null
  const left = more(text.lines.length - count)
  return { ...text, lines: [...text.lines.slice(0, count), text.fence ? left : `-# ${left}`] }
}

function more(lines: number): string {
  return `… ${lines} more`
}
