import { BadWords, type Command } from './command.ts'
import { nearest, readEnd, readName } from './words.ts'

const STAGES = ['account', 'droplet', 'balancer', 'install', 'snapshot', 'restart'] as const

export const command: Command = {
  name: 'connect',
  summary: 'link a droplet: choose it, choose the balancer, install the agent, take the snapshot',
  usage: 'connect [account | droplet NAME | balancer NAME | install | snapshot [live] | restart]',
  example: '/spinup connect',
  parse: (words) => {
    const [first, name, ...rest] = words
    const stage = first?.toLowerCase()
    switch (stage) {
      case undefined:
        return { kind: 'connect', choice: null }
      case 'droplet':
      case 'balancer':
        if (name === undefined) throw new BadWords(`Which ${stage}?`, `/spinup connect ${stage} NAME`)
        readEnd(rest)
        readName(name, stage, `/spinup connect ${stage} NAME`)
        return { kind: 'connect', choice: { kind: stage, name } }
      case 'snapshot':
        if (name?.toLowerCase() === 'live') {
          readEnd(rest)
          return { kind: 'connect', choice: { kind: 'snapshot', live: true } }
        }
        readEnd(words.slice(1))
        return { kind: 'connect', choice: { kind: 'snapshot' } }
      case 'account':
      case 'install':
      case 'restart':
        readEnd(words.slice(1))
        return { kind: 'connect', choice: { kind: stage } }
      default: {
        const near = nearest(stage, STAGES)
        throw new BadWords(`“${first}” is no step of connect.`, near === null ? null : `/spinup connect ${near}`)
      }
    }
  },
  options: [
    { name: 'step', summary: 'What to do next; leave it out to see where it stands', kind: 'text', choices: STAGES },
    {
      name: 'name',
      summary: 'Which droplet or balancer',
      kind: 'text',
      offers: ({ droplets }) => droplets,
    },
  ],
  next: (words, facts) => {
    if (words.length === 0) return STAGES
    if (words.length !== 1) return []
    return words[0] === 'droplet' ? facts.droplets : words[0] === 'snapshot' ? ['live'] : []
  },
}
