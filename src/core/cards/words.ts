import { clean, isolated } from '../model/clean.ts'
import { clip } from '../model/letters.ts'
import { dollars, duration } from '../model/words.ts'
import type { Card, Cell, Mark, Words } from './card.ts'
import type { PageRef, PoolRef, ProposalState, StepLine, View } from '../model/view.ts'
import { inPool } from '../model/card-words.ts'

/** What became of a question, before the names of those who answered. */
export const ANSWERS: Readonly<Record<ProposalState, string>> = {
  open: 'waiting for an answer',
  approved: 'approved',
  denied: 'denied',
  expired: 'nobody answered in time',
  superseded: 'no longer needed',
}

/** A pool's name where it stands before what matters more. */
export function poolName(name: string): string {
  return oneLine(name, 40) || 'pool'
}

/** A name or reason from outside as one line of at most `most` UTF-16 units. */
export function oneLine(text: string, most: number): string {
  return clip(
    isolated(
      clean(text)
        .replaceAll(/\s*\n\s*/g, ' ')
        .trim(),
    ),
    most,
  )
}

/** What somebody, or Spinup, noted. */
export function quoted(note: string | null): string | null {
  return note === null ? null : `“${note}”`
}

/** `Ada, Grace and 3 more`. */
export function listed(names: readonly string[]): string {
  if (names.length > 4) return `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** The first three of a list, and how many more there are: `a, b, c and 2 more`. */
export function firstOf(all: readonly string[]): string {
  const rest = all.length - 3
  return rest > 0 ? `${all.slice(0, 3).join(', ')} and ${rest} more` : all.join(', ')
}

/** What the pool costs an hour, before and after. */
export function costChange(view: {
  readonly dollarsPerHourBefore: number
  readonly dollarsPerHourAfter: number
}): string {
  const { dollarsPerHourBefore: before, dollarsPerHourAfter: after } = view
  return before === after ? `${dollars(after)}/h` : `${dollars(before)}/h → ${dollars(after)}/h`
}

/** The step that is under way or failed: `step 3 of 5`. */
export function present(steps: readonly StepLine[]): string {
  const index = steps.findIndex(({ state }) => state === 'doing' || state === 'failed')
  const done = steps.filter(({ state }) => state === 'done').length
  return `step ${index === -1 ? done : index + 1} of ${steps.length}`
}

/** A cell in words, where nothing in it can run or have a colour; `now` is epoch ms. */
export function cellWords(cell: Cell, now: number): string {
  if (typeof cell === 'string') return cell
  return 'since' in cell ? `${cell.text} ${duration(Math.max(0, now - cell.since))}` : cell.text
}

/** A view of a pool: its buttons carry the pool, whatever else is connected by the time one is pressed. */
export function viewOf<V extends View>(view: V, of: PoolRef): V & { readonly of: PoolRef } {
  const carry = <A extends { readonly action: string }>(one: A): A => ({ ...one, action: inPool(one.action, of.id) })
  return {
    ...view,
    of,
    ...('actions' in view ? { actions: view.actions.map(carry) } : {}),
    ...('choices' in view ? { choices: view.choices.map(carry) } : {}),
  }
}

/** The card with the way to its own page in its small print. */
export function withPage(card: Card, page: PageRef): Card {
  const note: Words = [{ page }]
  const at = card.blocks.findLastIndex(({ kind }) => kind === 'notes')
  const notes = card.blocks[at]
  if (notes?.kind === 'notes')
    return { ...card, blocks: card.blocks.with(at, { ...notes, notes: [...notes.notes, note] }) }
  const end = card.blocks.findIndex(({ kind }) => kind === 'actions')
  return {
    ...card,
    blocks: card.blocks.toSpliced(end < 0 ? card.blocks.length : end, 0, { kind: 'notes', notes: [note] }),
  }
}

/** What a page is called where it is linked. */
export function pageWords({ of }: PageRef): string {
  return of === 'stats' ? 'Open in stats' : 'Timeline'
}

/** A headline that names the pool, where its team has several. */
export function headlineIn(headline: string, { name, named }: PoolRef): string {
  return named && !says(headline, name) ? `${poolName(name)}: ${headline}` : headline
}

/** `web` is not said by `web-2`. */
function says(headline: string, name: string): boolean {
  return headline.split(/[^\p{L}\p{N}._-]+/u).some((word) => word.replace(/[.]$/, '') === name)
}

/** Every mark as an emoji; each says in shape, not in colour alone, what the words say too. */
export const EMOJI: Readonly<Record<Mark, string>> = {
  info: 'ℹ️',
  good: '✅',
  warn: '⚠️',
  bad: '❌',
  calm: '🟢',
  moving: '🔵',
  strained: '🟠',
  down: '🔴',
  question: '❓',
  denied: '🚫',
  unanswered: '⌛',
  replaced: '↪️',
  stopped: '⏹️',
  out: '⏫',
  in: '⏬',
  hold: '⏸️',
  working: '🔄',
  book: '💬',
  chart: '📊',
  settings: '⚙️',
  replay: '🔮',
  history: '📜',
  plug: '🔌',
  money: '💵',
  spent: '🛑',
  quiet: '🌙',
  week: '🗓️',
  checks: '🩺',
  waiting: '⏳',
  skipped: '➖',
  changed: '✏️',
  point: '▫️',
  again: '🔁',
  pin: '📌',
  pause: '⏸️',
  protect: '🛡️',
}
