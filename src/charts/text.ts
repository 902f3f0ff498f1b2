import { drawable } from './glyphs.ts'
import { letters } from '../core/model/letters.ts'

/** The bundled font's files, one family per part of the alphabet: under one name, the canvas would pick a single file. */
export const FONT_PARTS: readonly { readonly family: string; readonly subset: string }[] = [
  { family: 'Inter', subset: 'latin' },
  { family: 'Inter Ext', subset: 'latin-ext' },
  { family: 'Inter Cyrillic', subset: 'cyrillic' },
  { family: 'Inter Greek', subset: 'greek' },
  { family: 'Inter Vietnamese', subset: 'vietnamese' },
  { family: 'Inter Cyrillic Ext', subset: 'cyrillic-ext' },
  { family: 'Inter Greek Ext', subset: 'greek-ext' },
]

/** The CSS `font-family` of all text in charts. */
export const FONT_FAMILY = [...FONT_PARTS.map(({ family }) => family), 'sans-serif'].join(', ')

/** Sizes of a chart's text, CSS pixels. In a chart of the usual size it is 9 px high where that is shown 360 px wide. */
export interface TextSizes {
  readonly text: number
  readonly title: number
}

export function textSizes(width: number): TextSizes {
  const text = Math.min(13.5, Math.max(9, width / 40))
  return { text, title: text * 1.25 }
}

/** Width of `text` in CSS pixels at a size and weight of the chart's font. */
export type Measure = (text: string, size: number, weight: number) => number

/** A guess good to a tenth, for where no canvas is at hand. */
export function estimate(text: string, size: number, weight: number): number {
  return [...text].length * size * (weight >= 600 ? 0.6 : 0.57)
}

/** Stands for each letter or picture that the bundled font cannot draw. */
const REPLACEMENT = '?'

/**
 * One line without line breaks and control characters. What the bundled font does not have (Chinese, Arabic, emoji …)
 * becomes one `?` a letter, so that it is seen to be there on any machine, whatever fonts that has.
 */
export function oneLine(text: string): string {
  // Nearly all names: a thread's first segmenter takes 20 ms and more.
  if (/^[ -~]{0,400}$/.test(text)) return text.replaceAll(/ +/g, ' ').trim()
  return letters(text.slice(0, 400).normalize('NFC'))
    .map((letter) => drawn(letter))
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** A letter with its marks as the font has it: without marks it lacks, or replaced. */
function drawn(letter: string): string {
  const seen = letter.replaceAll(/[\p{C}\s]/gu, (one) => (/\s|\p{Cc}/u.test(one) ? ' ' : ''))
  if (seen.trim() === '') return seen === '' ? '' : ' '
  if (/\p{Extended_Pictographic}\ufe0f|\p{Emoji_Presentation}|\p{Regional_Indicator}/u.test(letter)) return REPLACEMENT
  const [base = '', ...marks] = [...seen]
  if (!drawable(base)) return REPLACEMENT
  return base + marks.filter((mark) => drawable(mark)).join('')
}

/** `text` cut to `width` with an ellipsis; empty when not even two letters fit. */
export function fit(text: string, width: number, measured: (text: string) => number): string {
  return shorten(text, width, measured, 0)
}

/** `text` cut to `width`, an ellipsis where letters are missing, with a share of 0 to 1 of them after it. */
function shorten(text: string, width: number, measured: (text: string) => number, after: number): string {
  if (measured(text) <= width) return text
  const all = letters(text)
  const cut = (count: number): string => {
    const tail = Math.round(count * after)
    const head = all.slice(0, count - tail).join('')
    const rest = all.slice(all.length - tail).join('')
    return `${tail === 0 ? head.replace(/[\s,·–-]+$/, '') : head.trimEnd()}…${rest.trimStart()}`
  }
  let low = 0
  let high = all.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (measured(cut(middle)) <= width) low = middle
    else high = middle - 1
  }
  return low < 2 ? '' : cut(low)
}

/** Which part of a name goes, in order of preference: its middle, as a rule. */
const SHARES = [0.5, 0.7, 0.3, 1, 0]

/** Names cut to `width`, in the middle, or elsewhere where they would read alike; where all else fails they are numbered. */
export function shortNames(
  names: readonly string[],
  width: number,
  measured: (text: string) => number,
): readonly string[] {
  const unlike = (list: readonly string[]): boolean => new Set(list).size === names.length && !list.includes('')
  for (const share of SHARES) {
    const short = names.map((name) => shorten(name, width, measured, share))
    if (unlike(short)) return short
  }
  const same = sharedStart(names)
  const parts = names.map((name) => shorten(`…${letters(name).slice(same).join('')}`, width, measured, 0))
  if (same > 0 && unlike(parts)) return parts
  const short = names.map((name) => shorten(name, width, measured, 0.5))
  const room = width - measured(` ${names.length}`)
  return short.map((name, index) =>
    short.indexOf(name) === index && short.lastIndexOf(name) === index && name !== ''
      ? name
      : `${shorten(names[index] ?? '', room, measured, 0.5)} ${index + 1}`.trim(),
  )
}

/** How many letters all names begin with in common. */
function sharedStart(names: readonly string[]): number {
  const [first = [], ...others] = names.map((name) => letters(name))
  const end = first.findIndex((letter, index) => others.some((other) => other[index] !== letter))
  return end < 0 ? first.length : end
}
