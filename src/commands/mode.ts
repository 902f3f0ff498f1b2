import { answer } from '../core/model/answer.ts'
import { nearest } from '../core/model/nearest.ts'
import { MODES, type Mode } from '../core/model/policy.ts'
import type { Actor } from '../core/model/pool.ts'
import type { View } from '../core/model/view.ts'
import type { Session } from '../engine/session.ts'
import { setPolicy } from '../engine/loop/answer-proposal.ts'
import type { Command } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { readEnd } from './grammar/words.ts'

/** null: only what it is. */
export const command: Command<{ readonly kind: 'mode'; readonly mode: Mode | null }> = {
  name: 'mode',
  task: 'rules',
  aliases: 'set mode, set mode to, mode to, change mode to, switch to mode, switch mode to',
  phrases: {
    auto: 'auto mode, switch to auto, switch to auto mode',
    approve: 'switch to approve, switch to approve mode',
    observe: 'observe mode, switch to observe, switch to observe mode, mode dry run',
  },
  asks: { '': 'mode, auto, manual, observe, automatic, automatically, which mode, what mode, ask first' },
  summary: 'auto (act and report), approve (ask first) or observe (say what I would do)',
  usage: 'mode [auto | approve | observe]',
  example: '/spinup mode approve',
  parse: ([word, ...rest]) => {
    readEnd(rest)
    if (word === undefined) return { kind: 'mode', mode: null }
    const mode = MODES.find((known) => known === (MEANT.get(word.toLowerCase()) ?? word.toLowerCase()))
    if (mode !== undefined) return { kind: 'mode', mode }
    const near = nearest(word, MODES)
    throw new BadWords(`“${word}” is not a mode.`, near === null ? null : `/spinup mode ${near}`)
  },
  options: [{ name: 'mode', summary: 'Leave it out to see the current one', kind: 'text', choices: MODES }],
  next: (words) => (words.length === 0 ? MODES : []),
  reads: ({ mode }) => mode === null,
  settings: ({ mode }) => (mode === null ? {} : { mode }),
  access: 'open',
  needs: 'readyPool',
  audit: { words: ({ mode }) => mode ?? '' },
  run: ({ change, actor }, { mode }) => change((session) => setMode(session, mode, actor)),
}

/** As people call them. */
const MEANT = new Map<string, Mode>([
  ['automatic', 'auto'],
  ['manual', 'approve'],
  ['ask', 'approve'],
  ['watch', 'observe'],
])

const ABOUT: Readonly<Record<Mode, string>> = {
  auto: 'I act and report.',
  approve: 'I ask first; a proposal nobody answers does what the policy says.',
  observe: 'I only say what I would do.',
}

/** Shows or sets the mode. */
function setMode(session: Session, mode: Mode | null, actor: Actor): readonly View[] {
  const { pool } = session.state()
  const others = (['auto', 'approve', 'observe'] as const).filter((known) => known !== (mode ?? pool.policy.mode))
  const actions = others.map((other) => ({
    action: `run:/spinup mode ${other}`,
    label: `Switch to ${other}`,
    style: 'plain' as const,
  }))
  if (mode === null)
    return [answer('info', `${pool.name} is in mode ${pool.policy.mode}`, ABOUT[pool.policy.mode], actions)]
  if (mode === pool.policy.mode) return [answer('info', `${pool.name} is in mode ${mode} already`, ABOUT[mode])]
  setPolicy(session, (policy) => ({ ...policy, mode }), actor)
  return [answer('good', `${pool.name} is in mode ${mode}`, ABOUT[mode], actions)]
}
