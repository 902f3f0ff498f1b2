import { resize } from '../core/operation/scale.ts'
import type { Command } from './command.ts'
import { COUNT } from './grammar/options.ts'
import { readCount, readEnd } from './grammar/words.ts'

export const command: Command<{ readonly kind: 'up'; readonly count: number }> = {
  name: 'up',
  summary: 'add members now',
  usage: 'up [COUNT]',
  example: '/spinup up 1',
  parse: ([count, ...rest]) => {
    readEnd(rest)
    return { kind: 'up', count: count === undefined ? 1 : readCount(count, 'a count', 1) }
  },
  options: [{ ...COUNT, required: false }],
  forOne: true,
  next: (words) => (words.length === 0 ? ['1', '2', '3'] : []),
  access: 'size',
  needs: 'readyPool',
  audit: { words: ({ count }) => String(count) },
  run: ({ change, actor }, { count }) => change((session) => resize(session, (size) => size + count, actor)),
}
