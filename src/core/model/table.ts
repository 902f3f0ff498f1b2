import { letters } from './letters.ts'

/**
 * Rows as aligned columns, two spaces apart; columns in `right` (by index) are aligned right, as numbers are. A cell is
 * one line, whatever is in it: nobody's name makes a row of its own.
 */
export function table(cells: readonly (readonly string[])[], right: readonly number[] = []): string {
  const rows = cells.map((row) => row.map((cell) => cell.replaceAll(/\s*\n\s*/g, ' ')))
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => width(row[column] ?? ''))),
  )
  return rows
    .map((row) =>
      widths
        .map((wide, column) => {
          const cell = row[column] ?? ''
          const space = ' '.repeat(wide - width(cell))
          return right.includes(column) ? space + cell : cell + space
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** `text` with every line moved in by two spaces. */
export function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ')
}

// Han, Kana, Hangul, full-width forms and emoji take two columns of a monospace font; what is not seen takes none.
const WIDE =
  /\p{Emoji_Presentation}|\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{1F300}-\u{1FAFF}]|[\u{20000}-\u{3FFFD}]/u
const NONE = /^[\p{Mn}\p{Me}\p{Cf}]+$/u

/** Columns that `text` takes in a monospace font. */
function width(text: string): number {
  let columns = 0
  for (const letter of letters(text)) columns += NONE.test(letter) ? 0 : WIDE.test(letter) ? 2 : 1
  return columns
}
