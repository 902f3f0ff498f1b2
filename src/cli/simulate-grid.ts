/** Cells, the first of which names the rest; `best`: the cell to be marked, where there is one. */
export interface Row {
  readonly cells: readonly string[]
  readonly best?: readonly number[]
}

const GAP = 2

/** Columns as wide as their widest cell, the first to the left; null: a rule. */
export function grid(rows: readonly (Row | null)[]): string {
  const widths: number[] = []
  for (const row of rows) {
    row?.cells.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)))
  }
  const full = widths.reduce((sum, width) => sum + width + GAP, -GAP)
  return rows
    .map((row) => {
      if (row === null) return '─'.repeat(full)
      const cells = row.cells.map((cell, index) =>
        index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!),
      )
      return cells.join(' '.repeat(GAP)).trimEnd()
    })
    .join('\n')
}

/** The same in Markdown, the best cells bold; the first row is the head, and rules are left out. */
export function markdown(rows: readonly (Row | null)[]): string {
  const [head, ...rest] = rows
    .filter((row) => row !== null)
    .map(({ cells, best = [] }) => {
      const shown = cells.map((cell, index) => (best.includes(index) ? `**${cell.trim()}**` : cell.trim()))
      return `| ${shown.join(' | ')} |`
    })
  const columns = rows[0]?.cells.length ?? 0
  return [head, `| --- |${' ---: |'.repeat(columns - 1)}`, ...rest].join('\n')
}
