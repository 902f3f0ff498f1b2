import { paletteOf } from '../../charts/palette.ts'
import { zoneOf } from '../../core/model/time-zone.ts'
import { shortNames } from '../../charts/text.ts'
import { valueLabel } from '../../charts/value-axis.ts'
import {
  dollars,
  duration,
  percent,
  plainNumber,
  plural,
  statTitle,
  statValue,
  unitOf,
} from '../../core/model/words.ts'
import type { Box, Clock, Kit, Library, Picture } from '../../core/visual/visual.ts'
import type { FontMetrics } from '../font.ts'
import { createAxes, scales } from './axes.ts'
import { createRuler } from './text.ts'

/** How large and in which colours it is drawn; px. */
export interface Canvas {
  readonly theme: 'dark' | 'light'
  readonly width: number
  readonly height: number
}

const NARROW = 420
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAY_MS = 86_400_000

/** What a visualisation is handed to draw with. */
export function createKit(
  { theme, width, height }: Canvas,
  timeZone: string,
  metrics: FontMetrics,
  libraries: Readonly<Record<string, Library>>,
): Kit {
  const colours = paletteOf(theme)
  const narrow = width < NARROW
  const textSize = narrow ? 12 : 13.5
  const ruler = createRuler(metrics)
  const clock = createClock(timeZone)
  const axes = createAxes(colours, textSize, ruler, clock)
  let seed = 20_150_101
  return {
    theme,
    width,
    height,
    narrow,
    textSize,
    colours,
    libraries,
    scales,
    ...ruler,
    names: (names, width, size) => shortNames(names, width, (text) => ruler.measure(text, size)),
    random: () => {
      // mulberry32
      seed = (seed + 0x6d2b79f5) | 0
      let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
    },
    frame: (title, subtitle = '') => {
      const edge = narrow ? 12 : 16
      const size = textSize * 1.2
      const first = edge + size * 0.8
      const marks: Picture = [
        ['rect', { width, height, fill: colours.background }],
        [
          'text',
          { x: edge, y: first, 'font-size': size, 'font-weight': 700, fill: colours.text },
          ruler.fit(title, width - 2 * edge, size, 700),
        ],
        subtitle === ''
          ? null
          : [
              'text',
              { x: edge, y: first + textSize * 1.45, 'font-size': textSize, fill: colours.textSoft },
              ruler.fit(subtitle, width - 2 * edge, textSize),
            ],
      ]
      const top = first + textSize * (subtitle === '' ? 0.8 : 2.3)
      const box: Box = { left: edge, top, width: width - 2 * edge, height: height - edge - top }
      return { marks, box }
    },
    valueAxis: (box, scale, format = (value) => valueLabel(value, 'number'), ticks) =>
      axes.value(box, scale, format, ticks),
    timeAxis: axes.time,
    shade: (share, colour = colours.lines[0] ?? colours.text) =>
      mixed(colours.grid, colour, Math.min(1, Math.max(0, share))),
    onShade: (share) => (share > 0.55 ? (theme === 'dark' ? '#0b0f18' : '#ffffff') : colours.text),
    words: {
      percent,
      number: plainNumber,
      dollars,
      duration,
      plural,
      value: statValue,
      short: (stat, value) => valueLabel(value, unitOf(stat)),
      stat: statTitle,
    },
    clock,
  }
}

/** `from` to `to`, both `#rrggbb`, by a share of 0 to 1. */
function mixed(from: string, to: string, share: number): string {
  const part = (colour: string, index: number): number =>
    Number.parseInt(colour.slice(1 + 2 * index, 3 + 2 * index), 16)
  const parts = [0, 1, 2].map((index) => Math.round(part(from, index) + (part(to, index) - part(from, index)) * share))
  return `#${parts.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

function createClock(timeZone: string): (at: number) => Clock {
  const zone = zoneOf(timeZone)
  // Asking for an offset costs more than all else, and it changes on the hour at most.
  const offsets = new Map<number, number>()
  const offsetMs = (at: number): number => {
    const hour = Math.floor(at / 900_000)
    const known = offsets.get(hour)
    if (known !== undefined) return known
    const found = zone.offsetMs(at)
    offsets.set(hour, found)
    return found
  }
  const two = (value: number): string => String(value).padStart(2, '0')
  return (at) => {
    const wall = new Date(at + offsetMs(at))
    const day = Math.floor(wall.getTime() / DAY_MS) * DAY_MS
    const midnight = day - offsetMs(day - offsetMs(at))
    return {
      year: wall.getUTCFullYear(),
      month: wall.getUTCMonth(),
      day: wall.getUTCDate(),
      weekday: (wall.getUTCDay() + 6) % 7,
      hour: wall.getUTCHours(),
      minute: wall.getUTCMinutes(),
      midnight,
      date: `${wall.getUTCDate()} ${MONTHS[wall.getUTCMonth()] ?? ''}`,
      time: `${two(wall.getUTCHours())}:${two(wall.getUTCMinutes())}`,
    }
  }
}
