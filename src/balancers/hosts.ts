import { lookup as lookUp } from 'node:dns/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { messageOf } from '../core/model/error.ts'

/** Which hosts are one machine: balancers know members by names, or as "here", that Spinup knows by their address. */
export interface Hosts {
  /** Finds out where these are, within two seconds; what is known already is not asked for again for a minute. */
  learn(hosts: readonly string[]): Promise<void>
  /** Whether two hosts are one machine, by what was learned. */
  same(one: string, other: string): boolean
  /** Why it cannot be said whether `host` is that machine, or whichever (null), as an end of "HOST …"; null: it can. */
  unsure(host: string, machine: string | null): string | null
}

interface Surroundings {
  /** A clock that nobody sets, ms. */
  readonly elapsed: () => number
  /** The addresses of a name; rejects where it has none. */
  readonly lookup: (name: string) => Promise<readonly string[]>
}

const lookupAll: Surroundings['lookup'] = async (name) =>
  (await lookUp(name, { all: true })).map(({ address }) => address)

interface Found {
  readonly at: number
  /** More than one of a kind: it stands for several machines. */
  readonly addresses: ReadonlySet<string>
  readonly one: boolean
  /** Why it could not be resolved. */
  readonly trouble: string | null
}

const FRESH_MS = 60_000
/** A name server's trouble may be over soon. */
const AGAIN_MS = 5000
const DEADLINE_MS = 2000

/**
 * `balancer` is the host that the balancer is controlled at, which is what it means by "here"; null: this machine, as with
 * a unix socket. Names are resolved on this machine. One that stands for several machines is taken for none of them.
 */
export function createHosts(
  balancer: string | null,
  { elapsed = () => performance.now(), lookup = lookupAll }: Partial<Surroundings> = {},
): Hosts {
  const found = new Map<string, Found>()
  const plain = (host: string): string => canonical(host.replace(/^\[|\]$/g, ''))

  async function here(): Promise<readonly string[]> {
    if (balancer === null || isHere(plain(balancer))) {
      const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
      return all.filter(({ internal }) => !internal).map(({ address }) => canonical(address))
    }
    return resolve(plain(balancer))
  }

  async function resolve(host: string): Promise<readonly string[]> {
    if (isIP(host) !== 0) return [host]
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), DEADLINE_MS)
    })
    try {
      return [...new Set((await Promise.race([lookup(host), late])).map(canonical))]
    } finally {
      clearTimeout(timer)
    }
  }

  async function find(host: string): Promise<Found> {
    const at = elapsed()
    try {
      if (isHere(host)) {
        const own = host === '127.0.0.1' || host === '::1' ? [host] : ['127.0.0.1', '::1']
        return { at, addresses: new Set([...own, ...(await here())]), one: true, trouble: null }
      }
      const addresses = await resolve(host)
      const one = [4, 6].every((family) => addresses.filter((address) => isIP(address) === family).length <= 1)
      return { at, addresses: new Set(addresses), one, trouble: null }
    } catch (error) {
      // What it was is better than nothing.
      const before = found.get(host) ?? { addresses: new Set<string>(), one: true, trouble: messageOf(error) }
      return { ...before, at: at - FRESH_MS + AGAIN_MS }
    }
  }

  const share = (one: Found | undefined, other: Found | undefined): boolean =>
    [...(one?.addresses ?? [])].some((address) => other?.addresses.has(address) === true)

  return {
    async learn(hosts) {
      const stale = [...new Set(hosts.map(plain))].filter((host) => {
        const known = found.get(host)
        return known === undefined || elapsed() - known.at >= FRESH_MS
      })
      await Promise.all(stale.map(async (host) => found.set(host, await find(host))))
    },
    same(one, other) {
      const [a, b] = [plain(one), plain(other)]
      if (a === b) return true
      const [first, second] = [found.get(a), found.get(b)]
      return first?.one === true && second?.one === true && share(first, second)
    },
    unsure(host, machine) {
      const one = found.get(plain(host))
      if (one === undefined || (machine !== null && plain(host) === plain(machine))) return null
      if (one.trouble !== null) return `cannot be resolved from here (${one.trouble})`
      const may = machine === null || share(one, found.get(plain(machine)))
      return one.one || !may ? null : `means several machines (${[...one.addresses].join(', ')})`
    },
  }
}

/** Every way to write "this machine", 127.0.0.2 and the like not among them: those may be machines of their own. */
function isHere(host: string): boolean {
  return /^(|localhost|.+\.localhost|127\.0\.0\.1|::1|0\.0\.0\.0|::)$/.test(host)
}

/** One spelling of an address; names in small letters, without the dot of the root. */
function canonical(host: string): string {
  const text = host.toLowerCase().replace(/%.*$/, '')
  if (isIP(text) !== 6) return text.replace(/\.$/, '')
  const short = new URL(`http://[${text}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(short)
  if (mapped === null) return short
  return [mapped[1], mapped[2]].flatMap((part) => bytes(Number.parseInt(part ?? '0', 16))).join('.')
}

function bytes(word: number): readonly number[] {
  return [word >> 8, word & 0xff]
}
