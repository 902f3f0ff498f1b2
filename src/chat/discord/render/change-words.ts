import { dollars } from '../../../core/model/words.ts'
import type { Actor } from '../../../core/model/pool.ts'
import { escape } from './escape.ts'

/** What a change of size costs: `$0.018/h → $0.036/h`. */
export function costs(view: { readonly dollarsPerHourBefore: number; readonly dollarsPerHourAfter: number }): string {
  return `${dollars(view.dollarsPerHourBefore)}/h → ${dollars(view.dollarsPerHourAfter)}/h`
}

/** `Ada, Grace Hopper`; of many the first five. */
export function people(actors: readonly Actor[]): string {
  const names = actors.slice(0, 5).map(({ name }) => escape(name, 80))
  return actors.length > names.length
    ? `${names.join(', ')} and ${actors.length - names.length} more`
    : names.join(', ')
}
