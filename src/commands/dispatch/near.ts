import { distance, nearest } from '../../core/model/nearest.ts'
import { LISTED } from '../registry.ts'

type Known = (typeof LISTED)[number]

/** At a name of two letters every other word would be a slip. */
const SHORTEST_NAME = 3
/** Any word of fewer letters is near to some name. */
const SHORTEST_WORD = 5

/** Whether one letter is wrong, missing, too many, or swapped with the next. */
export function isSlip(word: string, name: string): boolean {
  const near = name.length >= SHORTEST_NAME && Math.abs(name.length - word.length) <= 1
  return near && distance(word.toLowerCase(), name) === 1
}

/** The command whose name was nearly typed; null: none. One that changes something only where it is one slip. */
export function nearCommand(typed: string): Known | null {
  const word = typed.toLowerCase().replace(/^[/!@]/, '')
  const reads = LISTED.filter((command) => 'access' in command && command.access === 'read')
  const names = reads.map(({ name }) => name).filter((name) => word.length >= SHORTEST_WORD || name.startsWith(word))
  const near = nearest(word, names)
  const slipped = ({ name }: Known): boolean => isSlip(word, name) || name === word
  return reads.find(slipped) ?? LISTED.find(slipped) ?? reads.find(({ name }) => name === near) ?? null
}
