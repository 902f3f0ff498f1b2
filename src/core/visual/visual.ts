/** A module that draws: `export default { … } satisfies Visual`. It runs in a sandbox, on its own team's data alone. */
export interface Visual {
  readonly title: string
  /** One line for the list of names. */
  readonly summary?: string
  readonly needs: VisualNeeds
  /** px of a picture that is 540 wide; 360 unless given, 600 at most. */
  readonly height?: number
  /** Libraries it uses, from the allow-list; each is then in `kit.libraries` under its name. */
  readonly libraries?: readonly LibraryName[]
  /** What may be asked for by name, with what holds where nothing is. */
  readonly options?: VisualOptions
  /** SVG as text, or marks. */
  draw(data: VisualData, options: VisualOptions, kit: Kit): string | Picture | Promise<string | Picture>
  /** The picture in words, for those who cannot see it; made from the data where it is absent. */
  describe?(data: VisualData, options: VisualOptions, kit: Kit): string
}

export type VisualOptions = Readonly<Record<string, string | number | boolean>>

/** Which data it is given. Names that somebody asks for (`of NAME`) take the place of those here. */
export interface VisualNeeds {
  /** Numbers over time, by the name they are reported under. */
  readonly stats?: readonly string[]
  /** Tags and texts, by the name they are reported under. */
  readonly tags?: readonly string[]
  /** How far back unless something else is asked for: `1h`, `7d`. */
  readonly range?: string
  /** Most points of a series, at most 1,000; 300 unless given. */
  readonly points?: number
  /** A series of each member beside the pool's. */
  readonly byMember?: boolean
}

/** Libraries that may be named. */
export const LIBRARIES = ['d3-scale', 'd3-shape', 'd3-hierarchy', 'd3-force', 'd3-cloud', 'simple-statistics'] as const
export type LibraryName = (typeof LIBRARIES)[number]

/** One pool's data over a range; instants are epoch ms. */
export interface VisualData {
  readonly pool: string
  /** IANA name of the team's zone. */
  readonly timeZone: string
  readonly fromAt: number
  readonly toAt: number
  readonly series: readonly VisualSeries[]
  /** Counts per tag, and per value of a text. */
  readonly tags: readonly TagCounts[]
  /** How many members there were, where it changes; `most` may be. */
  readonly members: { readonly at: readonly number[]; readonly value: readonly number[]; readonly most: number }
  /** Scale events, oldest first. */
  readonly events: readonly VisualEvent[]
  /** US dollars per day of the team's zone, oldest first; `at` is its midnight. */
  readonly cost: readonly { readonly at: number; readonly dollars: number }[]
}

export interface VisualSeries {
  readonly stat: string
  /** A fraction is from 0 to 1. */
  readonly unit: 'fraction' | 'number'
  /** null: of the pool. */
  readonly member: string | null
  readonly at: readonly number[]
  /** Means; null where nothing was reported. */
  readonly value: readonly (number | null)[]
  readonly min: readonly (number | null)[]
  readonly max: readonly (number | null)[]
}

export interface TagCounts {
  readonly name: string
  /** Most frequent first. */
  readonly counts: readonly { readonly text: string; readonly count: number }[]
  /** How many were of none of these. */
  readonly other: number
}

export interface VisualEvent {
  readonly at: number
  readonly endedAt: number | null
  readonly direction: 'out' | 'in'
  readonly from: number
  readonly to: number
  readonly reason: string
}

/** An SVG element: name, attributes, and its text or what is in it. Null is left out. */
export type Mark = readonly [
  name: string,
  attributes: Readonly<Record<string, string | number | null | undefined>>,
  inside?: string | Picture,
]
export type Picture = readonly (Mark | null)[]

/** The colours of a theme, `#rrggbb`. */
export interface Colours {
  readonly background: string
  readonly text: string
  readonly textSoft: string
  readonly textFaint: string
  readonly grid: string
  readonly axis: string
  readonly good: string
  readonly target: string
  /** Eight hues that differ for any colour vision. */
  readonly lines: readonly string[]
  readonly rest: string
}

/** Where something is drawn, px. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** What a visualisation draws with. Sizes are px of a picture of `width` × `height`. */
export interface Kit {
  readonly theme: 'dark' | 'light'
  readonly width: number
  readonly height: number
  /** A phone's width: fewer words, larger parts. */
  readonly narrow: boolean
  /** Of ordinary text. */
  readonly textSize: number
  readonly colours: Colours
  /** The libraries that were named. */
  readonly libraries: Readonly<Record<string, Library>>
  /** Width of a text in the shipped font; `weight` 400 or 700. */
  measure(text: string, size: number, weight?: number): number
  /** The text, cut with an ellipsis where it is wider. */
  fit(text: string, width: number, size: number, weight?: number): string
  /** Names for that width, cut in the middle or wherever they do not read alike. */
  names(names: readonly string[], width: number, size: number): readonly string[]
  /** A place to measure and lay words out for d3-cloud: `cloud().canvas(kit.canvas)`. */
  canvas(): unknown
  /** The same each time the same thing is drawn, 0 ≤ x < 1. */
  random(): number
  /** Background, title, and the box that is left for the picture. */
  frame(title: string, subtitle?: string): { readonly marks: Picture; readonly box: Box }
  readonly scales: Scales
  /** Grid lines and labels for values, left of the box; `ticks`: about so many. */
  valueAxis(box: Box, scale: NumberScale, format?: (value: number) => string, ticks?: number): Picture
  /** Labels of time below the box, by the team's clock. */
  timeAxis(box: Box, fromAt: number, toAt: number): Picture
  /** A colour between two for 0 to 1: how much of something there is, from the background on. */
  shade(share: number, colour?: string): string
  /** A text colour that reads on such a shade. */
  onShade(share: number): string
  readonly words: {
    percent(fraction: number): string
    number(value: number): string
    dollars(amount: number): string
    duration(ms: number): string
    /** `1 member`, `2 members`. */
    plural(size: number, noun: string): string
    /** A value as its stat is read. */
    value(stat: string, value: number): string
    /** The same for an axis: `1.2k`, `3M`. */
    short(stat: string, value: number): string
    /** What a stat is called in a sentence. */
    stat(name: string): string
  }
  /** An instant by the team's clock; `weekday` 0 is Monday, `month` 0 January, `midnight` epoch ms. */
  clock(at: number): Clock
}

export interface Clock {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly weekday: number
  readonly hour: number
  readonly minute: number
  readonly midnight: number
  /** `3 Nov`. */
  readonly date: string
  /** `14:05`. */
  readonly time: string
}

/** A number to px, and the round values to label it at. */
export interface NumberScale {
  (value: number): number
  ticks(count?: number): number[]
}

export interface Scales {
  /** `domain` is widened to round values unless `exact`. */
  linear(domain: readonly [number, number], range: readonly [number, number], exact?: 'exact'): NumberScale
  /** Equal steps for names; `padding` is the share between them. */
  band(
    names: readonly string[],
    range: readonly [number, number],
    padding?: number,
  ): { (name: string): number; readonly width: number }
  time(fromAt: number, toAt: number, range: readonly [number, number]): (at: number) => number
}

/** A library is whatever it exports. */
export type Library = Readonly<Record<string, unknown>>
