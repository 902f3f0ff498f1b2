import { BlockList, isIP } from 'node:net'
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

/** Another team's balancer is not on this machine, nor in the network behind it: those are not theirs to reach. */
export function refuseInside(address: string): void {
  const text = address.replace(/^tcp:/, 'http:')
  const host = URL.canParse(text) ? new URL(text).hostname.replaceAll(/^\[|\]$|\.$/g, '') : ''
  const family = isIP(host)
  const inside = family === 0 ? /^[^.]*$|\.(localhost|local|internal)$/.test(host) : isInside(host, family)
  if (inside || address.startsWith('unix:')) {
    throw wrong('Give an address that is reached over the internet: this bot is run by another team.')
  }
}

function isInside(ip: string, family: number): boolean {
  const inside = new BlockList()
  for (const net of [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
  ]) {
    const [start = '', bits] = net.split('/')
    inside.addSubnet(start, Number(bits), 'ipv4')
  }
  inside.addAddress('::', 'ipv6')
  inside.addAddress('::1', 'ipv6')
  inside.addSubnet('fc00::', 7, 'ipv6')
  inside.addSubnet('fe80::', 10, 'ipv6')
  return inside.check(ip, family === 6 ? 'ipv6' : 'ipv4')
}

function wrong(words: string): SpinupError {
  return new SpinupError('badInput', words)
}
