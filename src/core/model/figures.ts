/** A stat's numbers over a range; times are epoch ms. */
export interface Figures {
  /** Of all samples; of roll-ups, in which each counts for the time it stands for. */
  readonly mean: number
  /** The lowest and highest single sample. */
  readonly min: number
  readonly max: number
  readonly maxAt: number
  /** 95 % of the time it was no higher. */
  readonly p95: number
  /** How long the means that p95 is of are, at most, ms; null: it is of single samples. */
  readonly p95OfMs: number | null
}

/** What is known of a stretch of time: one sample, or many rolled up. */
export interface FigurePart {
  readonly fromAt: number
  readonly toAt: number
  readonly mean: number
  readonly min: number
  readonly max: number
  /** What it counts for in the mean. */
  readonly weight: number
}

/** The figures of stretches in order of time, which are single samples or roll-ups; null: there are none. */
export function figuresOf(parts: readonly FigurePart[], kind: 'samples' | 'rolled'): Figures | null {
  const [first] = parts
  if (first === undefined) return null
  let [sum, weight, min, widest] = [0, 0, first.min, 0]
  let top = first
  for (const part of parts) {
    sum += part.mean * part.weight
    weight += part.weight
    min = Math.min(min, part.min)
    widest = Math.max(widest, part.toAt - part.fromAt)
    if (part.max > top.max) top = part
  }
  return {
    mean: sum / weight,
    min,
    max: top.max,
    maxAt: kind === 'samples' ? top.toAt : (top.fromAt + top.toAt) / 2,
    p95: quantile(parts, 0.95),
    p95OfMs: kind === 'samples' ? null : widest,
  }
}

/** The least mean that no more than a share of the time lies above. */
function quantile(parts: readonly FigurePart[], share: number): number {
  const sorted = parts.toSorted((a, b) => a.mean - b.mean)
  const total = sorted.reduce((sum, { fromAt, toAt }) => sum + toAt - fromAt, 0)
  let passed = 0
  for (const { fromAt, toAt, mean } of sorted) {
    passed += toAt - fromAt
    // Shares of a total such as 0.95 × 20 come out a little above what they are.
    if (passed >= total * share * (1 - 1e-12)) return mean
  }
  return sorted.at(-1)?.mean ?? Number.NaN
}
