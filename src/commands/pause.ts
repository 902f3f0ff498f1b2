import { answer } from '../core/model/answer.ts'
import type { Actor } from '../core/model/pool.ts'
import type { View } from '../core/model/view.ts'
import { duration } from '../core/model/words.ts'
import type { Session } from '../engine/session.ts'
import type { Command } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { REASON, TIME } from './grammar/options.ts'
import { readSpan } from './grammar/span.ts'
import { readReason, spanWords } from './grammar/words.ts'

/** `forMs` null: until somebody resumes. */
export interface Pause {
  readonly kind: 'pause'
  readonly forMs: number | null
  readonly reason: string
}

export const command: Command<Pause> = {
  name: 'pause',
  task: 'hold',
  aliases:
    'freeze, halt, suspend, stop scaling, stop autoscaling, pause scaling, pause autoscaling, ' +
    'pause everything, hands off, disable autoscaling, turn off autoscaling, switch off autoscaling, disable scaling',
  phrases: {
    '': 'stop, stop it, stop everything, hold on, disable, disable it, turn off, turn it off, switch off, switch it off',
    '*': 'hold on *',
    'for *': 'stop for *',
    'until *': 'stop until *',
  },
  summary: 'stop deciding for a while; what people type still acts',
  usage: 'pause [for DURATION | until HH:MM] [REASON]',
  example: '/spinup pause for 30m deploying',
  parse: (words, at) => {
    // It would be a reason to pause for good.
    if (words.length === 1 && words[0]?.toLowerCase() === 'off') {
      throw new BadWords('A pause is ended by resume.', '/spinup resume')
    }
    const { forMs, rest } = readSpan(words, { ...at, before: 'pause', endless: true })
    return { kind: 'pause', forMs, reason: readReason(rest) }
  },
  options: [TIME, REASON],
  next: (words) => {
    if (words.length === 0) return ['for', 'until']
    return words.length === 1 && words[0] === 'for' ? ['10m', '30m', '2h'] : []
  },
  needs: 'readyPool',
  audit: { words: ({ forMs, reason }) => `${spanWords(forMs)} ${reason}` },
  run: ({ change, actor }, wish) => change((session) => pause(session, wish, actor)),
}

/** Stops deciding; commands by people still act. */
function pause(session: Session, { forMs, reason }: Pause, actor: Actor): readonly View[] {
  const { pool } = session.state()
  const expiresAt = forMs === null ? null : session.now + forMs
  session.change({ pause: { owner: actor, reason, at: session.now, expiresAt } })
  const span = forMs === null ? 'until someone resumes' : `for ${duration(forMs)}`
  session.journal({ at: session.now, actor, what: `Paused ${pool.name} ${span}`, outcome: reason, tone: 'info' })
  return [
    answer('warn', `${pool.name} is paused ${span}`, 'Nothing is scaled by itself; what people type still acts.', [
      { action: 'run:/spinup resume', label: 'Resume', style: 'primary' },
    ]),
  ]
}
