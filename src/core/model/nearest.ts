/** The candidate nearest to `word`, if it is near enough to be meant. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const lower = word.toLowerCase()
  let best: string | null = null
  let least = Math.max(1, Math.ceil(lower.length / 2.5)) + 0.5
  for (const candidate of candidates) {
    // So many letters have to be put in or left out at least; also, a word of any length costs no time.
    if (Math.abs(candidate.length - lower.length) >= least && !candidate.startsWith(lower)) continue
    const cost = candidate.startsWith(lower) ? 0.25 : distance(lower, candidate)
    if (cost < least) {
      least = cost
      best = candidate
    }
  }
  return best
}

/** ` Did you mean web-2?`, for the end of a sentence; empty when nothing is near. */
export function didYouMean(word: string, names: readonly string[]): string {
  const near = nearest(word, names)
  return near === null ? '' : ` Did you mean ${near}?`
}

/** Edit distance in which two swapped letters count once; for words of a line, not for pages. */
export function distance(a: string, b: string): number {
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) => [i])
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, rows[i - 2]![j - 2]! + 1)
      rows[i]![j] = cost
    }
  }
  return rows[a.length]![b.length]!
}
