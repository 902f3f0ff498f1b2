import { answer, isDone } from '../core/model/answer.ts'
import { zoneOf } from '../core/model/time-zone.ts'
import type { View } from '../core/model/view.ts'
import type { Command, Here } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { readEnd } from './grammar/words.ts'

/** null: a dance. */
export interface DiscoWish {
  readonly kind: 'disco'
  readonly open: boolean | null
}

/** The easter egg of 2015's first version, in every chat as on the page: once a day in a channel, and never where it is closed. */
export const command: Command<DiscoWish> = {
  name: 'disco',
  task: 'look',
  hidden: true,
  phrases: {
    off: 'policy disco off, policy disco=off, no disco',
    on: 'policy disco on, policy disco=on',
  },
  summary: 'a dance, once a day in a channel; off closes it for the team',
  usage: 'disco [on | off]',
  example: '/spinup disco off',
  parse: (words) => {
    const [word, ...rest] = words
    readEnd(rest)
    if (word === undefined) return { kind: 'disco', open: null }
    if (!/^(on|off)$/i.test(word)) throw new BadWords(`I do not know “${word}” as a dance.`, '/spinup disco')
    return { kind: 'disco', open: word.toLowerCase() === 'on' }
  },
  options: [{ name: 'state', summary: 'Whether there is one at all', kind: 'text', choices: ['on', 'off'] }],
  reads: ({ open }) => open === null,
  needs: 'nothing',
  audit: { words: ({ open }) => (open === null ? '' : open ? 'on' : 'off'), beside: isDone },
  run: async (here, { open }) => {
    const { services, asker } = here
    if (open === null) return [await dance(here)]
    await services.team.openDisco(asker.place.tenant, open)
    return [answer('good', open ? 'The disco is open' : 'The disco is closed for the team', '')]
  },
}

const STEPS = ['🕺', '💃']
const MOST_DANCERS = 12

async function dance({ services, asker, pools, timeZone }: Here): Promise<View> {
  const { place } = asker
  const now = services.now()
  const today = new Date(now + zoneOf(await timeZone()).offsetMs(now)).toISOString().slice(0, 10)
  const answered = await services.team.dance(place, today)
  if (answered === 'closed')
    return { ...answer('info', 'The disco is closed', '`/spinup disco on` opens it.'), private: true }
  if (answered === 'danced')
    return { ...answer('info', 'One dance a day in a channel', 'Again tomorrow.'), private: true }
  const dancers = pools.flatMap(({ members }) => members.filter(({ phase }) => phase === 'inService'))
  const floor = dancers.slice(0, MOST_DANCERS).map(({ id }, index) => `${id} ${STEPS[index % STEPS.length] ?? ''}`)
  const text = `🪩 ${floor.join('  ') || 'An empty floor.'}\nAs on a hidden page in 2015. Nothing is scaled for it.`
  return answer('info', floor.length === 0 ? 'Disco' : 'Everybody on the floor', text)
}
