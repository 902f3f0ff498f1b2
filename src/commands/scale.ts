import { resize } from '../core/operation/scale.ts'
import type { Command } from './command.ts'
import { COUNT } from './grammar/options.ts'
import { neededSize, readEnd } from './grammar/words.ts'

export const command: Command<{ readonly kind: 'scale'; readonly count: number }> = {
  name: 'scale',
  task: 'scaling',
  aliases: 'scale to, resize, go to, up to, down to, scale up to, scale down to, scale out to, scale in to, make it',
  summary: 'go to a number of members now; the policy continues from there (pin holds it)',
  usage: 'scale COUNT',
  example: '/spinup scale 3',
  parse: (words) => {
    const { count, rest } = neededSize(words)
    readEnd(rest)
    return { kind: 'scale', count }
  },
  options: [COUNT],
  forOne: true,
  next: (words) => (words.length === 0 ? ['2', '3', '4'] : []),
  needs: 'readyPool',
  audit: { words: ({ count }) => String(count) },
  run: ({ change, actor }, { count }) => change((session) => resize(session, () => count, actor)),
}
