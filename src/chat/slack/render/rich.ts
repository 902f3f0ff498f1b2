import type { types } from '@slack/bolt'
import { clockMinutes, day, UTC } from '../../../core/model/time-zone.ts'
import { line, lines } from './escape.ts'

/** Slack's own names for what is drawn here; nothing outside `chat/slack` sees them. */
export type KnownBlock = types.KnownBlock
export type ActionsBlock = types.ActionsBlock
export type Button = types.Button
export type ConfirmationDialog = types.ConfirmationDialog
export type HomeView = types.HomeView
export type InputBlock = types.InputBlock
export type ModalView = types.ModalView
export type MrkdwnElement = types.MrkdwnElement
export type Overflow = types.Overflow
export type PlainTextElement = types.PlainTextElement
export type PlainTextOption = types.PlainTextOption
export type RichTextBlock = types.RichTextBlock
export type RichTextElement = types.RichTextElement
export type StaticSelect = types.StaticSelect

/** A stretch of rich text. Its words are literal to Slack: no mark, mention or emoji code in them means anything. */
export type Span = RichTextElement

const NAME_MOST = 120

/** Plain words on one line; what is longer than `most` UTF-16 units is cut. */
export function say(text: string, most = 500): Span {
  return { type: 'text', text: line(text, most) }
}

/** The same, with the spaces around it: what is put between other words. */
export function glue(text: string): Span {
  return { type: 'text', text }
}

export function bold(text: string, most = NAME_MOST): Span {
  return { type: 'text', text: line(text, most), style: { bold: true } }
}

export function italic(text: string, most = 500): Span {
  return { type: 'text', text: line(text, most), style: { italic: true } }
}

export function code(text: string, most = 200): Span {
  return { type: 'text', text: line(text, most), style: { code: true } }
}

/** How exactly an instant is shown: to the minute, or to the second where the order of things is looked into. */
type Grain = 'minute' | 'second'

/** An instant (epoch ms) on the reader's own clock, with the date where it is not within half a day of `now`. */
export function instant(at: number, now: number, grain: Grain = 'minute'): Span {
  const { timestamp, format, fallback } = dateParts(at, now, grain)
  return { type: 'date', timestamp, format, fallback }
}

/** The same in mrkdwn. */
export function instantToken(at: number, now: number, grain: Grain = 'minute'): string {
  const { timestamp, format, fallback } = dateParts(at, now, grain)
  return `<!date^${timestamp}^${format}|${fallback}>`
}

const HALF_A_DAY = 12 * 3_600_000
/** Beyond it no calendar goes. */
const LAST = 8.64e12

function dateParts(at: number, now: number, grain: Grain): { timestamp: number; format: string; fallback: string } {
  const near = Math.abs(at - now) < HALF_A_DAY
  const known = Number.isFinite(at) ? at : 0
  return {
    timestamp: Math.min(LAST, Math.max(0, Math.floor(known / 1000))),
    format: !near ? '{date_short_pretty}, {time}' : grain === 'second' ? '{time_secs}' : '{time}',
    fallback: `${near ? '' : `${day(known, UTC)} `}${clockMinutes(known, UTC)} UTC`,
  }
}

const PROSE = /(`[^`\n]+`|https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)])/

/** Words of Spinup's own: `code` in backticks is set as code, and a web address is a link that says where it leads. */
export function prose(text: string, most = 2500): readonly Span[] {
  return lines(text, most)
    .split(PROSE)
    .filter((part) => part !== '')
    .map((part): Span => {
      if (part.length > 2 && part.startsWith('`') && part.endsWith('`')) return code(part.slice(1, -1), most)
      if (/^https?:\/\//.test(part) && !part.endsWith('…')) return { type: 'link', url: part }
      return glue(part)
    })
}

/** Rows of spans, one under the other; empty ones are left out. */
export function rich(rows: readonly (readonly Span[])[]): RichTextBlock {
  const elements = rows
    .map((row) => row.filter((span) => span.type !== 'text' || span.text !== ''))
    .filter((row) => row.length > 0)
    .flatMap((row, index) => (index === 0 ? row : [glue('\n'), ...row]))
  // Slack refuses a section of nothing.
  const some = elements.length === 0 ? [glue('–')] : joined(elements)
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: some }] }
}

/** Figures in columns, or a line to be copied. */
export function preformatted(text: string): RichTextBlock {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }],
  }
}

/** Neighbours of the same style as one element: a message may be only so large. */
function joined(spans: readonly Span[]): Span[] {
  const out: Span[] = []
  for (const span of spans) {
    const last = out.at(-1)
    if (span.type === 'text' && last?.type === 'text' && span.style === undefined && last.style === undefined) {
      out[out.length - 1] = { type: 'text', text: last.text + span.text }
    } else out.push(span)
  }
  return out
}
