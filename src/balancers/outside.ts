import { lookup as lookUp } from 'node:dns'
import { lookup as lookUpSoon } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { SpinupError } from '../core/model/error.ts'
import { isInsideAddress, parseIp } from '../core/model/address.ts'

/** How a balancer is reached whose address another team gave: not on this machine, nor in a network behind it. */
export interface Reach {
  /** Finds a name's addresses for one call; one that leads inside is refused, so that what was looked at is what is called. */
  readonly lookup?: LookupFunction
  /** Whether what it answers may be repeated. */
  readonly quotes: boolean
}

/** For the installation's own team: it may have its balancer anywhere. */
export const ANYWHERE: Reach = { quotes: true }

type Addresses = (name: string) => Promise<readonly { readonly address: string }[]>

/** For other teams. Throws `badInput` for an address that says already that it is inside. */
export function onlyOutside(address: string): Reach {
  refuseWords(hostOf(address))
  return { lookup: lookUpOutside, quotes: false }
}

/**
 * Another team's balancer is not on this machine, nor in the network behind it: those are not theirs to reach. Throws
 * `badInput`. A name that cannot be found now is looked at again whenever it is called.
 */
export async function refuseInside(
  address: string,
  addresses: Addresses = (name) => lookUpSoon(name, { all: true }),
): Promise<void> {
  const host = hostOf(address)
  refuseWords(host)
  if (parseIp(host) !== null) return
  const found = await addresses(host).catch(() => [])
  if (found.some((one) => isInside(one.address))) throw refusal()
}

/** As `dns.lookup`; `all` of its addresses have to be outside. */
const lookUpOutside: LookupFunction = (name, options, done) => {
  lookUp(name, { ...options, all: true }, (error, found) => {
    if (error !== null) return done(error, '')
    const [first] = found
    if (first === undefined || found.some(({ address }) => isInside(address))) return done(refusal(), '')
    if (options.all === true) done(null, found)
    else done(null, first.address, first.family)
  })
}

/** Names of networks behind a machine, and services that make a name of any address. */
const INSIDE_NAME =
  /^[^.]*$|\.(localhost|local|internal|lan|home|corp|private|intranet|arpa|localdomain)$|(^|\.)(lvh\.me|localtest\.me|lacolhost\.com|vcap\.me|traefik\.me)$/
const DOTTED = /(?:^|[.-])(\d{1,3}[.-]\d{1,3}[.-]\d{1,3}[.-]\d{1,3})(?=[.-]|$)/
const HEX = /(?:^|\.)([\da-f]{8})(?=\.)/

function refuseWords(host: string): void {
  const spelled = DOTTED.exec(host)?.[1]?.replaceAll('-', '.') ?? dotted(HEX.exec(host)?.[1])
  const inside = parseIp(host) === null ? INSIDE_NAME.test(host) || isInside(spelled ?? '8.8.8.8') : isInside(host)
  if (inside) throw refusal()
}

function dotted(hex: string | undefined): string | undefined {
  return hex?.replaceAll(/../g, (pair) => `${Number.parseInt(pair, 16)}.`).slice(0, -1)
}

/** What cannot be read as an address is taken for one that is inside. */
function isInside(address: string): boolean {
  const ip = parseIp(address)
  return ip === null || isInsideAddress(ip)
}

/** Empty where it is a path on this machine, or no address at all. */
function hostOf(address: string): string {
  const text = address.replace(/^tcp:/, 'http:')
  if (address.startsWith('unix:') || !URL.canParse(text)) return ''
  return new URL(text).hostname.replaceAll(/^\[|\]$|\.+$/g, '').toLowerCase()
}

function refusal(): SpinupError {
  return new SpinupError(
    'badInput',
    'Give an address that is reached over the internet: this bot is run by another team.',
  )
}
