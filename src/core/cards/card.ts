import type { Action, ChartRef, PageRef, StepLine, Tone } from '../model/view.ts'

/** What a mark stands for; each platform has its own sign for it. */
export type Mark =
  | Tone
  | 'calm'
  | 'moving'
  | 'strained'
  | 'down'
  | 'question'
  | 'denied'
  | 'unanswered'
  | 'replaced'
  | 'stopped'
  | 'out'
  | 'in'
  | 'hold'
  | 'working'
  | 'book'
  | 'chart'
  | 'settings'
  | 'replay'
  | 'history'
  | 'plug'
  | 'money'
  | 'spent'
  | 'quiet'
  | 'week'
  | 'checks'
  | 'waiting'
  | 'skipped'
  | 'changed'
  | 'point'
  | 'again'
  | 'pin'
  | 'pause'
  | 'protect'

/** What a card says before anything else; the same words, in the same colour, wherever it is read. */
export interface Head {
  readonly tone: Tone
  /** A sign of its own never contradicts the tone: what is good, a warning or bad shows as that. */
  readonly mark: Mark
  /** One line, literal: names in it come from people, and every platform escapes it as it needs. */
  readonly headline: string
}

/** A stretch of literal words; an instant (epoch ms) reads on each reader's own clock. */
export type Span =
  | string
  | { readonly strong: string }
  /** To be typed or copied; `type` is the line it stands for where it is not one itself. */
  | { readonly code: string; readonly type?: string }
  | { readonly at: number; readonly as: 'ago' | 'clock' | 'until' }
  /** The way to the card's own page. */
  | { readonly page: PageRef }

export type Words = readonly Span[]

/** What goes last where there is no room for everything, most important first. */
export type Rank = 'facts' | 'story' | 'detail' | 'aside'

/** One line of a list; `under` hangs below it, `share` (0 to 1) is drawn as a bar where bars can be. */
export interface Row {
  readonly mark: Mark | null
  readonly words: Words
  /** Spinup's own sentences: `code` in backticks and web addresses read as such. */
  readonly under?: string
  readonly share?: number
}

/** A cell with a tone stands out; one with an instant (epoch ms) says how long it has been so. */
export type Cell =
  | string
  | { readonly text: string; readonly tone: Tone }
  | { readonly text: string; readonly since: number }

/**
 * Sentences. Whose they are says how they may read: `anyone`'s are literal; in
 * `spinup`'s own, `code` in backticks and web addresses read as such; `oneTime` holds a link for one person.
 */
export interface Text {
  readonly kind: 'text'
  readonly text: string
  readonly from: 'anyone' | 'spinup' | 'oneTime'
  readonly rank: Rank
}

export interface Rows {
  readonly kind: 'rows'
  readonly rows: readonly Row[]
  /** What one row is, for `… 4 more members`. */
  readonly noun: string
  readonly rank: Rank
  /** The details say it in full: left out where they stand on the card itself. */
  readonly brief: boolean
}

/** One piece of a card. `noun` is what one row is, for `… 4 more members`. */
export type Block =
  | Text
  /** Named values, short enough to stand side by side. */
  | {
      readonly kind: 'facts'
      readonly facts: readonly { readonly name: string; readonly value: string }[]
      readonly rank: Rank
    }
  | Rows
  | {
      readonly kind: 'table'
      readonly head: readonly string[]
      readonly rows: readonly (readonly Cell[])[]
      /** Columns aligned right, by index. */
      readonly right: readonly number[]
      readonly noun: string
      readonly rank: Rank
    }
  | { readonly kind: 'steps'; readonly steps: readonly StepLine[] }
  /** What is asked, until when (epoch ms), what happens otherwise, and who has said yes of how many. */
  | {
      readonly kind: 'question'
      readonly deadlineAt: number
      readonly otherwise: string
      readonly votes: readonly string[]
      readonly quorum: number
      readonly approvers: readonly string[]
    }
  | { readonly kind: 'chart'; readonly chart: ChartRef }
  /** A shell line, to be copied whole. */
  | { readonly kind: 'line'; readonly line: string }
  /** What can be chosen; a `menu` is a shortcut to what can be typed as well. */
  | {
      readonly kind: 'choices'
      readonly choices: readonly { readonly label: string; readonly detail: string; readonly action: string }[]
      readonly prompt: string
      readonly menu: boolean
    }
  /** Small print. */
  | { readonly kind: 'notes'; readonly notes: readonly Words[] }
  | { readonly kind: 'actions'; readonly actions: readonly Action[] }

