import type { ConnectFields } from '../../core/model/form.ts'
import { SpinupError } from '../../core/model/error.ts'
import type { DropletPick, SizePick } from '../../core/model/droplet.ts'
import type { MembersPick } from './service.ts'

/** Reads the clones' form; throws `badInput` in words. */
export function readMembers(fields: ConnectFields, droplet: DropletPick, sizes: readonly SizePick[]): MembersPick {
  const network = fields['network']
  if (network !== 'private' && network !== 'public') throw wrong('Choose the address: private or public.')
  if ((network === 'private' ? droplet.privateIp : droplet.publicIp) === null) {
    throw wrong(`${droplet.name} has no ${network} address.`)
  }
  const port = Number(fields['port'])
  if (!/^\d{1,5}$/.test(fields['port'] ?? '') || port < 1 || port > 65_535) {
    throw wrong('The port is a number from 1 to 65535.')
  }
  const healthPath = fields['healthPath'] ?? ''
  if (!/^\/[\w\-./~%?=&+:@!$,;*()]*$/.test(healthPath) || healthPath.length > 200 || healthPath.startsWith('//')) {
    throw wrong('The health path begins with a slash, e.g. /health.')
  }
  const size = sizes.find((one) => one.slug === fields['size'])
  if (size === undefined) throw wrong('Choose a size from the list.')
  return {
    address: { network, port },
    healthPath,
    // The same as the origin is kept as such, so that clones follow when the origin is resized.
    clones: { size: size.slug === droplet.size ? null : size.slug, region: null },
    size,
  }
}

/** A form as `application/x-www-form-urlencoded` sends it. */
export function parseForm(body: string): ConnectFields {
  return Object.fromEntries([...new URLSearchParams(body)].map(([name, value]) => [name, value.trim()]))
}

/** A query with each parameter once; one that stands there twice is none. */
export function parseQuery(query: unknown): Readonly<Record<string, string | undefined>> {
  const pairs = Object.entries(Object(query) as Readonly<Record<string, unknown>>)
  return Object.fromEntries(pairs.map(([name, value]) => [name, typeof value === 'string' ? value : undefined]))
}

function wrong(words: string): SpinupError {
  return new SpinupError('badInput', words)
}
