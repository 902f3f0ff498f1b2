import type { Form } from '../../chat/chat.ts'
import { commandCalled, takesPool } from '../../chat/grammar.ts'
import { answer } from '../../core/model/answer.ts'
import { SpinupError } from '../../core/model/error.ts'
import type { Asker } from '../../core/model/platforms.ts'
import type { View } from '../../core/model/view.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { createDraft } from '../../core/pool/draft.ts'
import { guardChange, waitsForPerson } from '../../core/pool/approvers.ts'
import { askPerson } from '../../core/pool/asked.ts'
import type { Asked } from '../../engine/audit/audit.ts'
import { poolsSeen, timeZoneAt } from '../../engine/reports/live.ts'
import type { Services } from '../../engine/services.ts'
import { changePool } from '../../engine/session.ts'
import type { Access, AtPool, Command, Here } from '../command.ts'
import { viewOf } from '../../core/cards/words.ts'
import { COMMANDS, type Request } from '../registry.ts'
import { accessOf } from './access.ts'
import { askWhich, whichPools, type Meant } from './which-pool.ts'

/** What the engine carries out: everything but help. */
export type Performable = Exclude<Request, { kind: 'help' }>

/** A command that is carried out, whatever it reads: it is given what its own `parse`, buttons or form made. */
type Performed = Exclude<Command<Request>, { readonly needs: 'words' }>

type AtPoolCommand = Extract<Performed, { readonly needs: 'pool' | 'readyPool' }>

/** Long enough for a tick in progress to end, or for the lock of a bot that died in one to expire. */

const LOOK_ONLY =
  'People of other companies may look here and change nothing. Ask somebody of the team; nothing was changed.'

/** Does what a person asked: finds the pool that is meant, checks what is needed and who may, and keeps it. */
export function perform(
  services: Services,
  request: Performable,
  asker: Asker,
  meant: Meant,
): Promise<readonly View[]> {
  const command = performed(request.kind)
  const access = accessOf(command, request)
  if (asker.readOnly === true && access !== 'read') return Promise.reject(new SpinupError('unauthorised', LOOK_ONLY))
  const work = async (): Promise<readonly View[]> => {
    const { pools, chosen } = await choose(services, command, asker, meant.pool, (state) =>
      isOf(command, request, state),
    )
    const several = chosen.length > 1
    if (several && isAboutOne(command)) return [askWhich(chosen, meant.action)]
    const each = several && command.pools === 'each' ? chosen : [several ? null : (chosen[0] ?? null)]
    const views: View[] = []
    for (const state of each) {
      const here = hereIn(services, asker, pools, state)
      const made = await performIn(here, command, request, access).catch((error: unknown) => {
        throw inWordsOf(error, here)
      })
      for (const view of made) views.push(concernsPools(command) ? about(view, here) : view)
    }
    return views
  }
  return access === 'read' ? work() : services.audit.request(askedOf(request), asker, work)
}

async function performIn(here: Here, command: Performed, request: Request, access: Access): Promise<readonly View[]> {
  const { services, asker, state } = here
  if (state !== null) services.audit.about(state.pool)
  const settings = command.settings?.(request) ?? {}
  if (command.needs === 'nothing') {
    // What is of no single pool may change what every one of them costs.
    for (const one of state === null ? here.pools : [state]) guardChange(one, { access, settings }, asker)
    return command.run(here, request)
  }
  const at = atPool(here)
  if (command.needs === 'readyPool' && access !== 'read') mustBeReady(at.state)
  if (asker.token === true && access !== 'read') {
    const wish = { access: 'change', settings } as const
    // What a channel gets is not of the pool: it cannot be tried out on a copy, and is of where it was asked for.
    if (command.sets?.(request) === true) guardChange(at.state, wish, asker)
    else if (waitsForPerson(at.state, wish)) return waiting(at, command, request)
  } else guardChange(at.state, { access, settings }, asker)
  return command.run(at, request)
}

/**
 * Nothing is done: the team is asked whether it may be. What could not be done, or is so already, is tried out first, on a
 * copy that is thrown away, and answered at once: nobody is asked for that.
 */
function waiting(at: AtPool, command: AtPoolCommand, request: Request): Promise<readonly View[]> {
  const { change, actor } = at
  const { line } = askedOf(request as Performable)
  return change(async (session) => {
    const { now, newId, windows, memory } = session
    const copy = createDraft(session.state(), { now, newId, windows, memory })
    const views = await command.run({ ...at, change: async (work) => work({ ...session, ...copy }) }, request)
    if (!copy.drafted().dirty) return views
    const { id } = askPerson(session, { actor, line, request })
    return [{ ...answer('info', `A person has to allow it: ${line}`, 'The team is asked in its channels.'), waits: id }]
  })
}

