import type { Logger } from 'pino'
import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import { checkBound, permitted, type Permit } from '../../core/model/bound.ts'
import type { CreateRequest } from '../provider.ts'
import { withAlternatives } from './alternatives.ts'
import { dropletSchema, type DropletAnswer, type SnapshotAnswer } from './answers.ts'
import type { Client } from './client.ts'
import { listDroplets } from './droplets.ts'
import type { Edge } from './edge.ts'
import { keyedFlight, remember } from './flight.ts'
import { assignProject, guardTag, readOrigin, type OriginTraits } from './origin.ts'
import { rest } from './rate-limit.ts'
import { maybeDone } from './refusal.ts'
import { snapshotRef } from './snapshot-id.ts'
import { resolveSnapshot } from './snapshots.ts'
import { carries, hostNameOf, SPINUP_TAG, tagOf } from './tags.ts'
import { vendorId } from './vendor-id.ts'

/** What clones shall have instead of what their origin has. */
export interface CloneWishes {
  readonly region?: string | undefined
  readonly size?: string | undefined
  readonly vpcId?: string | undefined
  readonly projectId?: string | undefined
  readonly monitoring?: boolean | undefined
  /** Ids or fingerprints. The snapshot holds the origin's keys already; the API does not tell which those are. */
  readonly sshKeys?: readonly string[] | undefined
}

export interface CreateOptions {
  readonly edge: Edge
  readonly log: Logger
  readonly now: () => number
  readonly signal: AbortSignal | undefined
  /** Deletes a droplet that was made twice. */
  readonly remove: (id: string) => Promise<void>
  readonly wishes: CloneWishes
  /** Waits between looks for a droplet whose creation got no answer, ms. */
  readonly lookMs: readonly number[]
}

/** An origin's traits are read again after this long, ms. */
const TRAITS_MS = 5 * 60_000

/** What the account showed longer ago says too little about how many there are, ms. */
const FRESH_MS = 30_000

const LONGEST_USER_DATA_BYTES = 64 * 1024

/** What may come of an origin's traits: `gone` when it was deleted. */
type Origin = { readonly kind: 'known'; readonly traits: OriginTraits } | { readonly kind: 'gone' }

export type Clone = (request: CreateRequest, permit: Permit) => Promise<DropletAnswer>

/** What the account shows: the one droplet of the operation, and all others of the pool. */
interface Shown {
  readonly own: DropletAnswer | null
  readonly others: readonly DropletAnswer[]
}

/**
 * Makes clones, one for each operation tag and never more than the permit says: the account is asked before one is made,
 * again when the outcome of making it is unknown, and once more afterwards, so that of two made by two bots at once the
 * younger one goes.
 */
