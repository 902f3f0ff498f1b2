import { resize } from '../core/operation/scale.ts'
import type { Command } from './command.ts'
import { COUNT } from './grammar/options.ts'
import { readEnd, readSize } from './grammar/words.ts'

export const command: Command<{ readonly kind: 'up'; readonly count: number }> = {
  name: 'up',
  task: 'scaling',
  aliases: 'add, scale up, scale out, grow, increase',
  summary: 'add members now',
  usage: 'up [COUNT]',
  example: '/spinup up 1',
  parse: (words) => {
    const { count, rest } = readSize(words.map((word) => word.replace(/^\+(?=\d)/, '')))
    readEnd(rest)
    return { kind: 'up', count: count ?? 1 }
  },
  options: [{ ...COUNT, required: false }],
  forOne: true,
  next: (words) => (words.length === 0 ? ['1', '2', '3'] : []),
  needs: 'readyPool',
  audit: { words: ({ count }) => String(count) },
  run: ({ change, actor }, { count }) => change((session) => resize(session, (size) => size + count, actor)),
}
