import { cardOf } from '../../core/cards/cards.ts'
import { onOneCard, type Block, type Card, type Mark, type Row, type Span, type Words } from '../../core/cards/card.ts'
import { withoutUnseen } from '../../core/model/clean.ts'
import type { Action, View } from '../../core/model/view.ts'
import { cellWords, listed } from '../../core/cards/words.ts'
import { ago, left, lineOf, MARK_OF_TONE } from '../../core/model/card-words.ts'
import { indent, table } from '../../core/model/table.ts'
import { percent } from '../../core/model/words.ts'

/** A view as plain text for terminals and fallbacks, without a trailing newline; `now` (epoch ms) dates what is ago. */
export function plain(view: View, now: number): string {
  const card = cardOf(view)
  // Names and details come from people and droplets: no control character must reach somebody's terminal, and nothing
  // that turns the direction of writing.
  return withoutUnseen(paragraphs(`${signOf(card)} ${card.headline}`, ...plainBlocks(onOneCard(card), now)))
}

function signOf({ mark, tone, timer }: Card): string {
  if (mark === 'question') return '?'
  return tone === 'info' && timer !== null ? '…' : SIGNS[tone]
}

/** One sign per tone, readable without colour. */
const SIGNS = MARK_OF_TONE

/** Signs of single lines; other marks are the dot of what merely is so. */
const ROW_SIGNS: Partial<Record<Mark, string>> = { ...SIGNS, waiting: '…', skipped: '–', changed: '*', settings: '+' }
const STEP_SIGNS = { todo: '○', doing: '…', done: '✓', failed: '✗' } as const

/** The pieces of a card in their order, a paragraph each. */
function plainBlocks(blocks: readonly Block[], now: number): readonly (string | null)[] {
  return blocks.map((block) => plainBlock(block, now)).map((words) => (words === null ? null : indent(words)))
}

function plainBlock(block: Block, now: number): string | null {
  switch (block.kind) {
    case 'text':
      return block.text
    case 'facts':
      return table(block.facts.map(({ name, value }) => [name, value]))
    case 'rows':
      return table(block.rows.flatMap((row) => rowCells(row, now)))
    case 'table': {
      if (block.rows.length === 0) return null
      const cells = block.rows.map((row) => row.map((cell) => cellWords(cell, now)))
      return table([block.head, ...cells], block.right)
    }
    case 'steps':
      return table(
        block.steps.map(({ label, state, detail, progress }) => [
          STEP_SIGNS[state],
          label,
          [progress === null ? '' : percent(progress), detail ?? ''].filter(Boolean).join('  '),
        ]),
      )
    case 'question':
      return question(block, now)
    case 'chart':
      return block.chart.alt
    case 'line':
      return `$ ${block.line}`
    case 'choices':
      return block.menu
        ? null
        : table(block.choices.map(({ label, detail, action }) => [`[${label}]`, detail, lineOf(action)]))
    case 'notes': {
      const notes = block.notes.map((note) => sentence(note, now)).filter((note) => note !== '')
      return notes.join(notes.every((note) => note.length <= 60) ? ' · ' : '\n')
    }
    case 'actions':
      return actionLines(block.actions)
    default:
      return block satisfies never
  }
}

/** Where a card leaves two spaces, columns are aligned. */
function rowCells({ mark, words, under }: Row, now: number): readonly (readonly string[])[] {
  const cells = sentence(words, now).split(/ {2,}/)
  const sign = mark === null ? [] : [ROW_SIGNS[mark] ?? SIGNS.info]
  return [[...sign, ...cells], ...(under === undefined ? [] : [[...sign.map(() => ''), '', `→ ${under}`]])]
}

function sentence(words: Words, now: number): string {
  return words.map((span) => spanOf(span, now)).join('')
}

function spanOf(span: Span, now: number): string {
  if (typeof span === 'string') return span
  if ('strong' in span) return span.strong
  if ('code' in span) return span.code
  if ('page' in span) return span.page.url ?? ''
  return span.as === 'until' ? left(span.at, now) : ago(span.at, now)
}

function question(block: Block & { readonly kind: 'question' }, now: number): string {
  const { deadlineAt, otherwise, votes, quorum, approvers } = block
  const lines = [
    `Waiting for an answer, ${left(deadlineAt, now)}; then Spinup ${otherwise}.`,
    quorum > 1 && votes.length > 0 ? `yes from ${listed(votes)}` : '',
    approvers.length > 0 ? `${listed(approvers)} may answer` : '',
  ]
  return lines.filter((line) => line !== '').join('\n')
}

/** Parts with an empty line between them; empty ones are left out. */
function paragraphs(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join('\n\n')
}

/** The lines that buttons stand for; a press that is not a line is named by its opaque action. */
function actionLines(actions: readonly Action[]): string {
  return table(actions.map(({ action, label }) => [`[${label}]`, lineOf(action)]))
}
