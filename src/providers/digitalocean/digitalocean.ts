import { SpinupError } from '../../core/model/error.ts'
import type { Provider } from '../provider.ts'
import { createCloner, DEFAULT_LOOK_MS } from './create.ts'
import { dropletOf, getDroplet, listDroplets, type AppAddress } from './droplets.ts'
import { createEdge, type EdgeOptions } from './edge.ts'
import type { CloneWishes } from './order.ts'
import { DEFAULT_POWER_TIMING, powerOff, powerOn, type PowerSwitch, type PowerTiming } from './power.ts'
import { deleteSnapshot, oldSnapshots } from './snapshots.ts'
import { carries, SPINUP_TAG, tagOf, vendorId } from './tags.ts'
import { LEAST_BILL } from './sizes.ts'
import { createSnapshotTaker } from './take-snapshot.ts'
import { holdOn, type Still } from '../../core/model/bound.ts'
import { nothingSchema } from './answers.ts'
import { rest } from './rate-limit.ts'

export interface DigitalOceanSettings {
  /** Where the web app of a droplet answers: its private address in the VPC, or the public one. */
  readonly address: AppAddress
  /** What clones shall have instead of what their origin has. */
  readonly clones?: CloneWishes
  /** Clones of another region would be out of the balancer's reach. */
  readonly oneRegion?: boolean
}

export interface DigitalOceanOptions extends EdgeOptions {
  readonly settings: DigitalOceanSettings
  readonly power?: Partial<PowerTiming> | undefined
  /** Waits between looks for a droplet whose creation got no answer, ms. */
  readonly lookMs?: readonly number[] | undefined
}

/**
 * The provider for one DigitalOcean account. `destroy` refuses droplets without the tag `spinup`. Snapshot ids are the
 * origin's id and the snapshot's name; a bare number, an image of the account, can be cloned as well.
 */
export function createDigitalOceanProvider(options: DigitalOceanOptions): Provider {
  const { settings, log, now, elapsed = now, signal } = options
  const edge = createEdge(options)
  const power = { edge, log, now: elapsed, signal, timing: { ...DEFAULT_POWER_TIMING, ...options.power } }
  const snapshots = createSnapshotTaker({ edge, log, now })
  const clone = createCloner({
    edge,
    log,
    now: elapsed,
    signal,
    remove: (id) => removeDroplet(power, id),
    wishes: settings.clones ?? {},
    oneRegion: settings.oneRegion ?? settings.address.network === 'private',
    lookMs: options.lookMs ?? DEFAULT_LOOK_MS,
  })

  return {
    name: 'digitalocean',
    leastBill: LEAST_BILL,
    async list(tag) {
      const found = await listDroplets(edge, tag === undefined ? undefined : tagOf(tag))
      return found.map((droplet) => dropletOf(droplet, settings.address))
    },
    async get(id) {
      const found = await getDroplet(edge, id)
      return found === null ? null : dropletOf(found, settings.address)
    },
    async create(request, permit) {
      const { droplet, instead } = await clone(request, permit)
      return { ...dropletOf(droplet, settings.address), ...(instead === null ? {} : { instead }) }
    },
    power: (id, to, still) => (to === 'on' ? powerOn(power, id, still) : powerOff(power, id, still)),
    snapshot: (id, name, still) => snapshots.take(id, name, still),
    async destroy(id, still) {
      const droplet = await getDroplet(edge, id)
      if (droplet === null) return
      if (!carries(droplet.tags, SPINUP_TAG)) {
        throw new SpinupError(
          'providerFailed',
          `Refused to delete the droplet ${droplet.name}: it does not carry the tag ${SPINUP_TAG}, so Spinup did not make it.`,
        )
      }
      await removeDroplet(power, id, still)
    },
    async pruneSnapshots(originId, keep, inUse, still) {
      // A clone that is being made holds on to its image at DigitalOcean's side; the order alone needs it to be listed.
      const old = await oldSnapshots(edge, { originId, keep, except: inUse })
      for (const { id, name } of old) {
        await deleteSnapshot(edge, id, still)
        log.info({ snapshot: name }, 'old snapshot deleted')
      }
      return old.length
    },
  }
}

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
