import { SpinupError } from '../../core/model/error.ts'
import { dollars } from '../../core/model/words.ts'
import type { Instead } from '../provider.ts'
import { ELSEWHERE, type Refused } from './alternatives.ts'
import type { DropletAnswer } from './answers.ts'
import { sizeWords } from './droplets.ts'
import type { Edge } from './edge.ts'
import { listSizes, unfitSize } from './sizes.ts'

/** What a clone may be ordered as. */
interface Place {
  readonly size: string
  readonly region: string
}

/** Whether another size or region may be given where this was refused. */
export function givenElsewhere({ refusal }: SpinupError): boolean {
  return refusal !== null && ELSEWHERE.has(refusal.kind)
}

/**
 * What the team allows instead of `usual`: other sizes in its region first, then each other region with the usual size and
 * the others. What cannot be had there now, is too small for the snapshot or more than the limits pay for is left out, in
 * words. Where the sizes cannot be listed nothing is tried: their prices are not known.
 */
export async function elsewhere(
  edge: Edge,
  usual: Refused,
  instead: Instead | undefined,
  oneRegion: boolean,
): Promise<{ readonly candidates: readonly Place[]; readonly leftOut: readonly string[] }> {
  const { sizes = [], regions = [], pays = () => false } = instead ?? {}
  const places = [usual.region, ...regions]
    .flatMap((region) => [usual.size, ...sizes].map((size): Place => ({ size, region })))
    .filter(({ size, region }) => size !== usual.size || region !== usual.region)
  if (places.length === 0) return { candidates: [], leftOut: [] }
  const listed = await listSizes(edge).catch((error: unknown) => {
    if (!(error instanceof SpinupError)) throw error
    return []
  })
  const leftOut: string[] = []
  const candidates = places.filter(({ size: slug, region }) => {
    const size = listed.find((one) => one.slug === slug)
    const why =
      size === undefined
        ? 'is not known here'
        : oneRegion && region !== usual.region
          ? `in ${region} would be unreachable for the balancer`
          : !usual.snapshot.regions.includes(region)
            ? `cannot be made in ${region}, where the snapshot is not`
            : (unfitSize(size, { region, diskGib: usual.snapshot.min_disk_size }) ??
              (pays(size.dollarsPerHour) ? null : `at ${dollars(size.dollarsPerHour)}/h is over the cost limits`))
    if (why !== null) leftOut.push(`${slug} ${why}`)
    return why === null
  })
  return { candidates, leftOut: [...new Set(leftOut)] }
}

/** The refusal of the usual, with what came of everything else that is allowed. */
export function alsoRefused(error: SpinupError, refused: readonly string[]): SpinupError {
  if (refused.length === 0 || error.refusal === null) return error
  return new SpinupError(
    'providerRefused',
    `${error.message.replace(/\.?$/, '.')} Nor as the policy allows: ${refused.join('; ')}.`,
    {
      retryAfterMs: error.retryAfterMs ?? undefined,
      refusal: error.refusal,
    },
  )
}

function priceOf({ vcpus, memory, size }: DropletAnswer): string {
  const words = sizeWords(vcpus, memory)
  return size.price_hourly === null ? words : `${words}, ${dollars(size.price_hourly)}/h`
}

/** What a clone was made as, where that is not the usual; null: it is. */
export function insteadWords(droplet: DropletAnswer, usual: Place): string | null {
  const { size_slug: size, region } = droplet
  if (size === usual.size && region.slug === usual.region) return null
  const [another, away] = [size !== usual.size, region.slug !== usual.region]
  const [made, other] = [`made as ${size} (${priceOf(droplet)})`, `in ${region.slug}`]
  if (!away) return `${made} instead of ${usual.size}`
  return another
    ? `${made} ${other} instead of ${usual.size} in ${usual.region}`
    : `made ${other} instead of ${usual.region}`
}
