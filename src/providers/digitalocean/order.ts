import { SpinupError } from '../../core/model/error.ts'
import type { CreateRequest } from '../provider.ts'
import type { SnapshotAnswer } from './answers.ts'
import type { Client } from './client.ts'
import type { OriginTraits } from './origin.ts'
import { hostNameOf, SPINUP_TAG, tagOf, vendorId } from './tags.ts'

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

/** What may come of an origin's traits: `gone` when it was deleted. */
export type Origin = { readonly kind: 'known'; readonly traits: OriginTraits } | { readonly kind: 'gone' }

const LONGEST_USER_DATA_BYTES = 64 * 1024

/** Carried by every clone of an origin; its firewalls hold for this tag. */
export function originTag(originId: string): string {
  return tagOf(`spinup-origin:${originId}`)
}

/** A droplet as it is ordered. */
export type Order = Parameters<Client['droplet']['createDroplet']>[0] & {
  readonly region: string
  readonly public_networking?: boolean
}

/** A clone of `snapshot` for `request`, as its origin is where `wishes` say nothing; throws `providerFailed` when it cannot be ordered. */
export function orderOf(
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
