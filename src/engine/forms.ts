import { SpinupError } from '../core/model/error.ts'
import type { Asker } from '../core/model/place.ts'
import type { PoolState } from '../core/pool/state.ts'
import type { View } from '../core/model/view.ts'
import { POLICY_FIELDS } from '../core/policy/fields.ts'
import type { Form, FormField } from '../chat/chat.ts'
import { answeredAlready } from './commands/approval.ts'
import { offered } from './commands/connect.ts'
import { status } from './commands/read.ts'
import { poolsSeen } from './pools-seen.ts'
import type { Services } from './services.ts'

/**
 * What a form asks, filled in as things are now; views instead: it is answered already. Throws `SpinupError` in words where
 * there is nothing to ask.
 */
export async function formFor(
  services: Services,
  wish: { readonly kind: 'deny'; readonly id: string } | { readonly kind: 'policy' } | { readonly kind: 'connect' },
  asker: Asker,
): Promise<Form | readonly View[]> {
  if (wish.kind === 'connect') return connectForm(services, asker)
  const state = (await poolsSeen(services, asker.place.tenant))[0]
  if (state === undefined)
    throw new SpinupError('notFound', 'No droplet is connected yet. Type /spinup connect to begin.')
  return wish.kind === 'policy' ? policyForm(state) : denyForm(state, wish.id, services.now())
}

const LONGEST_REASON = 200

function denyForm(state: PoolState, id: string, now: number): Form | readonly View[] {
  const said = answeredAlready(state, { kind: 'deny', id, reason: '' }, now)
  if (said !== null) return said
  const approval = state.approvals.find((known) => known.id === id)!
  const { from, to } = approval.decision
  return {
    title: `Keep ${from}, not ${to}?`,
    submit: 'Deny',
    fields: [
      {
        name: 'reason',
        label: 'Why?',
        hint: 'The team sees it on the card and in the history.',
        value: '',
        optional: false,
        most: LONGEST_REASON,
      },
    ],
  }
}

/** The settings people change most; every other one is `/spinup policy NAME=VALUE`. */
const ASKED = ['target', 'min', 'max', 'mode', 'max-per-month']

function policyForm({ pool }: PoolState): Form {
  const fields = ASKED.flatMap((name): readonly FormField[] => {
    const field = POLICY_FIELDS.find((known) => known.name === name)
    if (field === undefined) return []
    const value = field.read(pool.policy)
    return [{ name, label: name, hint: field.meaning, value, optional: true, most: 100 }]
  })
  return { title: `Policy of ${pool.name}`.slice(0, 24), submit: 'Set', fields }
}

const MOST_CHOICES = 100
const NEVER_DELETED = 'It is never deleted; clones of it come and go.'

async function connectForm(services: Services, asker: Asker): Promise<Form> {
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

/** Every pool that may be seen from there. */
export async function home(services: Services, asker: Asker): Promise<readonly View[]> {
  const states = await poolsSeen(services, asker.place.tenant)
  return Promise.all(states.filter(({ pool }) => pool.phase === 'ready').map((state) => status(services, state)))
}
