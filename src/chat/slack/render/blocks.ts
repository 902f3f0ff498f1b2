import type { Block, Card, Rank, Row, Span as Words, Text } from '../../../core/cards/card.ts'
import { cellWords, EMOJI, listed, pageWords } from '../../../core/cards/words.ts'
import type { StepLine } from '../../../core/model/view.ts'
import { percent } from '../../../core/model/words.ts'
import { LIMITS } from '../limits.ts'
import {
  bold,
  code,
  glue,
  instant,
  instantToken,
  preformatted,
  prose,
  say,
  type MrkdwnElement,
  type Span,
} from './rich.ts'
import { buttons, choices } from './buttons.ts'
import {
  aside,
  columns,
  facts,
  figures,
  headline,
  picture,
  rows,
  whole,
  words,
  type Part,
  type SlackContext,
} from './parts.ts'
import { line, lines, mrkdwn } from './escape.ts'
import { clip } from '../../../core/model/letters.ts'

const STEP_MARKS: Readonly<Record<StepLine['state'], string>> = { todo: '○', doing: '⏳', done: '✅', failed: '❌' }

/** What a card says first. What Slack would cut, and a mere slip, is not set in big letters. */
export function drawHead({ mark, headline: said }: Card, big: boolean): readonly Part[] {
  const sign = EMOJI[mark]
  if (big && sign.length + 1 + said.length <= LIMITS.header) return [headline(sign, said)]
  return words('headline', [glue(`${sign} `), bold(said, 1500)])
}

/** The pieces of a card in their order. */
export function drawBlocks(blocks: readonly Block[], context: SlackContext): readonly Part[] {
  return blocks.flatMap((block) => drawBlock(block, context))
}

function drawBlock(block: Block, { now, images }: SlackContext): readonly Part[] {
  switch (block.kind) {
    case 'text':
      return words(block.rank, sentences(block))
    case 'facts': {
      const { facts: list, rank } = block
      return list.length <= LIMITS.fields && list.every(isShort) ? [figures(list, rank)] : facts(list, rank)
    }
    case 'rows': {
      const all = block.rows.map((row) => rowOf(row, now))
      // One alone is there or not.
      return all.length === 1 ? words(block.rank, ...all) : rows(all, { rank: block.rank, noun: block.noun, most: 60 })
    }
    case 'table': {
      const { head, right, noun, rank } = block
      const cells = block.rows.map((row) => row.map((cell) => cellWords(cell, now)))
      return columns(head, cells, { rank, noun, right })
    }
    case 'steps':
      return rows(block.steps.map(step), { rank: 'story', noun: 'step' })
    case 'question':
      return question(block, now)
    case 'chart':
      return picture(block.chart, images, 'story')
    case 'line':
      // To be copied whole or not at all.
      return [whole('facts', preformatted(lines(block.line, 2500) || '–'))]
    case 'choices': {
      const explained = block.choices.filter(({ detail }) => detail !== '')
      const details = explained.map(({ label, detail }) => [bold(label), glue('  '), say(detail, 200)])
      return [
        ...(block.menu ? [] : rows(details, { rank: 'detail', noun: 'choice', most: 10 })),
        ...choices(block.choices, block.prompt),
      ]
    }
    case 'notes':
      return aside(block.notes.map((note) => noteOf(note, now)))
    case 'actions':
      return buttons(block.actions)
    default:
      return block satisfies never
  }
}

/** Side by side there is room for a few words. */
function isShort({ name, value }: { readonly name: string; readonly value: string }): boolean {
  return name.length <= 60 && value.length <= 80
}

function sentences({ text, from }: Text): readonly Span[] {
  return from === 'anyone' ? [say(text, 1500)] : prose(text)
}

function rowOf({ mark, words, under }: Row, now: number): readonly Span[] {
  return [
    ...(mark === null ? [] : [glue(`${EMOJI[mark]} `)]),
    ...words.flatMap((span) => spanOf(span, now)),
    ...(under === undefined ? [] : [glue('\n      → '), ...prose(under, 500)]),
  ]
}

function spanOf(span: Words, now: number): readonly Span[] {
  if (typeof span === 'string') return [glue(padded(span))]
  if ('strong' in span) return [bold(span.strong, 200)]
  if ('code' in span) return [code(span.code, 300)]
  if ('page' in span)
    return span.page.url === null ? [] : [{ type: 'link', url: span.page.url, text: pageWords(span.page) }]
  return span.as === 'until'
    ? [glue('until '), instant(span.at, now)]
    : [instant(span.at, now, span.as === 'clock' ? 'minute' : 'second')]
}

/** Literal words on one line, with the spaces around them. */
function padded(text: string): string {
  const [, before = '', after = ''] = /^(\s*)[\s\S]*?(\s*)$/.exec(text) ?? []
  const said = line(text, 500)
  return said === '' ? before.slice(0, 2) : `${before.slice(0, 2)}${said}${after.slice(0, 2)}`
}

function noteOf(note: readonly Words[], now: number): string | MrkdwnElement {
  if (note.every((span) => typeof span === 'string')) return note.join('')
  const said = note.map((span) => {
    if (typeof span === 'string') return mrkdwn(padded(span))
    if ('strong' in span) return mrkdwn(line(span.strong, 200))
    if ('code' in span) return mrkdwn(line(span.code, 200))
    if ('page' in span) return span.page.url === null ? '' : `<${span.page.url}|${pageWords(span.page)}>`
    return `${span.as === 'until' ? 'until ' : ''}${instantToken(span.at, now)}`
  })
  if (said.join('') === '') return ''
  return { type: 'mrkdwn', text: clip(said.join(''), LIMITS.plainText), verbatim: true }
}

/** One step of a longer piece of work; the one under way stands out. */
function step({ label, state, detail, progress }: StepLine): readonly Span[] {
  const far = progress === null ? '' : percent(Math.min(1, Math.max(0, progress)))
  const rest = [far, detail ?? ''].filter(Boolean).join(', ')
  return [
    glue(`${STEP_MARKS[state]} `),
    state === 'doing' || state === 'failed' ? bold(label) : say(label, 120),
    ...(rest === '' ? [] : [glue('  '), say(rest, 300)]),
  ]
}

function question(block: Block & { readonly kind: 'question' }, now: number): readonly Part[] {
  const { deadlineAt, otherwise, votes, quorum, approvers } = block
  const yes = quorum > 1 && votes.length > 0 ? `yes from ${listed(votes)}` : ''
  const may = approvers.length > 0 ? `${listed(approvers)} may answer` : ''
  const rank: Rank = 'facts'
  return [
    ...words(rank, [glue('⏱️ By '), instant(deadlineAt, now), glue(', or Spinup '), bold(otherwise), glue('.')]),
    ...aside([yes, may]),
  ]
}
