import { BadWords, type Command } from './command.ts'
import { readEnd } from './words.ts'

/** As the buttons of cards carry it. */
const ID = /^[\w-]{1,64}$/

export const command: Command = {
  name: 'why',
  summary: 'the last change and the present decision: numbers, formula, and the rule that limited it',
  usage: 'why [DECISION]',
  example: '/spinup why',
  parse: ([decision, ...rest]) => {
    readEnd(rest)
    if (decision === undefined) return { kind: 'why' }
    if (!ID.test(decision)) throw new BadWords(`“${decision}” is no decision.`, '/spinup why')
    return { kind: 'why', decision }
  },
  options: [{ name: 'decision', summary: 'the one a card tells of; the present one unless given', kind: 'text' }],
}
