import type { StepLine } from '../../../core/model/view.ts'
import { percent } from '../../../core/model/words.ts'
import { escape } from './escape.ts'
import { STEP_MARKS, text } from './parts.ts'
import type { Rank, Text } from './parts.ts'

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
