import { resize } from '../core/operation/scale.ts'
import type { Command } from './command.ts'
import { COUNT } from './grammar/options.ts'
import { readCount, readEnd } from './grammar/words.ts'

export const command: Command<{ readonly kind: 'down'; readonly count: number }> = {
  name: 'down',
  summary: 'take members out now: drained first, never the origin',
  usage: 'down [COUNT]',
  example: '/spinup down 1',
  parse: ([count, ...rest]) => {
    readEnd(rest)
    return { kind: 'down', count: count === undefined ? 1 : readCount(count, 'a count', 1) }
  },
  options: [{ ...COUNT, required: false }],
  forOne: true,
  next: (words) => (words.length === 0 ? ['1', '2', '3'] : []),
  access: 'size',
  needs: 'readyPool',
  audit: { words: ({ count }) => String(count) },
  run: ({ change, actor }, { count }) => change((session) => resize(session, (size) => size - count, actor)),
}
