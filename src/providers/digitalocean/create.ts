import type { Logger } from 'pino'
import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import { checkBound, permitted, type Permit } from '../../core/model/bound.ts'
import type { CreateRequest } from '../provider.ts'
import { withAlternatives } from './alternatives.ts'
import { alsoRefused, elsewhere, givenElsewhere, insteadWords } from './elsewhere.ts'
import { dropletSchema, type DropletAnswer } from './answers.ts'
import { listDroplets } from './droplets.ts'
import type { Edge } from './edge.ts'
import { keyedFlight, remember } from './flight.ts'
import { assignProject, guardTag, readOrigin } from './origin.ts'
import { orderOf, originTag, type CloneWishes, type Order, type Origin } from './order.ts'
import { rest } from './rate-limit.ts'
import { maybeDone } from './refusal.ts'
import { carries, snapshotRef, SPINUP_TAG, tagOf } from './tags.ts'
import { resolveSnapshot } from './snapshots.ts'

/** Waits between looks for a droplet whose creation got no answer, ms. */
export const DEFAULT_LOOK_MS: readonly number[] = [1000, 2000, 4000]

export interface CreateOptions {
  readonly edge: Edge
  readonly log: Logger
  readonly now: () => number
  readonly signal: AbortSignal | undefined
  /** Deletes a droplet that was made twice. */
  readonly remove: (id: string) => Promise<void>
  readonly wishes: CloneWishes
  /** No clone is made in another region. */
  readonly oneRegion: boolean
  /** Waits between looks for a droplet whose creation got no answer, ms. */
  readonly lookMs: readonly number[]
}

/** An origin's traits are read again after this long, ms. */
const TRAITS_MS = 5 * 60_000

/** What the account showed longer ago says too little about how many there are, ms. */
const FRESH_MS = 30_000

export type Clone = (request: CreateRequest, permit: Permit) => Promise<Made>

/** `instead`: it is not what clones usually are, in words. */
export interface Made {
  readonly droplet: DropletAnswer
  readonly instead: string | null
}

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
  const flight = keyedFlight<Made>()

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
    // It may only be hidden: the next clone shall have its firewall.
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

  async function create(request: CreateRequest, tag: string, permit: Permit): Promise<Made> {
    const bound = await permitted(permit, tag)
    const poolTag = tagOf(bound.tag)
    const lookedAt = now()
    const { own, others } = await look(tag, poolTag, permit)
    if (own !== null) {
      return { droplet: own, instead: await fileAgain(request, own) }
    }
    checkBound(bound, others, tagOf)

    const snapshot = await resolveSnapshot(edge, request.snapshotId)
    const origin = await prepare(snapshot.resource_id)
    const usual = orderOf(request, tag, poolTag, { snapshot, origin, wishes })
    const first = await send(usual)
    if (first.droplet !== null) return { droplet: await finish(first.droplet), instead: null }
    if (!givenElsewhere(first.error)) throw await withAlternatives(edge, first.error, { ...usual, snapshot })
    const places = await elsewhere(edge, { ...usual, snapshot }, request.instead, options.oneRegion)
    const refused = [...places.leftOut]
    for (const { size, region } of places.candidates) {
      const next = await send(orderOf(request, tag, poolTag, { snapshot, origin, wishes: inPlace(size, region) }))
      if (next.droplet !== null) {
        return { droplet: await finish(next.droplet), instead: insteadWords(next.droplet, usual) }
      }
      // Whether this one was made is not known, or nothing is given anywhere: no other is ordered.
      if (!givenElsewhere(next.error)) throw next.error
      refused.push(`${size} in ${region}: ${next.error.refusal!.words.replace(/\.$/, '')}`)
    }
    throw alsoRefused(await withAlternatives(edge, first.error, { ...usual, snapshot }), refused)

    /** A VPC belongs to one region. */
    function inPlace(size: string, region: string): CloneWishes {
      return { ...wishes, size, region, ...(region === usual.region ? {} : { vpcId: undefined }) }
    }

    async function finish(droplet: DropletAnswer): Promise<DropletAnswer> {
      await file(origin, droplet)
      log.info({ droplet: droplet.id, name: droplet.name, tag, snapshot: snapshot.id }, 'droplet created')
      return droplet
    }

    /** One order; without a droplet, why. */
    async function send(
      order: Order,
    ): Promise<{ readonly droplet: DropletAnswer } | { readonly droplet: null; readonly error: SpinupError }> {
      const outcome = await edge.attempt({
        what: `create the droplet ${order.name}`,
        scope: 'droplet:create and tag:create',
        repeatable: false,
        answer: z.object({ droplet: dropletSchema }),
        // One that was stopped in its tracks, or delayed by the limit, finds that another has made it.
        async before() {
          if (Math.abs(now() - lookedAt) > FRESH_MS) throw stale(order.name)
          checkBound(await permitted(permit, tag), others, tagOf)
        },
        send: (client) => client.post('/droplets', order),
      })
      const made = outcome.ok ? outcome.value.droplet : null
      const droplet = outcome.ok || maybeDone(outcome.refusal) ? await verified(tag, poolTag, made, permit) : null
      if (droplet !== null) return { droplet }
      return { droplet: null, error: outcome.ok ? lost(order.name) : outcome.error }
    }
  }

  async function file(origin: Origin, droplet: DropletAnswer): Promise<void> {
    const projectId = wishes.projectId ?? (origin.kind === 'known' ? origin.traits.projectId : null)
    if (projectId !== null) await assignProject(edge, log, projectId, droplet.id)
  }

  /** The one that ordered it may not have come as far as its project. In words, where it is not what clones usually are. */
  async function fileAgain({ snapshotId, instead }: CreateRequest, droplet: DropletAnswer): Promise<string | null> {
    const ref = snapshotRef(snapshotId)
    if (ref.kind === 'image') return null
    try {
      const origin = await prepare(ref.originId)
      await file(origin, droplet)
      const traits = origin.kind === 'known' ? origin.traits : null
      const usual = { size: wishes.size ?? traits?.size, region: wishes.region ?? traits?.region }
      const [size, region] = [usual.size ?? droplet.size_slug, usual.region ?? droplet.region.slug]
      // An origin that was resized since makes its clones nothing that was allowed instead.
      const allowed =
        [size, ...(instead?.sizes ?? [])].includes(droplet.size_slug) &&
        [region, ...(instead?.regions ?? [])].includes(droplet.region.slug)
      return allowed ? insteadWords(droplet, { size, region }) : null
    } catch (error) {
      if (!(error instanceof SpinupError)) throw error
      log.warn({ droplet: droplet.id, reason: error.message }, 'project not set')
      return null
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

function stale(name: string): SpinupError {
  return new SpinupError('providerFailed', `Waiting too long until ${name} could be ordered; looking again first.`, {
    retryable: true,
  })
}

function lost(name: string): SpinupError {
  return new SpinupError('providerFailed', `DigitalOcean created ${name} and does not list it; looking again.`, {
    retryable: true,
  })
}