/** The answer, with the pool that its buttons are for. */
function about(view: View, { state, pools }: Here): View {
  if (state === null || view.of !== undefined) return view
  const { id, name } = state.pool
  const named = pools.length > 1
  return viewOf(named && view.kind === 'answer' ? { ...view, text: linesIn(view.text, name) } : view, {
    id,
    name,
    named,
  })
}

/** A refusal that says which of several pools it is about, in the lines it advises too. */
function inWordsOf(error: unknown, { state, pools }: Here): unknown {
  if (!(error instanceof SpinupError) || state === null || pools.length < 2) return error
  const { code, retryable, retryAfterMs, refusal, message, cause } = error
  const { name } = state.pool
  const text = linesIn(message, name)
  return new SpinupError(code, text.includes(name) ? text : `${name}: ${text}`, {
    cause,
    retryable,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    ...(refusal === null ? {} : { refusal }),
  })
}

/** `/spinup unpin` in a text as `/spinup unpin api`. */
function linesIn(text: string, pool: string): string {
  return text.replaceAll(/\/spinup ([a-z]+)(?= ?(\S*))/g, (line, name: string, next: string) => {
    const command = commandCalled(COMMANDS, name)
    const isOfPool = command !== null && takesPool(command) && `${name} ${next}` !== 'connect another'
    return isOfPool && next.replace(/[.,;:]$/, '') !== pool ? `${line} ${pool}` : line
  })
}

/** A form of a command, as `ask:NAME:ABOUT` names it. */
export interface FormOf {
  readonly name: Request['kind']
  readonly about: string
  /** What it stands for, filled in like this; with nothing filled in, what its button says alone. */
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
  { name, about, read }: FormOf,
  asker: Asker,
  meant: Meant,
): Promise<Form | readonly View[]> {
  const command = performed(name)
  const { pools, chosen } = await choose(services, command, asker, meant.pool, (state) =>
    isOf(command, read({}), state),
  )
  if (chosen.length > 1 && isAboutOne(command)) return [askWhich(chosen, meant.action)]
  const here = hereIn(services, asker, pools, chosen.length > 1 ? null : (chosen[0] ?? null))
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

function concernsPools({ needs, pools }: Performed): boolean {
  return needs !== 'nothing' || pools !== undefined
}

/** Whether it can't be done without a pool. */
function isAboutOne({ needs, pools }: Performed): boolean {
  return needs !== 'nothing' && pools !== 'each'
}

function isOf({ isOf: of }: Performed, request: Request, state: PoolState): boolean {
  return of?.(request, state) === true
}

/** The one place where it is decided which pool is meant, of those that the asker may see. */
async function choose(
  services: Services,
  command: Performed,
  { place }: Asker,
  named: string | null,
  about: (state: PoolState) => boolean,
): Promise<{ readonly pools: readonly PoolState[]; readonly chosen: readonly PoolState[] }> {
  const pools = await poolsSeen(services, place.tenant)
  const wanted = { named: concernsPools(command) ? named : null, place, isOf: about }
  return { pools, chosen: await whichPools(services, pools, wanted) }
}

function hereIn(services: Services, asker: Asker, pools: readonly PoolState[], state: PoolState | null): Here {
  return {
    services,
    asker,
    actor: asker.actor,
    state,
    pools,
    timeZone: async () => asker.timeZone ?? timeZoneAt(services, asker.place),
    carryOut: (request) =>
      // Kept as its command had read it.
      perform(services, request as Performable, asker, { pool: state?.pool.id ?? null, action: '' }),
    change: async (work) => {
      if (state === null) throw noPool()
      return changePool(services, state.pool.id, async (session) => work(session))
    },
  }
}

/** Throws `notFound` where there is no pool yet. */
function atPool(here: Here): AtPool {
  const { state } = here
  if (state === null) throw noPool()
  return { ...here, state }
}

function noPool(): SpinupError {
  return new SpinupError('notFound', 'No droplet is connected yet. Type /spinup connect to begin.')
}

/** Throws `conflict` where it is not. */
function mustBeReady({ pool }: PoolState): void {
  if (pool.phase === 'ready') return
  throw new SpinupError(
    'conflict',
    pool.phase === 'disconnecting'
      ? 'The pool is being disconnected; nothing was changed.'
      : 'The pool is not connected yet. Type /spinup connect to continue.',
  )
}
