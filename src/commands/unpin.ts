import { answer } from '../core/model/answer.ts'
import { inForce } from '../core/model/member.ts'
import type { Actor } from '../core/model/pool.ts'
import type { View } from '../core/model/view.ts'
import { replacePin } from '../core/pool/pin.ts'
import type { Session } from '../engine/session.ts'
import type { Command } from './command.ts'
import { alone } from './grammar/words.ts'

export const command: Command<{ readonly kind: 'unpin' }> = {
  name: 'unpin',
  task: 'hold',
  aliases:
    'un pin, un-pin, undo last pin, unlock, unhold, clear pin, lift pin, cancel pin, release pin, delete pin, stop pin, end pin, ' +
    'stop pinning',
  summary: 'lift the pin; the policy decides again',
  usage: 'unpin',
  example: '/spinup unpin',
  parse: alone({ kind: 'unpin' }),
  needs: 'readyPool',
  run: ({ change, actor }) => change((session) => unpin(session, actor)),
}

function unpin(session: Session, actor: Actor): readonly View[] {
  const { pin: held, pool } = session.state()
  if (!inForce(held, session.now)) return [answer('info', `${pool.name} is not pinned`, 'Nothing was changed.')]
  replacePin(session, null)
  session.journal({ at: session.now, actor, what: `Unpinned ${pool.name}`, outcome: '', tone: 'info' })
  return [answer('good', `${pool.name} is unpinned`, 'The policy decides again.')]
}
