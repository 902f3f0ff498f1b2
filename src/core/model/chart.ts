import { clockMinutes, clockSeconds, day, isSameDay, UTC, wall, zoneOf, type TimeZone } from './time-zone.ts'
import { percent, plainNumber, plural, statName } from './words.ts'
import { visible } from './clean.ts'
import { clip } from './letters.ts'

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

const MINUTE = 60_000
const DAY = 86_400_000
const LINES_LISTED = 6
const EVENTS_LISTED = 6

/** What a chart shows, with its numbers in words: the alt text of the picture, and all there is where none can be seen. */
export function describeChart(spec: ChartSpec): string {
  const zone = zoneOf(spec.timeZone)
  const when = (at: number): string => instantWords(at, spec, zone)
  const parts =
    spec.below === undefined
      ? panelWords(spec, when)
      : [spec, spec.below].flatMap((panel) => {
          const [first, ...rest] = panelWords(panel, when)
          return [`${statName(tidy(panel.stat))} ${first ?? ''}`, ...rest]
        })
  const counts = countWords(spec.counts)
  if (counts !== null) parts.push(counts)
  if (spec.events.length > 0) {
    const events = spec.events.map((event) => `${signed(tidy(event.label))} at ${when(event.at)}`)
    parts.push(`${plural(spec.events.length, 'scale event')}: ${listed(events, EVENTS_LISTED)}`)
  }
  return `${tidy(spec.title)}, ${rangeWords(spec.fromAt, spec.toAt, zone)}: ${parts.join('; ')}.`
}

function panelWords({ unit, lines: drawn, target, peak }: ChartPanel, when: (at: number) => string): string[] {
  const value = (number: number): string => (unit === 'fraction' ? percent(number) : plainNumber(number))
  const lines = drawn.map((line, index) => ({ label: tidy(line.label) || `line ${index + 1}`, facts: factsOf(line) }))
  const known = lines.filter((line) => line.facts !== null)
  const parts: string[] = []
  if (known.length === 0) parts.push('no samples in this range')
  for (const { label, facts } of known.slice(0, LINES_LISTED)) {
    if (facts === null) continue
    const last = facts.present ? `now ${value(facts.last)}` : `last ${value(facts.last)} at ${when(facts.lastAt)}`
    const numbers = `${last}, mean ${value(facts.mean)}, highest ${value(facts.highest)} at ${when(facts.highestAt)}`
    parts.push(lines.length === 1 ? numbers : `${label} ${numbers}`)
  }
  if (known.length > LINES_LISTED) parts.push(`${known.length - LINES_LISTED} more lines`)
  const silent = lines.filter((line) => line.facts === null).map((line) => line.label)
  if (known.length > 0 && silent.length > 0) parts.push(`no samples of ${listed(silent, LINES_LISTED)}`)
  if (peak != null) parts.push(`hottest ${tidy(peak.label)}, ${value(peak.value)} at ${when(peak.at)}`)
  if (target !== null) parts.push(`target ${value(target)}`)
  return parts
}

/** `22 Nov 2026, 14:00–14:30 UTC`: a range as the chart's subtitle shows it; `short` leaves the date out where it can. */
export function rangeLabel(fromAt: number, toAt: number, short = false, zone: TimeZone = UTC): string {
  const [fromDay, toDay] = [day(fromAt, zone), day(toAt, zone)]
  const [fromYear, toYear] = [year(fromAt, zone), year(toAt, zone)]
  const name = zoneName(fromAt, toAt, zone)
  const clock = toAt - fromAt < 5 * MINUTE ? clockSeconds : clockMinutes
  if (isSameDay(fromAt, toAt, zone)) {
    const range = `${clock(fromAt, zone)}–${clock(toAt, zone)} ${name}`
    return short ? range : `${fromDay} ${fromYear}, ${range}`
  }
  if (toAt - fromAt < 2 * DAY) return `${fromDay}, ${clock(fromAt, zone)} – ${toDay}, ${clock(toAt, zone)} ${name}`
  const from = fromYear === toYear ? fromDay : `${fromDay} ${fromYear}`
  return `${from} – ${toDay} ${toYear} ${name}`
}

/** `14:00 to 14:30 UTC`, with dates when the range spans days; times are epoch ms. */
function rangeWords(fromAt: number, toAt: number, zone: TimeZone = UTC): string {
  const range = { fromAt, toAt }
  return `${instantWords(fromAt, range, zone)} to ${instantWords(toAt, range, zone)} ${zoneName(fromAt, toAt, zone)}`
}

/** `CET`; both names where the clocks are set in between: `CEST/CET`. */
function zoneName(fromAt: number, toAt: number, zone: TimeZone): string {
  return [...new Set([zone.nameAt(fromAt), zone.nameAt(toAt)])].join('/')
}

/** An instant in as much detail as its range needs: `14:12`, `14:12:05` or `22 Nov 14:12`. */
function instantWords(
  at: number,
  range: { readonly fromAt: number; readonly toAt: number },
  zone: TimeZone = UTC,
): string {
  const clock = range.toAt - range.fromAt < 5 * MINUTE ? clockSeconds(at, zone) : clockMinutes(at, zone)
  return isSameDay(range.fromAt, range.toAt, zone) ? clock : `${day(at, zone)} ${clock}`
}

function year(at: number, zone: TimeZone): string {
  return String(wall(at, zone).getUTCFullYear())
}

/** A hyphen before a count as the minus sign it means, as wide as the plus of `+2`. */
export function signed(label: string): string {
  return label.replace(/^-(?=\d)/, '−')
}

interface Facts {
  readonly last: number
  readonly lastAt: number
  /** The last value may be called the present one. */
  readonly present: boolean
  readonly mean: number
  readonly highest: number
  readonly highestAt: number
}

function factsOf({ at: instants, value: values, present = false, figures }: ChartLine): Facts | null {
  const known: { readonly at: number; readonly value: number }[] = []
  for (const [index, value] of values.entries()) {
    const at = instants[index]
    if (at === undefined || value === null || !Number.isFinite(value)) continue
    known.push({ at, value })
  }
  const last = known.at(-1)
  if (last === undefined) return null
  const highest = known.reduce((most, one) => (one.value > most.value ? one : most))
  return {
    last: last.value,
    lastAt: last.at,
    present,
    mean: figures?.mean ?? known.reduce((sum, { value }) => sum + value, 0) / known.length,
    highest: figures?.max ?? highest.value,
    highestAt: figures?.maxAt ?? highest.at,
  }
}

function countWords(counts: ChartSpec['counts']): string | null {
  const values = counts?.value.filter((value) => Number.isFinite(value)) ?? []
  const last = values.at(-1)
  if (last === undefined) return null
  const low = values.reduce((a, b) => Math.min(a, b))
  const high = values.reduce((a, b) => Math.max(a, b))
  return low === high ? plural(last, 'member') : `${low} to ${high} members, ${last} at the end`
}

function listed(words: readonly string[], most: number): string {
  const rest = words.length - most
  return rest > 0 ? `${words.slice(0, most).join(', ')} and ${rest} more` : words.join(', ')
}

/** One line of at most 120 characters, whatever a member or stat was called. */
function tidy(text: string): string {
  return clip(visible(text, ' ').replaceAll(/\s+/g, ' ').trim(), 120)
}
