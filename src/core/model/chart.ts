/** What a chart shows; the renderer turns it into PNG bytes. Times are epoch ms. */
export interface ChartSpec {
  readonly title: string
  readonly subtitle: string
  readonly stat: string
  /** `fraction` axes run 0 to 100 % at least. */
  readonly unit: 'fraction' | 'number'
  readonly fromAt: number
  readonly toAt: number
  /** One line each: the pool mean, or members. Gaps (`null`) are not bridged. */
  readonly lines: readonly {
    readonly label: string
    readonly at: readonly number[]
    readonly value: readonly (number | null)[]
    /** Each value holds until the next: counts, not measurements. */
    readonly stepped?: boolean
  }[]
  /** Members in service over time, drawn as steps on a second axis; optional. */
  readonly counts: { readonly at: readonly number[]; readonly value: readonly number[] } | null
  readonly target: number | null
  /** Scale events, drawn as marked instants. */
  readonly events: readonly { readonly at: number; readonly label: string; readonly direction: 'out' | 'in' }[]
}

export type ChartTheme = 'dark' | 'light'
