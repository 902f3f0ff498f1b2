import type {
  APIActionRowComponent,
  APIButtonComponent,
  APIComponentInContainer,
  APIComponentInMessageActionRow,
  APIContainerComponent,
  APISelectMenuOption,
} from 'discord.js'
import { lineOf } from '../../../core/model/card-words.ts'
import { table } from '../../../core/model/table.ts'
import type { Action, ChartRef, StepLine, Tone } from '../../../core/model/view.ts'
import { clip } from '../../../core/model/letters.ts'
import { percent } from '../../../core/model/words.ts'
import { bare, code, escape, fenced } from './escape.ts'

/** Discord's own names for what is drawn here; nothing outside `chat/discord` sees them. */
export type Inner = APIComponentInContainer
export type Container = APIContainerComponent
export type Row = APIActionRowComponent<APIComponentInMessageActionRow>
export type Button = APIButtonComponent
export type SelectOption = APISelectMenuOption

/** Numbers of Discord's component types; discord.js has them too, and takes 200 ms to load. */
export const TYPE = {
  row: 1,
  button: 2,
  select: 3,
  input: 4,
  section: 9,
  text: 10,
  thumbnail: 11,
  gallery: 12,
  file: 13,
  rule: 14,
  container: 17,
  label: 18,
} as const

/** What a renderer gets in addition to its view. */
export interface DiscordContext {
  /** Epoch ms. */
  readonly now: number
  /** Chart id → name of the attached file, e.g. `chart-0.png`; a chart that is not in it is put in words. */
  readonly images: ReadonlyMap<string, string>
}

/** How dear a part is when not everything fits: 0 stays to the last. Controls are always kept. */
export type Rank = 0 | 1 | 2 | 3 | 4

/** Lines of safe markdown, each of which may be left out; in a `fence` they are one code block. */
export interface Text {
  readonly kind: 'text'
  readonly rank: Rank
  readonly lines: readonly string[]
  readonly fence: boolean
}

export interface Chart {
  readonly kind: 'chart'
  readonly file: string
  readonly alt: string
}

/** Something to choose from; each has its own button, or they are one select where they are many. */
export interface Choice {
  readonly label: string
  readonly detail: string
  readonly action: string
}

export type Part =
  | Text
  | Chart
  | { readonly kind: 'buttons'; readonly actions: readonly Action[] }
  | {
      readonly kind: 'choices'
      readonly choices: readonly Choice[]
      readonly placeholder: string
      readonly button: string | null
    }

/** A card before it is made to fit. */
export interface Draft {
  readonly tone: Tone
  readonly parts: readonly Part[]
}

/** The card, and what goes into its thread. */
export interface Sheet {
  readonly main: Draft
  readonly thread: { readonly name: string; readonly draft: Draft } | null
}

const STEP_MARKS = { todo: '▫️', doing: '⏳', done: '✅', failed: '❌' } as const

/** Parts that have something to show. */
export function present(parts: readonly (Part | null)[]): readonly Part[] {
  return parts.filter((part) => part !== null).filter((part) => part.kind !== 'text' || part.lines.length > 0)
}

/** The first line, which says it all; `words` are safe markdown. */
export function headline(mark: string, words: string): Text {
  return { kind: 'text', rank: 0, lines: [`### ${mark} ${words}`], fence: false }
}

/** Lines of safe markdown; empty ones and null are left out. */
export function text(rank: Rank, ...lines: readonly (string | null)[]): Text {
  return {
    kind: 'text',
    rank,
    lines: lines.filter((line) => line !== null).filter((line) => line !== ''),
    fence: false,
  }
}

/** One line of safe markdown as small print. */
export function small(line: string): string {
  return line === '' ? '' : `-# ${line}`
}

const WIDEST_CELL = 36

/** Rows as a code block with aligned columns; those in `right` (by index) are aligned right. */
export function rows(rank: Rank, cells: readonly (readonly string[])[], right: readonly number[] = []): Text {
  if (cells.length === 0) return { kind: 'text', rank, lines: [], fence: true }
  const clean = cells.map((row) => row.map((cell) => bare(cell, WIDEST_CELL)))
  return { kind: 'text', rank, lines: fenced(table(clean, right)).split('\n'), fence: true }
}

/** A chart as a picture, or as its words where there is none. */
export function chart(ref: ChartRef | null, { images }: DiscordContext): Part | null {
  if (ref === null) return null
  const file = images.get(ref.id)
  if (file === undefined) return text(2, small(`📊 ${escape(ref.alt === '' ? ref.title : ref.alt, 500)}`))
  return { kind: 'chart', file, alt: bare(`${ref.title}. ${ref.alt}`, 1024) }
}

export function buttons(actions: readonly Action[]): Part {
  return { kind: 'buttons', actions }
}

/** What to type instead of pressing; null for what can only be pressed. */
export function typed({ action, label }: { readonly action: string; readonly label: string }): string | null {
  const line = lineOf(action)
  return line.startsWith('/') ? `${escape(label, 80)}: ${code(line, 300)}` : null
}

/** A thread's name: no markdown is read there. */
export function threadName(words: string): string {
  return clip(bare(words, 100), 100) || 'Details'
}

/** A longer piece of work, a line for each step; of the present one in bold. */
export function stepLines(rank: Rank, steps: readonly StepLine[]): Text {
  return text(rank, ...steps.map(line))
}

function line({ label, state, detail, progress }: StepLine): string {
  const words = escape(label, 100)
  const name = state === 'doing' || state === 'failed' ? `**${words}**` : words
  return [`${STEP_MARKS[state]} ${name}`, progress === null ? '' : bar(progress), detail === null ? '' : escape(detail)]
    .filter((part) => part !== '')
    .join(' · ')
}

const CELLS = 10

function bar(progress: number): string {
  const share = Math.min(1, Math.max(0, progress))
  const full = Math.round(share * CELLS)
  return `${'▰'.repeat(full)}${'▱'.repeat(CELLS - full)} ${percent(share)}`
}

/** A time that each reader sees in words, counted from now: `3 minutes ago`; `at` is epoch ms. */
export function since(at: number): string {
  return stamp(at, 'R')
}

/** A time of day with seconds, on each reader's own clock; `at` is epoch ms. */
export function clock(at: number): string {
  return stamp(at, 'T')
}

function stamp(at: number, style: 'R' | 'T'): string {
  return Number.isFinite(at) ? `<t:${Math.floor(at / 1000)}:${style}>` : 'at an unknown time'
}
