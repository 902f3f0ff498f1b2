/** An IP address as a number. IPv4 that is written as IPv6 (`::ffff:10.0.0.1`) is IPv4. */
export interface Ip {
  readonly family: 4 | 6
  readonly bits: bigint
}

/** Reads an IPv4 or IPv6 address, with or without brackets and a zone; null: it is none. */
export function parseIp(text: string): Ip | null {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '')
  const four = fourOf(bare)
  if (four !== null) return { family: 4, bits: four }
  const bits = sixOf(bare)
  if (bits === null) return null
  return bits >> 32n === 0xffffn ? { family: 4, bits: bits & 0xffff_ffffn } : { family: 6, bits }
}

function fourOf(text: string): bigint | null {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return null
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
}

function sixOf(text: string): bigint | null {
  // The last two groups may be written as IPv4.
  const [, head = text, tail] = /^(.*:)([\d.]+\.\d+)$/.exec(text) ?? []
  const four = tail === undefined ? null : fourOf(tail)
  if (tail !== undefined && four === null) return null
  const plain = four === null ? text : `${head}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`
  const halves = plain.split('::')
  if (halves.length > 2) return null
  const [front = [], back = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - front.length - back.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  const groups = [...front, ...Array<string>(halves.length === 2 ? missing : 0).fill('0'), ...back]
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return null
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n)
}

/** The web address, on this machine, of what listens on `host`; all addresses at once are reached by loopback. */
export function addressHere(host: string, port: number): string {
  if (parseIp(host)?.bits === 0n) return `http://127.0.0.1:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** A network, as an address and how many of its first bits count. */
export interface Net extends Ip {
  readonly prefix: number
}

/** Reads `10.0.0.0/8`, `fd00::/8` or one address; null: it is neither. */
export function parseNet(text: string): Net | null {
  const [, address = text, length] = /^(.+)\/(\d{1,3})$/.exec(text) ?? []
  const ip = parseIp(address)
  if (ip === null) return null
  const size = ip.family === 4 ? 32 : 128
  const prefix = length === undefined ? size : Number(length)
  return prefix > size ? null : { ...ip, prefix }
}

/** Whether an address is in a network. */
export function isIn(ip: Ip, net: Net): boolean {
  const rest = BigInt((net.family === 4 ? 32 : 128) - net.prefix)
  return ip.family === net.family && ip.bits >> rest === net.bits >> rest
}

const nets = (...texts: readonly string[]): readonly Net[] => texts.flatMap((text) => parseNet(text) ?? [])

/** How far an address leads: this machine, its cable, a carrier's or a private network, nothing that is one machine, or anywhere. */
export type AddressKind = 'machine' | 'linkLocal' | 'carrier' | 'private' | 'nowhere' | 'open'

/** Networks that do not lead anywhere from everywhere. */
const INSIDE: readonly (readonly [kind: AddressKind, within: readonly Net[]])[] = [
  ['machine', nets('0.0.0.0/8', '127.0.0.0/8', '::/127')],
  ['linkLocal', nets('169.254.0.0/16', 'fe80::/10')],
  ['carrier', nets('100.64.0.0/10')],
  ['private', nets('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10')],
  [
    'nowhere',
    nets(
      ...'192.0.0.0/24 192.88.99.0/24 198.18.0.0/15 224.0.0.0/4 240.0.0.0/4'.split(' '),
      ...'64:ff9b:1::/48 100::/64 2001::/32 ff00::/8'.split(' '),
    ),
  ],
]

/** Networks whose addresses hold an IPv4 one: so many bits from the right. */
const HOLDING: readonly (readonly [net: Net, shift: bigint])[] = [
  ...nets('64:ff9b::/96', '::/96').map((net) => [net, 0n] as const),
  ...nets('2002::/16').map((net) => [net, 80n] as const),
]

/** How far an address leads, whatever it is dressed up as. */
export function kindOfAddress(ip: Ip): AddressKind {
  const held = HOLDING.flatMap(([net, shift]): Ip[] =>
    isIn(ip, net) ? [{ family: 4, bits: (ip.bits >> shift) & 0xffff_ffffn }] : [],
  )
  const found = INSIDE.find(([, within]) => [ip, ...held].some((each) => within.some((net) => isIn(each, net))))
  return found?.[0] ?? 'open'
}

/** Whether an address is of this machine or of a network behind it, whatever it is dressed up as. */
export function isInsideAddress(ip: Ip): boolean {
  return kindOfAddress(ip) !== 'open'
}

/** Who is counted together: an IPv4 address, or the IPv6 network that one subscriber has. */
export function sourceOf(address: string): string {
  const ip = parseIp(address)
  return ip === null || ip.family === 4 ? (ip?.bits.toString(16) ?? address) : `${(ip.bits >> 64n).toString(16)}::`
}

/** Proxies that are believed about where a request came from: how many stand in a row, or which they are. */
export type TrustedProxies = { readonly hops: number } | { readonly nets: readonly Net[] }

const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** Reads `1` (so many proxies in a row), or `127.0.0.1, 10.0.0.0/8, loopback`; null: it is neither. */
export function parseTrustedProxies(text: string): TrustedProxies | null {
  if (/^[1-9]$/.test(text.trim())) return { hops: Number(text) }
  const words = text.split(',').flatMap((part) => NAMED[part.trim()] ?? [part.trim()])
  const found = nets(...words)
  // A list with every address on it would believe anyone.
  return found.length === words.length && found.every(({ prefix }) => prefix > 0) ? { nets: found } : null
}

/**
 * Whether the `index`th sender of a request, from the nearest on, is such a proxy. With a number of hops the nearest has
 * to be of this machine or a network behind it: anybody else may have come straight here.
 */
export function isTrustedProxy(proxies: TrustedProxies, address: string, index: number): boolean {
  const ip = parseIp(address)
  if (ip === null) return false
  if ('nets' in proxies) return proxies.nets.some((net) => isIn(ip, net))
  return index < proxies.hops && (index > 0 || isInsideAddress(ip))
}

/** Names by which a proxy says where a request came from, for whom, or by which scheme. */
const SAYS_WHENCE = new RegExp(
  [
    String.raw`forward`,
    String.raw`(^|-)(client|connecting|connection|peer|proxyuser|real|remote|socket|source|true|user)-?ip$`,
    String.raw`(^|-)(client|peer|remote|socket)-?addr(ess)?$`,
    String.raw`^x-(original-.*|rewrite-url|(url-)?scheme|host|http-host-override|envoy-external-address)$`,
    String.raw`^front-end-https$`,
  ].join('|'),
)

/** Whether a header, by its name in any case, says where a request came from; some programs take `_` for `-`. */
export function saysWhence(name: string): boolean {
  return SAYS_WHENCE.test(name.toLowerCase().replaceAll('_', '-'))
}
