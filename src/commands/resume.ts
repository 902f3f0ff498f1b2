import { answer } from '../core/model/answer.ts'
import { inForce } from '../core/model/member.ts'
import type { Actor } from '../core/model/pool.ts'
import type { View } from '../core/model/view.ts'
import { forgetFailures } from '../core/policy/decide.ts'
import type { Session } from '../engine/session.ts'
import type { Command } from './command.ts'
import { alone } from './grammar/words.ts'

export const command: Command<{ readonly kind: 'resume' }> = {
  name: 'resume',
  task: 'hold',
  aliases:
    'unpause, un pause, un-pause, resume scaling, resume autoscaling, continue, start, unfreeze, carry on, go on, wake up, enable, start scaling, start autoscaling, ' +
    'turn on, cancel pause, end pause, stop pause, lift pause, retry, try again, stop pausing, ' +
    'enable autoscaling, enable scaling, turn on autoscaling, switch on',
  summary: 'decide again after a pause; create again after failures stopped it',
  usage: 'resume',
  example: '/spinup resume',
  parse: alone({ kind: 'resume' }),
  needs: 'readyPool',
  run: ({ change, actor }) => change((session) => resume(session, actor)),
}

function resume(session: Session, actor: Actor): readonly View[] {
  const { pause: held, pool, memory, upkeep } = session.state()
  const stopped = memory.stoppedAt !== null
  if (upkeep.refused !== null) session.change({ upkeep: { ...upkeep, refused: { ...upkeep.refused, tries: 0 } } })
  if (upkeep.refused !== null && !stopped && !inForce(held, session.now)) {
    session.journal({
      at: session.now,
      actor,
      what: `Making a droplet for ${pool.name} is tried again`,
      outcome: '',
      tone: 'info',
    })
    return [answer('good', 'It is tried again now', 'The next one is ordered as soon as one is needed.')]
  }
  if (!stopped && !inForce(held, session.now))
    return [answer('info', `${pool.name} is not paused`, 'Nothing was changed.')]
  session.change({ pause: null })
  if (stopped) {
    session.change({ memory: forgetFailures(memory), upkeep: { ...session.state().upkeep, failures: [] } })
    session.journal({
      at: session.now,
      actor,
      what: `Creating clones of ${pool.name} is tried again`,
      outcome: '',
      tone: 'info',
    })
    return [answer('good', `${pool.name} creates clones again`, 'The next one is made as soon as one is needed.')]
  }
  session.journal({ at: session.now, actor, what: `Resumed ${pool.name}`, outcome: '', tone: 'info' })
  return [answer('good', `${pool.name} is watched again`, 'The policy decides again.')]
}
