import { listed } from '../core/cards/words.ts'
import { answer } from '../core/model/answer.ts'
import type { View } from '../core/model/view.ts'
import type { PoolState } from '../core/pool/state.ts'
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

const STAGES = ['another', 'account', 'install', 'snapshot', 'restart'] as const

export const command: Command<Connect> = {
  name: 'connect',
  task: 'setup',
  aliases: 'link, setup, set up, install, onboard, init',
  summary: 'link a droplet: pick it and the balancer on a page, install the agent, take the snapshot',
  usage: 'connect [another | account | install | snapshot [live] | restart]',
  example: '/spinup connect',
  parse: read,
  options: [
    { name: 'step', summary: 'What to do next; leave it out to see the current step', kind: 'text', choices: STAGES },
    { name: 'how', summary: 'A snapshot of the running droplet', kind: 'text', choices: ['live'] },
  ],
  next: (words) => (words.length === 0 ? STAGES : words.length === 1 && words[0] === 'snapshot' ? ['live'] : []),
  forOne: true,
  needs: 'nothing',
  pools: 'one',
  // What is half connected goes on; a step is of the channel's pool before that.
  isOf: ({ choice }, { pool }) => choice === null && pool.phase === 'connecting',
  // Links are kept beside the pools.
  audit: { words: ({ choice }) => wordsOf(choice), beside: () => true },
  run: ({ services, state, pools, asker }, { choice }) => {
    const begun = pools.filter(({ pool }) => pool.phase === 'connecting')
    const meant = state ?? (choice?.kind !== 'another' && begun.length === 1 ? begun[0]! : null)
    if (meant === null && pools.length > 0 && choice?.kind !== 'another') return [whichFirst(pools)]
    return connect(services, meant?.pool.id ?? null, choice, asker)
  },
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
    case 'another':
    case 'account':
    case 'install':
    case 'restart':
      readEnd(words.slice(1))
      return { kind: 'connect', choice: { kind: stage } }
    default: {
      const near = nearest(stage, STAGES)
      throw new BadWords(`“${first}” is not a step of connect.`, near === null ? null : `/spinup connect ${near}`)
    }
  }
}

/** Several are connected, and none was named. */
function whichFirst(pools: readonly PoolState[]): View {
  const names = pools.map(({ pool }) => pool.name)
  const text = `\`/spinup connect another\` adds one. For a step of one, name it: /spinup connect ${names[0]} install.`
  return answer('info', `Connected: ${listed(names)}`, text, [
    { action: 'run:/spinup connect another', label: 'Connect another', style: 'primary' },
    { action: 'run:/spinup pools', label: 'Pools', style: 'plain' },
  ])
}

function wordsOf(choice: ConnectChoice | null): string {
  if (choice === null) return ''
  return choice.kind === 'snapshot' && choice.live === true ? 'snapshot live' : choice.kind
}
