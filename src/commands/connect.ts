import { nearest } from '../core/model/nearest.ts'
import { connect, type ConnectChoice } from '../engine/connect/connect.ts'
import type { Command } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { readEnd } from './grammar/words.ts'

/** `choice` null: where it stands. */
export interface Connect {
  readonly kind: 'connect'
  readonly choice: ConnectChoice | null
}

const STAGES = ['account', 'install', 'snapshot', 'restart'] as const

export const command: Command<Connect> = {
  name: 'connect',
  summary: 'link a droplet: pick it and the balancer on a page, install the agent, take the snapshot',
  usage: 'connect [account | install | snapshot [live] | restart]',
  example: '/spinup connect',
  parse: read,
  options: [
    { name: 'step', summary: 'What to do next; leave it out to see where it stands', kind: 'text', choices: STAGES },
    { name: 'how', summary: 'A snapshot of the running droplet', kind: 'text', choices: ['live'] },
  ],
  next: (words) => (words.length === 0 ? STAGES : words.length === 1 && words[0] === 'snapshot' ? ['live'] : []),
  forOne: true,
  needs: 'nothing',
  pools: 'one',
  // Links are kept beside the pools.
  audit: { words: ({ choice }) => wordsOf(choice), beside: () => true },
  run: ({ services, state, asker }, { choice }) => connect(services, state?.pool.id ?? null, choice, asker),
}

function read(words: readonly string[]): Connect {
  const [first, name, ...rest] = words
  const stage = first?.toLowerCase()
  switch (stage) {
    case undefined:
      return { kind: 'connect', choice: null }
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

function wordsOf(choice: ConnectChoice | null): string {
  if (choice === null) return ''
  return choice.kind === 'snapshot' && choice.live === true ? 'snapshot live' : choice.kind
}
