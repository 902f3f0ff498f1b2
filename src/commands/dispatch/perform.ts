import type { Form } from '../../chat/chat.ts'
import { SpinupError } from '../../core/model/error.ts'
import type { Asker } from '../../core/model/place.ts'
import type { View } from '../../core/model/view.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { guardChange } from '../../engine/approvers.ts'
import type { Asked } from '../../engine/audit.ts'
import { timeZoneAt } from '../../engine/notices/time-zone.ts'
import { poolsSeen } from '../../engine/pools-seen.ts'
import type { Services } from '../../engine/services.ts'
import { withPool } from '../../engine/session.ts'
import type { Access, AtPool, Command, Here } from '../command.ts'
import { COMMANDS, type Request } from '../registry.ts'

/** What the engine carries out: everything but help. */
export type Performable = Exclude<Request, { kind: 'help' }>

/** A command that is carried out, whatever it reads: it is given what its own `parse`, buttons or form made. */
type Performed = Exclude<Command<Request>, { readonly needs: 'words' }>

/** Long enough for a tick in progress to end, or for the lock of a bot that died in one to lapse. */
const LOCK_WAIT_MS = 6000

/** Does what a person asked: finds the pool that is meant, checks what is needed and who may, and keeps it. */
export function perform(services: Services, request: Performable, asker: Asker): Promise<readonly View[]> {
  const command = performed(request.kind)
  const access = accessOf(command, request)
  const work = async (): Promise<readonly View[]> => {
    const here = await hereFor(services, asker)
    if (here.state !== null) services.audit.about(here.state.pool)
    const settings = command.settings?.(request) ?? {}
    if (command.needs === 'nothing') {
      if (here.state !== null) guardChange(here.state, { access, settings }, asker)
      return command.run(here, request)
    }
    const at = atPool(here)
    if (command.needs === 'readyPool' && access !== 'read') mustBeReady(at.state)
    guardChange(at.state, { access, settings }, asker)
    return command.run(at, request)
  }
  return access === 'read' ? work() : services.audit.request(askedOf(request), asker, work)
}

/** A form of a command, as `ask:NAME:ABOUT` names it. */
export interface FormOf {
  readonly name: Request['kind']
  readonly about: string
  readonly read: (values: Readonly<Record<string, string>>) => Request
}

/** The form that a button opens; null: none that is known. */
export function formOf(action: string): FormOf | null {
  const [, word, about = ''] = /^ask:([^:]+):?(.*)$/s.exec(action) ?? []
  const command = COMMANDS.find(({ name }) => name === word)
  if (command === undefined || command.needs === 'words' || command.form === undefined) return null
  const { name, form } = command
  return { name, about, read: (values) => form.read(values, about) }
}

/** What a form asks, filled in as things are now; views instead: it is answered already. */
export async function formFor(
  services: Services,
  { name, about }: FormOf,
  asker: Asker,
): Promise<Form | readonly View[]> {
  const command = performed(name)
  const here = await hereFor(services, asker)
  const opened = command.needs === 'nothing' ? command.form?.open(here, about) : command.form?.open(atPool(here), about)
  return opened ?? []
}

/** A request for the audit. */
export function askedOf(request: Performable): Asked {
  const { name, audit } = performed(request.kind)
  return {
    action: name,
    line: `${name} ${audit?.words?.(request) ?? ''}`.trim(),
    vote: audit?.vote === undefined ? null : { approval: audit.vote(request) },
    beside: audit?.beside ?? (() => false),
    detail: request,
  }
}

function performed(kind: Request['kind']): Performed {
  const found = COMMANDS.find(({ name }) => name === kind)
  if (found === undefined || found.needs === 'words') throw new TypeError(`${kind} is not carried out by the engine`)
  // Each is given only what it has read itself, since a request's kind is its command's name.
  return found as unknown as Performed
}

function accessOf({ access = 'change', reads }: Performed, request: Request): Access {
  return reads?.(request) === true ? 'read' : access
}

/** The one place where it is decided which pool is meant. */
async function hereFor(services: Services, asker: Asker): Promise<Here> {
  return {
    services,
    asker,
    actor: asker.actor,
    state: (await poolsSeen(services, asker.place.tenant))[0] ?? null,
    timeZone: async () => asker.timeZone ?? timeZoneAt(services, asker.place),
  }
}

/** Throws `notFound` where there is no pool yet. */
function atPool(here: Here): AtPool {
  const { services, state } = here
  if (state === null) throw new SpinupError('notFound', 'No droplet is connected yet. Type /spinup connect to begin.')
  return {
    ...here,
    state,
    change: async (work) => {
      const views = await withPool(services, state.pool.id, LOCK_WAIT_MS, async (session) => work(session))
      if (views !== null) return views
      throw new SpinupError('unavailable', 'The pool is busy just now; nothing was changed. Try again in a moment.')
    },
  }
}

/** Throws `conflict` where it is not. */
function mustBeReady({ pool }: PoolState): void {
  if (pool.phase === 'ready') return
  throw new SpinupError(
    'conflict',
    pool.phase === 'disconnecting'
      ? 'The pool is being disconnected; nothing was changed.'
      : 'The pool is not connected yet. Type /spinup connect to go on.',
  )
}
