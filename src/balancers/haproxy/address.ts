import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { messageOf, SpinupError } from '../../core/model/error.ts'

/** Servers of Spinup's own carry this in front of their address; only these are ever deleted. */
const OURS = 'spinup:'

/** A member's place. */
export interface Place {
  readonly secure: boolean
  readonly hostname: string
  readonly port: number
}

/** Reads a member's base URL, `http[s]://host[:port]`; throws `balancerFailed` for anything else. */
export function placeOf(url: string): Place {
  const parsed = URL.canParse(url) ? new URL(url) : null
  const plain =
    parsed !== null &&
    /^https?:$/.test(parsed.protocol) &&
    parsed.username + parsed.password + parsed.search + parsed.hash === '' &&
    parsed.pathname === '/' &&
    // The host becomes words of a command: nothing that could end one.
    /^[\w.:[\]-]+$/.test(parsed.hostname)
  if (!plain) {
    throw new SpinupError('balancerFailed', `HAProxy takes members like http://10.0.0.4:80, not "${url}".`, {
      retryable: false,
    })
  }
  const secure = parsed.protocol === 'https:'
  return {
    secure,
    hostname: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? (secure ? 443 : 80) : Number(parsed.port),
  }
}

/** The host of a server HAProxy tells of; the name of one of ours knows the one it was made for. */
export function hostOf(name: string, ip: string): string {
  return isOurs(name) ? name.slice(OURS.length, name.lastIndexOf(':')) : ip
}

/** The base URL of a place. */
export function urlOf({ hostname: host, port, secure }: Place): string {
  return new URL(`${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`).origin
}

/** HAProxy allows letters, digits and `-_.:` in names, which are all that hosts are made of. */
export function nameOf(place: Place): string {
  return `${OURS}${place.hostname}:${place.port}`
}

export function isOurs(name: string): boolean {
  return name.startsWith(OURS)
}

/** What HAProxy connects to: it resolves no names for servers added while it runs, so that is done here. */
export async function endpointOf(place: Place): Promise<string> {
  const ip = isIP(place.hostname) === 0 ? await resolve(place.hostname) : place.hostname
  return `${ip.includes(':') ? `[${ip}]` : ip}:${place.port}`
}

async function resolve(hostname: string): Promise<string> {
  try {
    return (await lookup(hostname)).address
  } catch (cause) {
    throw new SpinupError('balancerFailed', `The member's name ${hostname} cannot be resolved (${messageOf(cause)}).`, {
      cause,
      retryable: true,
    })
  }
}
