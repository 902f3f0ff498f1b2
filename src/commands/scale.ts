import { inDigits } from '../core/model/words.ts'
import { resize } from '../core/operation/scale.ts'
import type { Command } from './command.ts'
import { command as down } from './down.ts'
import { BadWords } from './grammar/bad-words.ts'
import { COUNT } from './grammar/options.ts'
import { readSpan } from './grammar/span.ts'
import { neededSize, readEnd } from './grammar/words.ts'
import { command as up } from './up.ts'

export const command: Command<{ readonly kind: 'scale'; readonly count: number }> = {
  name: 'scale',
  task: 'scaling',
  aliases: ['scale to, resize, go to, make it', ...[up, down].flatMap(namesOf).map((name) => `${name} to`)].join(', '),
  summary: 'go to a number of members now; the policy continues from there (pin holds it)',
  usage: 'scale COUNT',
  example: '/spinup scale 3',
  parse: (words, at) => {
    refuseDifference(words)
    const { count, rest } = neededSize(words)
    const isSpan = !/^\d+$/.test(rest[0] ?? '') && readSpan(rest, { ...at, before: `pin ${count}` }).forMs !== null
    if (isSpan) throw new BadWords('Only a pin lasts for a time.', `/spinup pin ${count} ${rest.join(' ')}`)
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

/** `grow to 4` is no `grow 4`. */
function namesOf({ name, aliases }: { readonly name: string; readonly aliases?: string }): readonly string[] {
  return [name, ...(aliases?.split(', ') ?? [])]
}

/** `scale by 2`, `scale -1`: how many more or fewer, not how many. */
function refuseDifference([first = '', second = '']: readonly string[]): void {
  const [, sign, digits] =
    /^([+-])(\d{1,4})$/.exec(/^by$/i.test(first) ? `+${inDigits(second).replace(/^\+/, '')}` : first) ?? []
  if (digits === undefined || Number(digits) < 1) return
  throw new BadWords('That is a difference, not a count.', `/spinup ${sign === '-' ? 'down' : 'up'} ${Number(digits)}`)
}
