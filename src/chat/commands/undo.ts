import { BadWords, type Command } from './command.ts'
import { readEnd } from './words.ts'

/** As the buttons of cards carry it. */
const ID = /^[\w-]{1,64}$/

export const command: Command = {
  name: 'undo',
  summary: 'take the last scale event back, and hold the size before it for 30 minutes',
  usage: 'undo [EVENT]',
  example: '/spinup undo',
  parse: ([episode, ...rest]) => {
    readEnd(rest)
    if (episode !== undefined && !ID.test(episode))
      throw new BadWords(`“${episode}” is no scale event.`, '/spinup undo')
    return { kind: 'undo', episode: episode ?? null }
  },
  options: [{ name: 'event', summary: 'the event a card tells of; the last one unless given', kind: 'text' }],
}
