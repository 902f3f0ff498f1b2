import { parseDuration } from '../../core/model/duration.ts'
import { STAT_NAME } from '../../core/model/sample.ts'
import { BadWords, type Command } from './command.ts'
import { readName } from './words.ts'

const DEFAULT_RANGE_MS = 30 * 60_000
const LONGEST_RANGE_MS = 35 * 86_400_000

export const command: Command = {
  name: 'stats',
  summary: 'a chart and the numbers of any statistic, of the pool or one member',
  usage: 'stats [STAT] [of MEMBER] [last DURATION]',
  example: '/spinup stats cpu last 2h',
  parse: (words) => {
    let stat: string | null = null
    let member: string | null = null
    let rangeMs = DEFAULT_RANGE_MS
    const rest = [...words]
    for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
      const keyword = word.toLowerCase()
      if (keyword === 'of') {
        member = rest.shift() ?? null
        if (member === null) throw new BadWords('Of which member?', '/spinup stats cpu of web-1')
        readName(member, 'member', '/spinup stats cpu of web-1')
        continue
      }
      const asked = keyword === 'last' ? rest.shift() : word
      const range = asked === undefined ? null : parseDuration(asked)
      if (range !== null) {
        if (range > LONGEST_RANGE_MS)
          throw new BadWords('I keep five weeks; ask for less.', '/spinup stats cpu last 35d')
        rangeMs = Math.max(range, 10_000)
      } else if (keyword === 'last') {
        throw new BadWords(`“${asked ?? ''}” is not a duration.`, '/spinup stats last 2h')
      } else if (stat === null && STAT_NAME.test(word)) {
        stat = word
      } else {
        throw new BadWords(`I do not understand “${word}”.`, '/spinup stats cpu last 2h')
      }
    }
    return { kind: 'stats', stat, rangeMs, member }
  },
  options: [
    { name: 'stat', summary: 'cpu, memory or any reported one', kind: 'text', offers: ({ stats }) => stats },
    {
      name: 'member',
      summary: 'Of one member; leave it out for the whole pool',
      kind: 'text',
      offers: ({ members }) => members,
      words: (value) => `of ${value}`,
    },
    {
      name: 'last',
      summary: 'How far back: 30m, 2h, 7d',
      kind: 'text',
      offers: () => ['10m', '1h', '6h', '1d', '7d'],
      words: (value) => `last ${value.replaceAll(' ', '')}`,
    },
  ],
  next: (words, facts) => {
    const last = words.at(-1)
    if (last === 'of') return facts.members
    if (last === 'last') return ['10m', '1h', '6h', '1d', '7d']
    const rest = ['last', 'of'].filter((word) => !words.includes(word))
    return words.length === 0 ? [...facts.stats, ...rest] : rest
  },
}
