import type { Form } from '../core/model/form.ts'
import { nearest } from '../core/model/nearest.ts'
import type { Asker } from '../core/model/place.ts'
import { connect, offered, type ConnectChoice } from '../engine/connect/connect.ts'
import type { Services } from '../engine/services.ts'
import type { Command } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { readEnd, readName, wordsOf } from './grammar/words.ts'

/** `choice` null: where it stands. */
export interface Connect {
  readonly kind: 'connect'
  readonly choice: ConnectChoice | null
}

const STAGES = ['account', 'droplet', 'balancer', 'install', 'snapshot', 'restart'] as const

export const command: Command<Connect> = {
  name: 'connect',
  summary: 'link a droplet: choose it, choose the balancer, install the agent, take the snapshot',
  usage: 'connect [account | droplet NAME | balancer NAME | install | snapshot [live] | restart]',
  example: '/spinup connect',
  parse: read,
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
  forOne: true,
  needs: 'nothing',
  pools: 'one',
  // Links are kept beside the pools.
  audit: { words: ({ choice }) => (choice === null ? '' : Object.values(choice).join(' ')), beside: () => true },
  form: {
    open: ({ services, asker }) => form(services, asker),
    read: (values) => read(wordsOf(values['choice'] ?? '')),
  },
  run: ({ services, state, asker }, { choice }) => connect(services, state?.pool.id ?? null, choice, asker),
}

function read(words: readonly string[]): Connect {
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
}

const MOST_CHOICES = 100
const NEVER_DELETED = 'It is never deleted; clones of it come and go.'

async function form(services: Services, asker: Asker): Promise<Form> {
  const { choices, troubles } = await offered(services, asker.place.tenant)
  const options = choices.slice(0, MOST_CHOICES).map(({ label, detail, action }) => ({
    value: action.replace(/^run:\/spinup connect /, ''),
    label,
    detail,
  }))
  return {
    title: 'Connect a droplet',
    submit: 'Go on',
    fields: [
      {
        name: 'choice',
        label: choices.length > 1 ? 'Which droplet runs your site?' : 'Where is the droplet that runs your site?',
        hint: troubles.length > 0 ? `I could not list droplets: ${troubles.join('; ')}` : NEVER_DELETED,
        value: options[0]?.value ?? '',
        optional: false,
        most: 100,
        options,
      },
    ],
  }
}
