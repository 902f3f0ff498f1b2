import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import type { Alternatives, RefusalKind } from '../../core/model/refusal.ts'
import { dollars } from '../../core/model/words.ts'
import { accountSchema, type SnapshotAnswer } from './answers.ts'
import type { Edge } from './edge.ts'
import { listSizes, unfitSize, type Size } from './sizes.ts'

/** So many are named; more is no help to anybody. */
const MOST = 5

/** The refusals where another size or region may be given. */
export const ELSEWHERE: ReadonlySet<RefusalKind> = new Set(['soldOut', 'quota', 'account'])

/** The clone that was refused. */
export interface Refused {
  readonly size: string
  readonly region: string
  readonly snapshot: Pick<SnapshotAnswer, 'min_disk_size' | 'regions'>
}

/**
 * The same refusal with what would be given instead, by what DigitalOcean lists now; as it was where there is nothing to
 * look for, or looking fails: the refusal is what counts.
 */
export async function withAlternatives(edge: Edge, error: SpinupError, refused: Refused): Promise<SpinupError> {
  if (error.refusal === null) return error
  const instead = await alternatives(edge, error.refusal.kind, refused).catch(() => null)
  if (instead === null) return error
  return new SpinupError('providerRefused', `${error.message.replace(/\.?$/, '.')}${wordsOf(instead, refused)}`, {
    retryAfterMs: error.retryAfterMs ?? undefined,
    refusal: { ...error.refusal, instead },
  })
}

async function alternatives(edge: Edge, kind: RefusalKind, refused: Refused): Promise<Alternatives | null> {
  if (kind === 'limit') return { sizes: [], regions: [], dropletLimit: await dropletLimit(edge) }
  if (!ELSEWHERE.has(kind)) return null
  const { region, snapshot } = refused
  const all = await listSizes(edge)
  const own = all.find(({ slug }) => slug === refused.size)
  const fits = (size: Size, where: string): boolean =>
    unfitSize(size, { region: where, diskGib: snapshot.min_disk_size }) === null
  return {
    sizes: all
      .filter((size) => size.slug !== refused.size && fits(size, region))
      .toSorted((a, b) => distance(a, own) - distance(b, own))
      .slice(0, MOST)
      .map(({ slug, about, dollarsPerHour }) => ({ slug, about, dollarsPerHour })),
    regions: own === undefined ? [] : snapshot.regions.filter((other) => other !== region && fits(own, other)),
    dropletLimit: null,
  }
}

/** How far a size is from the wanted one in CPUs and memory, as factors; of two as far, the cheaper one is listed first. */
function distance(size: Size, own: Size | undefined): number {
  if (own === undefined) return 0
  return Math.abs(Math.log2(size.vcpus / own.vcpus)) + Math.abs(Math.log2(size.memoryMib / own.memoryMib))
}

async function dropletLimit(edge: Edge): Promise<number> {
  const { account } = await edge.ask({
    what: 'show the account',
    scope: 'account:read',
    repeatable: true,
    answer: z.object({ account: accountSchema.pick({ droplet_limit: true }) }),
    send: (client) => client.account.getAccount(),
  })
  return account.droplet_limit
}

/** What can be done, as further sentences. */
function wordsOf({ sizes, regions, dropletLimit: limit }: Alternatives, { size, region }: Refused): string {
  if (limit !== null) {
    return ` The account may have ${limit} droplets: ask DigitalOcean for more, or lower the maximum with /spinup policy max.`
  }
  const named = sizes.map((one) => `${one.slug} (${one.about}, ${dollars(one.dollarsPerHour)}/h)`).join(', ')
  const there = sizes.length === 0 ? '' : ` In ${region} there is ${named}.`
  const elsewhere = regions.length === 0 ? '' : ` ${size} and the snapshot are in ${regions.join(', ')}, too.`
  return `${there}${elsewhere}`
}
