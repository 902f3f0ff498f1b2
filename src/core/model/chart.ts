/** One line of a chart. Times are epoch ms, in order; gaps (`null`) are not bridged. */
export interface ChartLine {
  readonly label: string
  readonly at: readonly number[]
  readonly value: readonly (number | null)[]
  /** Lowest and highest of what each value is the mean of; drawn as a band where a line stands alone. */
  readonly min?: readonly (number | null)[]
  readonly max?: readonly (number | null)[]
  /** Each value holds until the next: counts, not measurements. */
  readonly stepped?: boolean
  /** Its last value is the present one, as the card beside it says. */
  readonly present?: boolean
  /** Of all samples behind it, as the card beside it says; absent: of the values themselves. */
  readonly figures?: { readonly mean: number; readonly max: number; readonly maxAt: number } | null
}

/** One stat's lines on an axis of their own. */
export interface ChartPanel {
  readonly stat: string
  /** `fraction` axes run 0 to 100 % at least. */
  readonly unit: 'fraction' | 'number'
  /** One line each: the pool mean, or members. */
  readonly lines: readonly ChartLine[]
  readonly target: number | null
  /** The highest sample of all members, and whose it was; absent or null: one member, or it is not known. */
  readonly peak?: { readonly label: string; readonly at: number; readonly value: number } | null
}

/** What a chart shows; the renderer turns it into PNG bytes. Times are epoch ms. */
export interface ChartSpec extends ChartPanel {
  readonly title: string
  readonly subtitle: string
  /** IANA name of the zone whose clock the times are read on; absent: UTC. */
  readonly timeZone?: string
  readonly fromAt: number
  readonly toAt: number
  /** A second stat under the first, on the same time axis. */
  readonly below?: ChartPanel
  /** Members over time, drawn as steps in a strip below, and how many there may be; optional. */
  readonly counts: {
    readonly at: readonly number[]
    readonly value: readonly number[]
    readonly most?: number
  } | null
  /** Scale events, drawn as marked instants. */
  readonly events: readonly { readonly at: number; readonly label: string; readonly direction: 'out' | 'in' }[]
}

/** So many lines have a colour and a name: of more, the ones with the highest means. The rest is grey. */
export const MOST_NAMED = 8

export type ChartTheme = 'dark' | 'light'
