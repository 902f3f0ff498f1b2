import { parseDuration } from '../../core/model/duration.ts'
import { nextChanges, readChanges } from './changes.ts'
import { BadWords, type Command } from './command.ts'
import { nearest } from './words.ts'

const EXAMPLE = '/spinup whatif target=50% max=6 last 7d'
const LEAST_MS = 10 * 60_000
const LONGEST_MS = 14 * 86_400_000

export const command: Command = {
  name: 'whatif',
  summary: 'replay the pool’s own history with another policy; changes nothing',
  usage: 'whatif NAME=VALUE … [last DURATION]',
  example: EXAMPLE,
  parse: (words) => {
    const { pairs, rangeMs } = split(words)
    if (pairs.length === 0) throw new BadWords('What if what? Say which settings would be different.', EXAMPLE)
    return { kind: 'whatif', changes: readChanges(pairs, 'whatif'), rangeMs }
  },
  options: [
    {
      name: 'settings',
      summary: 'NAME=VALUE, several with spaces between: target=50% max=6',
      kind: 'text',
      required: true,
      offers: () => nextChanges([]),
    },
    {
      name: 'last',
      summary: 'How far back: 90m, 24h, 7d',
      kind: 'text',
      offers: () => ['90m', '24h', '7d'],
      words: (value) => `last ${value}`,
    },
  ],
  next: (words) => {
    if (words.at(-1) === 'last') return ['24h', '7d', '90m']
    return words.includes('last') ? nextChanges(words) : [...nextChanges(words), 'last']
  },
}

function split(words: readonly string[]): { readonly pairs: readonly string[]; readonly rangeMs: number | null } {
  const at = words.findIndex((word) => word.toLowerCase() === 'last')
  if (at < 0) {
    const odd = words.find((word) => !word.includes('=') && (parseDuration(word) !== null || nearest(word, ['last'])))
    if (odd === undefined) return { pairs: words, rangeMs: null }
    const pairs = words.filter((word) => word.includes('='))
    throw new BadWords(`I do not understand “${odd}”.`, `/spinup whatif ${pairs.join(' ') || 'target=50%'} last 24h`)
  }
  // `last 1 h 30 min` in separate words is one duration: it ends where the next pair begins.
  const rest = words.slice(at + 1)
  const next = rest.findIndex((word) => word.includes('='))
  const span = next < 0 ? rest : rest.slice(0, next)
  const pairs = [...words.slice(0, at), ...rest.slice(span.length)]
  const right = (range: string): string => `/spinup whatif ${pairs.join(' ') || 'target=50%'} last ${range}`
  const rangeMs = parseDuration(span.join(''))
  if (rangeMs === null) throw new BadWords(`“${span.join(' ')}” is not a duration.`, right('24h'))
  if (rangeMs < LEAST_MS) throw new BadWords('That is too short: at least ten minutes.', right('90m'))
  if (rangeMs > LONGEST_MS) throw new BadWords('That is too long: at most two weeks.', right('7d'))
  return { pairs, rangeMs }
}
