import { BadWords, type Command } from './command.ts'
import { readCount } from './words.ts'

const USUAL = 15
const MOST = 200

export const command: Command = {
  name: 'history',
  summary: 'who did what, when and from where, newest first',
  usage: 'history [COUNT] [of PERSON]',
  example: '/spinup history 20 of Ada',
  parse: (words) => {
    const [first, ...rest] = words
    const counted = first !== undefined && !isOf(first)
    if (counted && /^[\p{L}<@]/u.test(first)) {
      throw new BadWords(`“${first}” is not a count.`, `/spinup history of ${words.join(' ')}`)
    }
    const count = counted ? Math.min(MOST, readCount(first, 'a count', 1)) : USUAL
    const [of, ...person] = counted ? rest : words
    if (of === undefined) return { kind: 'history', count }
    if (!isOf(of)) throw new BadWords(`I do not understand “${of}”.`, `/spinup history ${count} of ${of}`)
    const name = person.join(' ').slice(0, LONGEST_NAME)
    if (name === '') throw new BadWords('Of whom?', `/spinup history ${count} of me`)
    return { kind: 'history', count, person: name }
  },
  options: [
    { name: 'count', summary: 'How many entries', kind: 'count' },
    {
      name: 'person',
      summary: 'Of one person; leave it out for everybody',
      kind: 'text',
      offers: () => ['me', 'Spinup'],
      words: (value) => `of ${value}`,
    },
  ],
  next: (words) => {
    if (words.at(-1) === 'of') return ['me', 'Spinup']
    return words.includes('of') ? [] : words.length === 0 ? ['of', '50'] : ['of']
  },
}

const LONGEST_NAME = 80

function isOf(word: string): boolean {
  return word.toLowerCase() === 'of'
}
