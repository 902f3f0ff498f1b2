/**
 * Whether `version` is older than `than`, by their numbers (`1.2.3`; what follows them does not count). Null, or what is
 * no version, is older than any.
 */
export function isOlder(version: string | null, than: string): boolean {
  const mine = numbersOf(version ?? '')
  const theirs = numbersOf(than)
  if (mine === null || theirs === null) return theirs !== null
  for (let index = 0; index < Math.max(mine.length, theirs.length); index++) {
    const difference = (mine[index] ?? 0) - (theirs[index] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

function numbersOf(text: string): readonly number[] | null {
  const numbers = /^\d+(?:\.\d+)*/.exec(text)?.[0]
  return numbers === undefined ? null : numbers.split('.').map(Number)
}
