import uPlot from 'uplot'

/** One line; `at` in order, null where there is a gap. */
export interface Drawn {
  readonly at: readonly number[]
  readonly value: readonly (number | null)[]
  readonly colour: string
  readonly width: number
  readonly dashed?: boolean
  readonly stepped?: boolean
  /** Shown less than the rest. */
  readonly faint?: boolean
  /** Written above its highest value. */
  readonly label?: string
  /** Whose it is; absent: all members'. */
  readonly member?: string
}

/** Everything on one chart. The band lies between two lists of the first line's instants. */
export interface Drawing {
  readonly lines: readonly Drawn[]
  readonly band: {
    readonly min: readonly (number | null)[]
    readonly max: readonly (number | null)[]
    readonly colour: string
  } | null
  readonly target: { readonly value: number; readonly colour: string } | null
  readonly marks: readonly { readonly at: number; readonly colour: string }[]
}
/** All lines over the same instants: where one has none it goes straight on, where it has a gap it ends. */
export function aligned({ lines, band }: Drawing): uPlot.AlignedData {
  const [first] = lines
  const tables = lines.map(({ at, value }) => [at, value] as const)
  const rows =
    band === null || first === undefined ? [] : [band.max, band.min].map((value) => [first.at, value] as const)
  const all = [...rows, ...tables]
  const same = all.every(([at]) => at === all[0]?.[0] || sameTimes(at, all[0]?.[0] ?? []))
  // Lists of numbers, though their types allow that nobody writes to them.
  if (same) return [all[0]?.[0] ?? [], ...all.map(([, value]) => value)] as unknown as uPlot.AlignedData
  return uPlot.join(
    all as unknown as uPlot.AlignedData[],
    all.map(() => [0, 2]),
  )
}

function sameTimes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a[0] === b[0] && a.at(-1) === b.at(-1) && a.every((at, index) => at === b[index])
}
