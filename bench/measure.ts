/** The middle of the numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/**
 * Median duration of each contender in ms. They take turns, round by round, so that whatever else the machine does hits
 * all alike; a fifth of the rounds go first as a warm-up that is not counted.
 */
export async function compare<K extends string>(
  rounds: number,
  contenders: Readonly<Record<K, (round: number) => unknown>>,
): Promise<Readonly<Record<K, number>>> {
  const names = Object.keys(contenders) as K[]
  const taken = new Map<K, number[]>(names.map((name) => [name, []]))
  const warmUp = Math.ceil(rounds / 5)
  for (let round = 0; round < rounds + warmUp; round += 1) {
    for (const name of names) {
      const startedAt = performance.now()
      await contenders[name](round)
      if (round >= warmUp) taken.get(name)?.push(performance.now() - startedAt)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(taken.get(name) ?? [])])) as Record<K, number>
}

/** Prints one line: a label, then cells in columns. */
export function line(label: string, ...cells: readonly string[]): void {
  process.stdout.write(`${label.padEnd(46)}${cells.map((cell) => cell.padStart(16)).join('')}\n`)
}
