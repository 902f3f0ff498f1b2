import type { ChartRef, Field } from '../../../core/model/view.ts'
import { table } from '../../../core/model/table.ts'
import { LIMITS } from '../limits.ts'
import {
  bold,
  glue,
  italic,
  preformatted,
  prose,
  rich,
  say,
  type KnownBlock,
  type MrkdwnElement,
  type PlainTextElement,
  type Span,
} from './rich.ts'
import { clip } from '../../../core/model/letters.ts'
import { plural } from '../../../core/model/words.ts'
import { line, mrkdwn } from './escape.ts'

/** What drawing needs in addition to the view. */
export interface SlackContext {
  /** Epoch ms. */
  readonly now: number
  /** Chart id → id of the uploaded file. */
  readonly images: ReadonlyMap<string, string>
}

/** A view in pieces: its message, and what is shown in the thread below it. */
export interface Drawn {
  readonly parts: readonly Part[]
  readonly thread?: readonly Part[]
}

/** What goes last when there is no room, most important first. */
export const RANKS = ['headline', 'buttons', 'facts', 'story', 'detail', 'aside'] as const
export type Rank = (typeof RANKS)[number]

/** One piece of a message, which can tell less of what it has to tell. */
export interface Part {
  readonly rank: Rank
  /** How many things it tells. */
  readonly size: number
  /** The first `count` of them. */
  draw(count: number): readonly KnownBlock[]
}

/** A piece that is there or not. */
export function whole(rank: Rank, ...blocks: readonly KnownBlock[]): Part {
  return { rank, size: 1, draw: (count) => (count > 0 ? blocks : []) }
}

/** The line that says it all: mark, then words. */
export function headline(mark: string, text: string): Part {
  return whole('headline', { type: 'header', text: plainText(`${mark} ${text}`, LIMITS.header) })
}

/** Rows of rich text that belong together; nothing where there is nothing to read. */
export function words(rank: Rank, ...all: readonly (readonly Span[])[]): readonly Part[] {
  const readable = all.some((row) => row.some((span) => span.type !== 'text' || span.text.trim() !== ''))
  return readable ? [whole(rank, rich(all))] : []
}

/** Words of Spinup's own, in full. */
export function story(text: string | null, rank: Rank = 'story'): readonly Part[] {
  return words(rank, prose(text ?? ''))
}

export interface RowsOptions {
  readonly rank?: Rank
  /** What one row is, for `… 4 more members`. */
  readonly noun: string
  readonly most?: number
}

/** Rows of rich text, as many as there is room for. */
export function rows(all: readonly (readonly Span[])[], { rank = 'detail', noun, most = 40 }: RowsOptions): Part[] {
  if (all.length === 0) return []
  return [
    {
      rank,
      size: Math.min(all.length, most),
      draw: (count) => [
        rich([...all.slice(0, count), ...more(all.length - count, noun).map((text) => [italic(text)])]),
      ],
    },
  ]
}

/** Figures in columns (`right` ones aligned right), under their heads; as many rows as there is room for. */
export function columns(
  head: readonly string[],
  all: readonly (readonly string[])[],
  { rank = 'detail', noun, most = 40, right = [] }: RowsOptions & { readonly right?: readonly number[] },
): Part[] {
  if (all.length === 0) return []
  const cells = (row: readonly string[]): readonly string[] => row.map((cell) => line(cell, 60))
  return [
    {
      rank,
      size: Math.min(all.length, most),
      draw: (count) => {
        const left = more(all.length - count, noun)
        if (count === 0) return [rich(left.map((text) => [italic(text)]))]
        const shown = [head, ...all.slice(0, count)].filter((row) => row.length > 0).map(cells)
        return [preformatted([table(shown, right), ...left].join('\n'))]
      },
    },
  ]
}

/** Figures of Spinup's own, side by side. */
export function figures(all: readonly Field[], rank: Rank = 'facts'): Part {
  const fields = all.slice(0, LIMITS.fields).map(({ name, value }): MrkdwnElement => ({
    type: 'mrkdwn',
    text: `*${mrkdwn(line(name, 60))}*\n${mrkdwn(line(value, 200)) || '–'}`,
    verbatim: true,
  }))
  return whole(rank, { type: 'section', fields })
}

/** Named values, which may come from anyone: one per row. */
export function facts(all: readonly Field[], rank: Rank = 'facts'): readonly Part[] {
  return rows(
    all.map(({ name, value }) => [bold(name), glue('  '), say(value || '–')]),
    { rank, noun: 'fact', most: 20 },
  )
}

/** Small print: plain words are literal, an instant's token is given by `instantToken`. */
export function aside(texts: readonly (string | MrkdwnElement)[], rank: Rank = 'aside'): readonly Part[] {
  const elements = texts
    .filter((text) => text !== '')
    .slice(0, LIMITS.contextElements)
    .map((text) => (typeof text === 'string' ? plainText(text, 600) : text))
  return elements.length === 0 ? [] : [whole(rank, { type: 'context', elements })]
}

/** The chart's picture where it has been uploaded, else its numbers in words. */
export function picture(chart: ChartRef | null, images: ReadonlyMap<string, string>, rank: Rank = 'detail'): Part[] {
  if (chart === null) return []
  const id = images.get(chart.id)
  const alt = line(chart.alt, LIMITS.altText) || line(chart.title, LIMITS.altText) || 'Chart'
  if (id === undefined) return [whole(rank, { type: 'context', elements: [plainText(`📈 ${alt}`, LIMITS.altText)] })]
  const title = line(chart.title, 200)
  return [
    whole(rank, {
      type: 'image',
      slack_file: { id },
      alt_text: alt,
      ...(title === '' ? {} : { title: plainText(title, 200) }),
    }),
  ]
}

/** A text object whose words are literal; never empty, which Slack refuses. */
export function plainText(text: string, most: number): PlainTextElement {
  return { type: 'plain_text', text: line(text, most) || '–', emoji: false }
}

/** Words with an instant in them, for small print; `before` and `after` are Spinup's own. */
export function dated(before: string, token: string, after = ''): MrkdwnElement {
  return { type: 'mrkdwn', text: clip(`${mrkdwn(before)}${token}${mrkdwn(after)}`, LIMITS.plainText), verbatim: true }
}

function more(count: number, noun: string): readonly string[] {
  return count > 0 ? [`… ${plural(count, `more ${noun}`)}`] : []
}
