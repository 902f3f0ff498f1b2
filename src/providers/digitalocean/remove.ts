import { holdOn, type Still } from '../../core/model/bound.ts'
import { nothingSchema } from './answers.ts'
import type { PowerSwitch } from './power.ts'
import { rest } from './rate-limit.ts'
import { vendorId } from './vendor-id.ts'

/**
 * Deletes a droplet for good; gone already is fine. One that is busy, e.g. still being created, is waited for as long as
 * `timing.powerMs`. The caller has checked that it is Spinup's.
 */
export async function removeDroplet(control: Omit<PowerSwitch, 'log'>, id: string, still?: Still): Promise<void> {
  const { edge, timing, now, signal } = control
  const number = vendorId(id)
  if (number === null) return
  const until = now() + timing.powerMs
  for (;;) {
    const outcome = await edge.attempt({
      what: `delete droplet ${id}`,
      scope: 'droplet:delete',
      repeatable: true,
      answer: nothingSchema,
      before: () => holdOn(still, `droplet ${id}`),
      send: (client) => client.droplet.deleteDroplet({ droplet_id: number }),
    })
    if (outcome.ok || outcome.refusal.kind === 'absent') return
    if (outcome.refusal.kind !== 'busy' || now() >= until) throw outcome.error
    await rest(timing.pollMs, signal)
  }
}
