import { resize } from '../core/operation/scale.ts'
import type { Command } from './command.ts'
import { COUNT } from './grammar/options.ts'
import { readEnd, readSize } from './grammar/words.ts'

export const command: Command<{ readonly kind: 'down'; readonly count: number }> = {
  name: 'down',
  task: 'scaling',
  aliases: 'scale down, scale in, shrink, reduce, decrease',
  summary: 'take members out now: drained first, never the origin',
  usage: 'down [COUNT]',
  example: '/spinup down 1',
  parse: (words) => {
    const { count, rest } = readSize(words.map((word) => word.replace(/^-(?=\d)/, '')))
    readEnd(rest)
    return { kind: 'down', count: count ?? 1 }
  },
  options: [{ ...COUNT, required: false }],
  forOne: true,
  next: (words) => (words.length === 0 ? ['1', '2', '3'] : []),
  needs: 'readyPool',
  audit: { words: ({ count }) => String(count) },
  run: ({ change, actor }, { count }) => change((session) => resize(session, (size) => size - count, actor)),
}
