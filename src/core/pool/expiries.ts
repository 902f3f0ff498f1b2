import { SPINUP } from '../model/pool.ts'
import type { AnswerView } from '../model/view.ts'
import { plural } from '../model/words.ts'
import { forgotten } from './approvals.ts'
import { expireAsked } from './asked.ts'
import { limitsOf } from './capacity.ts'
import { pinCard, pinEnded, warnsAt } from '../cards/views/alert.ts'
import type { Draft } from './draft.ts'

/** Lifts pins, pauses and protections whose time is over, says so, warns of pins that end soon, and forgets old approvals. */
export function expireOverrides(draft: Draft): void {
  const { now } = draft
  const state = draft.state()
  const expired = (what: string, owner: string, at: number): void => {
    draft.journal({ at: now, actor: SPINUP, what: `${what} expired`, outcome: `set by ${owner}`, tone: 'info' })
    draft.tellOnce(`expired:${what}:${at}`, view(what, owner))
  }
  const { pin } = state
  if (pin !== null && pin.expiresAt <= now) {
    draft.change({ pin: null })
    const what = `Pin at ${plural(pin.count, 'member')}`
    // The card that warned of it tells that it happened.
    if (pin.warned === undefined) expired(what, pin.owner.name, pin.at)
    else {
      draft.journal({
        at: now,
        actor: SPINUP,
        what: `${what} expired`,
        outcome: `set by ${pin.owner.name}`,
        tone: 'info',
      })
      draft.tellOnce(pinCard(pin), pinEnded(state, pin, now))
    }
  } else if (pin !== null && pin.warned === undefined && now >= warnsAt(pin)) {
    // As the calendar has it by then.
    const windows = draft.windows().filter(({ until }) => until > pin.expiresAt)
    const { min, max } = limitsOf(state.pool.policy, windows)
    const wanted = Math.max(min, Math.min(max, state.decision?.wanted ?? pin.count))
    draft.change({ pin: { ...pin, warned: { at: now, wanted } } })
  }
  if (state.pause !== null && state.pause.expiresAt !== null && state.pause.expiresAt <= now) {
    draft.change({ pause: null })
    expired('Pause', state.pause.owner.name, state.pause.at)
  }
  for (const [id, protection] of Object.entries(state.protections)) {
    if (protection.expiresAt !== null && protection.expiresAt <= now) {
      draft.change({ protections: { [id]: null } })
      expired(`Protection of ${id}`, protection.owner.name, protection.at)
    }
  }
  expireAsked(draft)
  const old = forgotten(state, now)
  if (old.length > 0) draft.change({ approvals: { remove: old } })
}

function view(what: string, owner: string): AnswerView {
  return {
    kind: 'answer',
    tone: 'info',
    title: `${what} expired`,
    text: `Set by ${owner}; the policy decides again.`,
    fields: [],
    actions: [],
  }
}
