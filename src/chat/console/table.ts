/** Rows as aligned columns, two spaces apart; columns in `right` (by index) are aligned right, as numbers are. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
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

function width(text: string): number {
  return [...text].length
}