export function createCloner(options: CreateOptions): Clone {
  const { edge, log, now, wishes } = options
  const flight = keyedFlight<DropletAnswer>()

  /** Also puts the origin's firewalls over its clones' tag. */
  const prepare = remember<Origin>(
    TRAITS_MS,
    now,
    async (originId) => {
      const traits = await readOrigin(edge, log, originId)
      if (traits === null) return { kind: 'gone' }
      await guardTag(edge, traits.firewalls, originTag(originId))
      return { kind: 'known', traits }
    },
    // It may only be out of sight: the next clone shall have its firewall.
    ({ kind }) => kind === 'known',
  )

  /** All that carry the pool's tag. Of several of the same operation the oldest stays, and the others are deleted. */
  async function look(tag: string, poolTag: string, permit: Permit): Promise<Shown> {
    const shown = (await listDroplets(edge, poolTag)).toSorted((a, b) => Number(a.id) - Number(b.id))
    const isOwn = ({ tags }: DropletAnswer): boolean => carries(tags, tag) && carries(tags, SPINUP_TAG)
    const [own, ...twins] = shown.filter(isOwn)
    for (const twin of twins) {
      // Another bot may have put this very one into service.
      await permitted(permit, tag)
      log.warn({ droplet: twin.id, kept: own?.id, tag }, 'made twice; deleting the younger one')
      await options.remove(twin.id)
    }
    return { own: own ?? null, others: shown.filter((droplet) => !isOwn(droplet)) }
  }

  async function create(request: CreateRequest, tag: string, permit: Permit): Promise<DropletAnswer> {
    const bound = await permitted(permit, tag)
    const poolTag = tagOf(bound.tag)
    const lookedAt = now()
    const { own, others } = await look(tag, poolTag, permit)
    if (own !== null) {
      await fileAgain(request, own)
      return own
    }
    checkBound(bound, others, tagOf)

    const snapshot = await resolveSnapshot(edge, request.snapshotId)
    const origin = await prepare(snapshot.resource_id)
    const order = orderOf(request, tag, poolTag, { snapshot, origin, wishes })
    const outcome = await edge.attempt({
      what: `create the droplet ${order.name}`,
      scope: 'droplet:create and tag:create',
      repeatable: false,
      answer: z.object({ droplet: dropletSchema }),
      // Whoever was stopped in its tracks, or held back by the limit, finds that another has made it.
      async before() {
        if (Math.abs(now() - lookedAt) > FRESH_MS) throw stale(order.name)
        checkBound(await permitted(permit, tag), others, tagOf)
      },
      send: (client) => client.post('/droplets', order),
    })
    const made = outcome.ok ? outcome.value.droplet : null
    const droplet = outcome.ok || maybeDone(outcome.refusal) ? await verified(tag, poolTag, made, permit) : null
    if (droplet === null) {
      if (outcome.ok) throw lost(order.name)
      throw await withAlternatives(edge, outcome.error, { size: order.size, region: order.region, snapshot })
    }

    await file(origin, droplet)
    log.info({ droplet: droplet.id, name: droplet.name, tag, snapshot: snapshot.id }, 'droplet created')
    return droplet
  }

  async function file(origin: Origin, droplet: DropletAnswer): Promise<void> {
    const projectId = wishes.projectId ?? (origin.kind === 'known' ? origin.traits.projectId : null)
    if (projectId !== null) await assignProject(edge, log, projectId, droplet.id)
  }

  /** Whoever ordered it may not have come as far as its project. */
  async function fileAgain({ snapshotId }: CreateRequest, droplet: DropletAnswer): Promise<void> {
    const ref = snapshotRef(snapshotId)
    if (ref.kind === 'image') return
    try {
      await file(await prepare(ref.originId), droplet)
    } catch (error) {
      if (!(error instanceof SpinupError)) throw error
      log.warn({ droplet: droplet.id, reason: error.message }, 'project not set')
    }
  }

  /** Looks until it is seen; null: DigitalOcean does not know of it. */
  async function verified(
    tag: string,
    poolTag: string,
    made: DropletAnswer | null,
    permit: Permit,
  ): Promise<DropletAnswer | null> {
    for (const pause of [0, ...options.lookMs]) {
      if (pause > 0) await rest(pause, options.signal)
      const { own } = await look(tag, poolTag, permit)
      if (own !== null) return own.id === made?.id ? made : own
      // Known by its answer; that the listing is late changes nothing.
      if (made !== null) return made
    }
    return null
  }

  return (request, permit) => {
    const tag = tagOf(request.operationTag)
    return flight(tag, () => create(request, tag, permit))
  }
}

/** Carried by every clone of an origin; its firewalls hold for this tag. */
export function originTag(originId: string): string {
  return tagOf(`spinup-origin:${originId}`)
}

type Order = Parameters<Client['droplet']['createDroplet']>[0] & {
  readonly region: string
  readonly public_networking?: boolean
}

function orderOf(
  request: CreateRequest,
  tag: string,
  poolTag: string,
  { snapshot, origin, wishes }: { snapshot: SnapshotAnswer; origin: Origin; wishes: CloneWishes },
): Order {
  if (Buffer.byteLength(request.userData) > LONGEST_USER_DATA_BYTES) {
    throw new SpinupError('providerFailed', 'The clone’s user data is longer than the 64 KiB DigitalOcean takes.')
  }
  const traits = origin.kind === 'known' ? origin.traits : null
  const region = wishes.region ?? traits?.region ?? ''
  const size = wishes.size ?? traits?.size ?? ''
  if (region === '' || size === '') {
    throw new SpinupError(
      'providerFailed',
      `The droplet that the snapshot ${snapshot.name} was taken of is gone, and with it the size and region of its ` +
        'clones. Choose both with /spinup connect.',
    )
  }
  // A VPC belongs to one region.
  const vpcId = wishes.vpcId ?? (region === traits?.region ? traits.vpcId : null)
  const tags = [SPINUP_TAG, tag, poolTag, originTag(snapshot.resource_id), ...request.tags.map(tagOf)]
  return {
    name: hostNameOf(request.name),
    image: vendorId(snapshot.id) ?? snapshot.id,
    region,
    size,
    tags: [...new Set(tags)],
    user_data: request.userData,
    monitoring: wishes.monitoring ?? traits?.monitoring ?? false,
    ipv6: traits?.ipv6 ?? false,
    ...(traits?.dropletAgent === true ? { with_droplet_agent: true } : {}),
    ...(vpcId === null ? {} : { vpc_uuid: vpcId }),
    ...(traits?.inside === true ? { public_networking: false } : {}),
    ...(wishes.sshKeys === undefined ? {} : { ssh_keys: wishes.sshKeys.map((key) => vendorId(key) ?? key) }),
  }
}

function stale(name: string): SpinupError {
  return new SpinupError('providerFailed', `It took too long until ${name} could be ordered; looking again first.`, {
    retryable: true,
  })
}

function lost(name: string): SpinupError {
  return new SpinupError('providerFailed', `DigitalOcean created ${name} and does not list it; looking again.`, {
    retryable: true,
  })
}
