import { MODES } from '../../core/model/policy.ts'
import { BadWords, type Command } from './command.ts'
import { nearest, readEnd } from './words.ts'

export const command: Command = {
  name: 'mode',
  summary: 'auto (act and tell), approve (ask first) or observe (say what I would do)',
  usage: 'mode [auto | approve | observe]',
  example: '/spinup mode approve',
  parse: ([word, ...rest]) => {
    readEnd(rest)
    if (word === undefined) return { kind: 'mode', mode: null }
    const mode = MODES.find((known) => known === word.toLowerCase())
    if (mode !== undefined) return { kind: 'mode', mode }
    const near = nearest(word, MODES)
    throw new BadWords(`“${word}” is no mode.`, near === null ? null : `/spinup mode ${near}`)
  },
  options: [{ name: 'mode', summary: 'Leave it out to see how it is', kind: 'text', choices: MODES }],
  next: (words) => (words.length === 0 ? MODES : []),
}
