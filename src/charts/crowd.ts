/** A value of a line at an instant, epoch ms; null: a gap. */
export interface ReadablePoint {
  readonly at: number
  readonly value: number | null
}

/** More lines than this are a crowd: thin, of one colour, with their mean drawn over them. */
export const MOST_HUES = 8

const MOST_INSTANTS = 600

/**
 * The mean of lines (in order of time) at the instants any of them has, thinned to about 600. A line counts between two
 * known values of its own only, so one that has gone or is silent does not pull the mean.
 */
export function meanOf(lines: readonly (readonly ReadablePoint[])[]): readonly ReadablePoint[] {
  const instants = [...new Set(lines.flatMap((points) => points.map(({ at }) => at)))].toSorted((a, b) => a - b)
  const stride = Math.ceil(instants.length / MOST_INSTANTS)
  const walkers = lines.map(walk)
  return instants
    .filter((_, index) => index % stride === 0 || index === instants.length - 1)
    .map((at) => {
      const values = walkers.map((valueAt) => valueAt(at)).filter((value) => value !== null)
      const value = values.length === 0 ? null : values.reduce((sum, one) => sum + one / values.length, 0)
      return { at, value }
    })
}

/** A line's value at one instant after another; null outside it and in its gaps. */
function walk(points: readonly ReadablePoint[]): (at: number) => number | null {
  let index = 0
  return (at) => {
    while ((points[index + 1]?.at ?? Infinity) <= at) index += 1
    const [before, after] = [points[index], points[index + 1]]
    if (before === undefined || before.value === null || before.at > at) return null
    if (before.at === at) return before.value
    if (after === undefined || after.value === null) return null
    return before.value + ((after.value - before.value) * (at - before.at)) / (after.at - before.at)
  }
}
