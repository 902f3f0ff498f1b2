import { resize } from '../core/operation/scale.ts'
import type { Command } from './command.ts'
import { COUNT } from './grammar/options.ts'
import { readCount, readEnd } from './grammar/words.ts'

export const command: Command<{ readonly kind: 'scale'; readonly count: number }> = {
  name: 'scale',
  summary: 'go to a number of members now; the policy continues from there (pin holds it)',
  usage: 'scale COUNT',
  example: '/spinup scale 3',
  parse: ([first, ...more]) => {
    const [count, ...rest] = first?.toLowerCase() === 'to' ? more : [first, ...more]
    readEnd(rest.filter((word) => word !== undefined))
    return { kind: 'scale', count: readCount(count, 'a count', 1) }
  },
  options: [COUNT],
  forOne: true,
  next: (words) => (words.length === 0 ? ['2', '3', '4'] : []),
  access: 'size',
  needs: 'readyPool',
  audit: { words: ({ count }) => String(count) },
  run: ({ change, actor }, { count }) => change((session) => resize(session, () => count, actor)),
}
