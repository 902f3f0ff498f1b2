import type { Logger } from 'pino'
import { SpinupError } from '../../core/model/error.ts'
import { duration } from '../../core/model/words.ts'
import { holdOn, type Still } from '../../core/model/bound.ts'
import { beginAction, getAction, listActions, noDroplet, type ActionType } from './actions.ts'
import type { ActionAnswer } from './answers.ts'
import { getDroplet } from './droplets.ts'
import type { Edge } from './edge.ts'
import { rest } from './rate-limit.ts'

export interface PowerTiming {
  /** Between looks at an action, ms. */
  readonly pollMs: number
  /** How long a shutdown may take before the power is cut, ms. */
  readonly shutdownMs: number
  /** How long the power may take to be off, or an action in the way to end, before this gives up; ms. */
  readonly powerMs: number
}

export const DEFAULT_POWER_TIMING: PowerTiming = { pollMs: 3000, shutdownMs: 60_000, powerMs: 120_000 }

export interface PowerSwitch {
  readonly edge: Edge
  readonly timing: PowerTiming
  readonly log: Logger
  readonly now: () => number
  readonly signal: AbortSignal | undefined
}

/**
 * Off: asks the system to shut down and follows that by its id; cuts the power when it fails, changes nothing or takes
 * too long. DigitalOcean only promises that the command is given, so the droplet's own status is what counts.
 */
export async function powerOff(power: PowerSwitch, id: string, still?: Still): Promise<void> {
  const { timing, log, now } = power
  const shutdownUntil = now() + timing.shutdownMs
  const answered = await drive(power, id, 'shutdown', shutdownUntil, still)
  if (answered) return
  log.warn({ droplet: id }, 'did not shut down; cutting its power')
  if (await drive(power, id, 'power_off', now() + timing.powerMs, still)) return
  throw new SpinupError(
    'providerFailed',
    `Droplet ${id} does not switch off: neither a shutdown nor cutting its power worked within ` +
      `${duration(timing.shutdownMs + timing.powerMs)}. Look at it in DigitalOcean’s control panel.`,
    { retryable: true },
  )
}

/** On: resolves when DigitalOcean has taken the request. */
export async function powerOn(power: PowerSwitch, id: string, still?: Still): Promise<void> {
  const { edge, now, timing } = power
  const until = now() + timing.powerMs
  for (;;) {
    const droplet = await getDroplet(edge, id)
    if (droplet === null) throw noDroplet(id)
    if (droplet.status !== 'off') return
    if (await busyWith(edge, id, 'power_on')) return
    const begun = await beginAction(edge, id, {
      type: 'power_on',
      what: `switch droplet ${id} on`,
      before: () => holdOn(still, `droplet ${id}`),
    })
    if (begun.ok) return
    // What seems for good may only be late: it has come on meanwhile.
    const goes = begun.error.retryable || (await getDroplet(edge, id))?.status === 'active'
    if (!goes || now() >= until) throw begun.error
    await rest(timing.pollMs, power.signal)
  }
}

/** Begins `type`, or takes over one that is under way; true once the droplet is off, false when it will not be. */
async function drive(
  power: PowerSwitch,
  id: string,
  type: ActionType,
  until: number,
  still: Still | undefined,
): Promise<boolean> {
  const { edge, now, timing, signal } = power
  let action: ActionAnswer | null = null
  let refused: SpinupError | null = null
  for (;;) {
    const droplet = await getDroplet(edge, id)
    if (droplet === null) throw noDroplet(id)
    if (droplet.status === 'off') return true
    if (action === null) action = await busyWith(edge, id, type)
    if (action === null) {
      // A bot that was stopped in its tracks would switch off a droplet that is long back at work.
      const before = (): Promise<void> => holdOn(still, `droplet ${id}`)
      const begun = await beginAction(edge, id, { type, what: `switch droplet ${id} off`, before })
      if (begun.ok) action = begun.value
      else if (begun.error.retryable || (await getDroplet(edge, id))?.status === 'off') refused = begun.error
      else throw begun.error
    } else {
      action = await getAction(edge, id, action.id)
      if (action?.status === 'errored') return false
    }
    if (now() >= until) {
      if (action === null && refused !== null) throw refused
      return false
    }
    await rest(Math.min(timing.pollMs, Math.max(1, until - now())), signal)
  }
}

/** The action of this type that is under way. */
async function busyWith(edge: Edge, id: string, type: ActionType): Promise<ActionAnswer | null> {
  const actions = await listActions(edge, id)
  return actions?.find((action) => action.type === type && action.status === 'in-progress') ?? null
}
