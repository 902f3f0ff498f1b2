import type { Block, Card, Rank as CardRank, Row, Span, Text as Sentences, Words } from '../../../core/cards/card.ts'
import { cellWords, EMOJI, listed, pageWords } from '../../../core/cards/words.ts'
import { bare, code, escape, fenced, prose } from './escape.ts'
import {
  buttons,
  chart,
  clock,
  headline,
  rows,
  since,
  small,
  stepLines,
  text,
  type DiscordContext,
  type Part,
  type Rank,
  type Text,
} from './parts.ts'

const RANKS: Readonly<Record<CardRank, Rank>> = { facts: 1, story: 2, detail: 3, aside: 4 }

/** What a card says first. */
export function drawHead({ mark, headline: said }: Card): Part {
  return headline(EMOJI[mark], escape(said, 600))
}

/** The pieces of a card in their order. */
export function drawBlocks(blocks: readonly Block[], context: DiscordContext): readonly (Part | null)[] {
  return blocks.flatMap((block) => drawBlock(block, context))
}

function drawBlock(block: Block, context: DiscordContext): readonly (Part | null)[] {
  switch (block.kind) {
    case 'text':
      return [text(RANKS[block.rank], ...sentences(block))]
    case 'facts':
      return [factLines(block)]
    case 'rows':
      return [text(RANKS[block.rank], ...block.rows.flatMap(rowLines))]
    case 'table': {
      const cells = block.rows.map((row) => row.map((cell) => cellWords(cell, context.now)))
      return block.rows.length === 0 ? [] : [rows(RANKS[block.rank], [block.head, ...cells], block.right)]
    }
    case 'steps':
      return [stepLines(2, block.steps)]
    case 'question':
      return [question(block)]
    case 'chart':
      return [chart(block.chart, context)]
    case 'line':
      return [shell(block.line)]
    case 'choices': {
      const { choices, prompt, menu } = block
      return [{ kind: 'choices', choices, placeholder: prompt, button: menu ? null : 'Choose' }]
    }
    case 'notes':
      return [text(4, ...noteLines(block.notes.map(inline).filter((note) => note !== '')))]
    case 'actions':
      return [buttons(block.actions)]
    default:
      return block satisfies never
  }
}

function sentences({ text: words, from }: Sentences): readonly string[] {
  return prose(words, 1500, from === 'oneTime')
}

/** A few words side by side; what is longer, or more, one under the other. */
function factLines({ facts, rank }: Block & { readonly kind: 'facts' }): Text {
  const lines = facts.map(({ name, value }) => `**${escape(name, 60)}** ${escape(value, 300)}`)
  const short = facts.length <= 4 && facts.every(({ name, value }) => name.length + value.length <= 45)
  return text(RANKS[rank], ...(short ? [lines.join(' · ')] : lines))
}

function rowLines({ mark, words, under }: Row): readonly string[] {
  const line = `${mark === null ? '' : `${EMOJI[mark]} `}${inline(words)}`
  return under === undefined ? [line] : [line, ...prose(under, 400).map((hint) => `> → ${hint}`)]
}

function inline(words: Words): string {
  return words.map(spanOf).join('')
}

function spanOf(span: Span): string {
  if (typeof span === 'string') return padded(span)
  if ('strong' in span) return `**${escape(span.strong, 160)}**`
  if ('code' in span) return code(span.code, 300)
  if ('page' in span) return span.page.url === null ? '' : `[${pageWords(span.page)}](<${span.page.url}>)`
  if (span.as === 'until') return `until ${clock(span.at)}`
  return span.as === 'clock' ? clock(span.at) : since(span.at)
}

/** Literal words on one line, with the space around them. */
function padded(text: string): string {
  const said = escape(text, 300)
  const [before, after] = [/^\s/.test(text) ? ' ' : '', /\s$/.test(text) ? ' ' : '']
  return said === '' ? before : `${before}${said}${after}`
}

/** Small print, on one line where it is short. */
function noteLines(notes: readonly string[]): readonly string[] {
  return notes.every((note) => note.length <= 60) ? [small(notes.join(' · '))] : notes.map(small)
}

function question({ deadlineAt, otherwise, votes, quorum, approvers }: Block & { readonly kind: 'question' }): Text {
  return text(
    1,
    `Answer ${since(deadlineAt)} at the latest (${clock(deadlineAt)}), or Spinup **${escape(otherwise, 100)}**.`,
    quorum > 1 && votes.length > 0 ? `Yes from ${escape(listed(votes), 300)}` : null,
    approvers.length > 0 ? small(`${escape(listed(approvers), 300)} may answer`) : null,
  )
}

/** A line to be copied; it must never be cut in two. */
function shell(line: string): Text {
  return { kind: 'text', rank: 0, lines: [fenced(bare(line, 1000))], fence: true }
}