export interface Details {
  /** Stays as it is, whatever becomes of the card: threads are named once. */
  readonly title: string
  readonly blocks: readonly Block[]
}

/** A view as a document without markup: each platform lays it out as it reads best there. */
export interface Card extends Head {
  readonly blocks: readonly Block[]
  /** For anyone who wants to know more: in a thread below the card where there are threads, else on it; null: nothing. */
  readonly details: Details | null
  /** What runs on the card: time since, or time left (epoch ms). */
  readonly timer: { readonly at: number; readonly counts: 'up' | 'down' } | null
  /** Why, in a sentence or two: what a digest says after the headline. */
  readonly gist: string
  /** Who sees it as an answer: the person alone where it helps nobody else, or must not be seen by others. */
  readonly audience: 'person' | 'channel'
  /** How much it matters: a question or trouble, something that changed, or merely worth knowing. */
  readonly urgency: 'trouble' | 'change' | 'detail'
  /** Goes before whatever else waits: each time it changes, or until it has been seen once; null: it takes its turn. */
  readonly pressing: 'always' | 'once' | null
  /** It is over: what comes after it, if anything, is no more than a correction. */
  readonly final: boolean
}

type Blocks = readonly (Block | null)[]

/** A card of `blocks`, without those that are null; for what `rest` does not say it is as most are. */
export function card(head: Head, blocks: Blocks, rest: Partial<Omit<Card, keyof Head | 'blocks'>> = {}): Card {
  return { ...head, blocks: there(blocks), ...USUAL, ...rest }
}

const USUAL = {
  details: null,
  timer: null,
  gist: '',
  audience: 'channel',
  urgency: 'detail',
  pressing: null,
  final: true,
} as const

/** The blocks of a card where nothing stands below it: details before the buttons. */
export function onOneCard({ blocks, details }: Card): readonly Block[] {
  if (details === null) return blocks
  const isLast = ({ kind }: Block): boolean => kind === 'actions' || kind === 'notes'
  const full = blocks.filter((block) => block.kind !== 'rows' || !block.brief)
  return [...full.filter((block) => !isLast(block)), ...details.blocks, ...full.filter(isLast)]
}

/** Those that are not null. */
export function there(blocks: Blocks): readonly Block[] {
  return blocks.filter((block) => block !== null)
}

/** Sentences of Spinup's own; nothing where there are none. */
export function text(words: string | null, rank: Rank = 'story', rest: Partial<Text> = {}): Text | null {
  if (words === null || words.trim() === '') return null
  return { kind: 'text', text: words, rank, from: 'spinup', ...rest }
}

/** Sentences with words of anyone in them: a reason, a note. */
export function said(words: string | null, rank: Rank = 'story'): Text | null {
  return text(words, rank, { from: 'anyone' })
}

/** Named values as rows of two. */
export function facts(list: readonly (readonly [name: string, value: string])[], rank: Rank = 'facts'): Block | null {
  return list.length === 0 ? null : { kind: 'facts', facts: list.map(([name, value]) => ({ name, value })), rank }
}

export function rows(list: readonly Row[], noun: string, rank: Rank = 'story', brief = false): Rows | null {
  return list.length === 0 ? null : { kind: 'rows', rows: list, noun, rank, brief }
}

export function chart(ref: ChartRef | null): Block | null {
  return ref === null ? null : { kind: 'chart', chart: ref }
}

/** Small print; empty notes are left out. */
export function notes(...all: readonly (string | Words)[]): Block | null {
  const said = all
    .map((note) => (typeof note === 'string' ? [note] : note))
    .filter((note) => note.some((span) => span !== ''))
  return said.length === 0 ? null : { kind: 'notes', notes: said }
}

export function actions(list: readonly Action[]): Block | null {
  return list.length === 0 ? null : { kind: 'actions', actions: list }
}
