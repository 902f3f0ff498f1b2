import { isIn, kindOfAddress, parseIp, type AddressKind, type Ip } from './address.ts'
import type { CheckLine } from './view.ts'

/** Where the droplets are that are to reach the bot. */
export interface Droplets {
  /** Their addresses, private ones too; null: not known yet. */
  readonly addresses: readonly string[] | null
  /** They are processes of this machine, since their cloud is a stand-in on it. */
  readonly here: boolean
}

/** What is to be said of an address, as the line of a check, or the subject of one where all is well; `kind`: how far it leads. */
export interface Reach extends Pick<CheckLine, 'state' | 'detail' | 'fix'> {
  readonly kind: AddressKind
}

const OF_MACHINE = /(^|\.)(localhost|localdomain)$/
/** Names that are given out by a router, or by nobody. */
const OF_HOME = /^[^.]+$|\.(corp|home|home\.arpa|internal|intranet|invalid|lan|local|private|test)$/
/** Tunnels that come up with another name each time. */
const PASSING = /\.(trycloudflare\.com|lhr\.life|localhost\.run|serveo\.net|loca\.lt)$/

const RUN_ELSEWHERE =
  'Run the bot on a droplet of its own, or lead an address to this machine by a tunnel whose name stays, and set SPINUP_PUBLIC_URL to it: docs/production.md.'
const MAKE_RECORD = 'Make a DNS record that leads it to the machine with the bot (docs/production.md).'
const ENCRYPT =
  'Put HTTPS before the bot, with Caddy or nginx (docs/production.md), and set SPINUP_PUBLIC_URL to the https:// address.'

/**
 * Whether droplets will reach the bot at `url`, as far as the address itself says. `ips`: what its name leads to by DNS; null:
 * that is not known.
 */
export function judgeReach(url: string, ips: readonly string[] | null, droplets: Droplets): Reach {
  const host = addressIn(url)
  const found = (parseIp(host) === null ? (ips ?? []) : [host]).flatMap((text) => parseIp(text) ?? [])
  const kind = kindOf(host, found)
  const good: Reach = { kind, state: 'ok', detail: url, fix: null }
  const bad = (detail: string, fix: string): Reach => ({ kind, state: 'failed', detail, fix })
  const doubt = (detail: string, fix: string): Reach => ({ kind, state: 'warn', detail, fix })
  if (droplets.here) return good
  if (kind === 'machine') return bad(`${url} is this machine’s own address, which no droplet reaches`, RUN_ELSEWHERE)
  if (kind === 'linkLocal') return bad(`${url} is an address of one cable, which no droplet reaches`, RUN_ELSEWHERE)
  if (kind === 'nowhere') return bad(`${url} is an address that leads nowhere`, RUN_ELSEWHERE)
  if (OF_HOME.test(host) && parseIp(host) === null) {
    return bad(`${host} is a name of your own network, which droplets do not know`, RUN_ELSEWHERE)
  }
  if (kind === 'carrier') {
    const fix = `With Tailscale, Funnel gives the bot a public address. Otherwise: ${RUN_ELSEWHERE}`
    return bad(`${url} is an address within a carrier’s network or a tailnet, which droplets are not in`, fix)
  }
  if (kind === 'private') {
    const { addresses } = droplets
    const inside = `${url} is an address of a private network`
    if (addresses === null) return doubt(`${inside}, which only droplets in it reach`, RUN_ELSEWHERE)
    const among = addresses.flatMap((text) => parseIp(text) ?? [])
    if (among.some((one) => found.some((ip) => areNeighbours(ip, one)))) {
      return { ...good, detail: `${url}, in the droplets’ private network,` }
    }
    return bad(
      `${inside} that no droplet is known to be in`,
      `In a VPC, the bot has to be in the same one. ${RUN_ELSEWHERE}`,
    )
  }
  if (ips?.length === 0 && found.length === 0) return bad(`the name ${host} leads nowhere`, MAKE_RECORD)
  if (PASSING.test(host)) {
    const fix =
      'Take a tunnel whose name stays: a named one of cloudflared, or ngrok with a domain (docs/production.md).'
    return doubt(`${host} is a tunnel that comes up with another name each time; agents would not find it again`, fix)
  }
  if (url.toLowerCase().startsWith('http:')) {
    return doubt(
      `${url} is not encrypted: what droplets install and report can be read and altered on the way`,
      ENCRYPT,
    )
  }
  return good
}

/** Whether an address is of this machine by its own words, as that of a stand-in. */
export function isOnThisMachine(url: string): boolean {
  const host = addressIn(url)
  const ip = parseIp(host)
  return ip === null ? OF_MACHINE.test(host) : kindOfAddress(ip) === 'machine'
}

/** The name or address in a web address: in small letters, without the brackets of IPv6 and a dot at its end. */
export function addressIn(url: string): string {
  const [, six, name = ''] = /^https?:\/\/(?:[^/?#@]*@)?(?:\[([^\]]*)\]|([^/?#:]*))/i.exec(url) ?? []
  return (six ?? name).toLowerCase().replace(/\.$/, '')
}

/** How far the best of its addresses leads; one that is not known, anywhere. */
function kindOf(host: string, found: readonly Ip[]): AddressKind {
  if (OF_MACHINE.test(host)) return 'machine'
  const order: readonly AddressKind[] = ['open', 'private', 'carrier', 'linkLocal', 'machine', 'nowhere']
  const kinds = new Set(found.map(kindOfAddress))
  return order.find((kind) => kinds.has(kind)) ?? 'open'
}

/** Whether two private addresses can be of one network, which is a /16 at DigitalOcean at most, and a /64 of IPv6. */
function areNeighbours(one: Ip, other: Ip): boolean {
  return isIn(other, { ...one, prefix: one.family === 4 ? 16 : 64 }) && kindOfAddress(other) === 'private'
}
