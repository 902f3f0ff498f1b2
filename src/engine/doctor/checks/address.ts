import { randomBytes } from 'node:crypto'
import { Resolver } from 'node:dns/promises'
import { addressIn, judgeReach, type Droplets } from '../../../core/model/reach.ts'
import type { CheckLine } from '../../../core/model/view.ts'
import { plural } from '../../../core/model/words.ts'
import { parseIp } from '../../../core/model/address.ts'
import { failed, ok, took, warn, type Check } from '../check.ts'

export interface PublicAddress {
  /** As agents and browsers reach the bot. */
  readonly url: string
  /** What this bot, and each other one with its secret, answers to a nonce. */
  readonly prove: (nonce: string) => string
  /** The addresses a name has by DNS; none: it leads nowhere; null: that could not be found out. Real DNS unless given. */
  readonly resolve?: (host: string) => Promise<readonly string[] | null>
}

/** Those that are to reach it. */
export interface Reachers extends Pick<Droplets, 'here'> {
  readonly members: readonly { readonly name: string; readonly address: string }[]
  /** How many have reported in the last minutes. */
  readonly reporting: () => Promise<number>
  /** The addresses of this machine that others may reach. */
  readonly own: () => readonly string[]
}

/** The line about it. */
export const PUBLIC_ADDRESS = 'Public address'
const ASK_MS = 5000
const RESOLVE_MS = 2000

/**
 * Whether droplets reach the bot: by what its address is, by asking there for this very bot, and by the droplets' own word.
 * `reachers` null: nothing has to reach it but browsers on this machine.
 */
export function addressCheck(address: PublicAddress, reachers: Reachers | null): Check {
  return {
    name: PUBLIC_ADDRESS,
    fix: `Agents and browsers need to reach ${address.url}: set SPINUP_PUBLIC_URL to the address this bot has for them.`,
    deadlineMs: 9000,
    async run(signal) {
      if (reachers === null) return lookAtAddress(address, null, 0, signal)
      const { members, here, reporting } = reachers
      const addresses = members.length === 0 ? null : members.map((member) => member.address)
      return [await lookAtAddress(address, { addresses, here }, await reporting(), signal), ...placeLines(reachers)]
    },
  }
}

/** The same without a bot that could answer there: what the address says of itself. */
export function reachCheck(url: string, droplets: Droplets): Check {
  return {
    name: PUBLIC_ADDRESS,
    fix: 'Check that DNS answers.',
    run: async () => {
      const { state, detail, fix } = await reachOf({ url }, droplets)
      return { name: PUBLIC_ADDRESS, state, detail, fix }
    },
  }
}

/** The line about it; `reporting`: how many droplets have reported in the last minutes. */
export async function lookAtAddress(
  address: PublicAddress,
  droplets: Droplets | null,
  reporting: number,
  signal: AbortSignal,
): Promise<CheckLine> {
  const { url } = address
  const [judged, asked] = await Promise.all([
    droplets === null ? null : reachOf(address, droplets),
    ask(address, signal),
  ])
  const reported =
    reporting === 0 ? '' : `, and ${plural(reporting, 'droplet')} report${reporting === 1 ? 's' : ''} to it`
  // A droplet that reports has reached it, whatever it looks like; but one on this very machine says nothing of clones.
  if (judged?.state === 'failed' && (reporting === 0 || judged.kind === 'machine')) {
    return failed(PUBLIC_ADDRESS, judged.detail, judged.fix ?? '')
  }
  if (asked.kind === 'other') return failed(PUBLIC_ADDRESS, asked.detail, asked.fix)
  if (asked.kind === 'mute' && reporting === 0) return warn(PUBLIC_ADDRESS, asked.detail, asked.fix)
  const answers = asked.kind === 'answers' ? `answers in ${took(asked.ms)}` : 'does not answer from here'
  if (judged?.state === 'warn') return warn(PUBLIC_ADDRESS, `${judged.detail}${reported}`, judged.fix ?? '')
  const silence = droplets !== null && reporting === 0 ? '; no droplet has reported to it yet' : ''
  return ok(PUBLIC_ADDRESS, `${judged?.state === 'ok' ? judged.detail : url} ${answers}${reported}${silence}`)
}

/** What the address itself says, with what its name leads to. */
async function reachOf(
  { url, resolve = byDns }: Pick<PublicAddress, 'url' | 'resolve'>,
  droplets: Droplets,
): Promise<ReturnType<typeof judgeReach>> {
  const host = addressIn(url)
  return judgeReach(url, droplets.here || parseIp(host) !== null ? null : await resolve(host), droplets)
}

/** Not by the machine's own list, where a server's name leads to itself. */
async function byDns(host: string): Promise<readonly string[] | null> {
  const resolver = new Resolver({ timeout: RESOLVE_MS, tries: 1 })
  const of = (records: Promise<string[]>): Promise<readonly string[] | null> =>
    records.catch((error: NodeJS.ErrnoException) => (/^E?(NOTFOUND|NODATA)$/.test(error.code ?? '') ? [] : null))
  const [four, six] = await Promise.all([of(resolver.resolve4(host)), of(resolver.resolve6(host))])
  const found = [...(four ?? []), ...(six ?? [])]
  return found.length === 0 && (four === null || six === null) ? null : found
}

type Asked =
  | { readonly kind: 'answers'; readonly ms: number }
  /** What is there is not this bot; or (`mute`) nothing is, seen from here. */
  | { readonly kind: 'other' | 'mute'; readonly detail: string; readonly fix: string }

/** Asks the address for this very bot. */
async function ask({ url, prove }: PublicAddress, stop: AbortSignal): Promise<Asked> {
  const nonce = randomBytes(16).toString('hex')
  const askedAt = performance.now()
  const signal = AbortSignal.any([stop, AbortSignal.timeout(ASK_MS)])
  try {
    const response = await fetch(`${url}/healthz?nonce=${nonce}`, { redirect: 'manual', signal })
    const body = await response.text()
    if (response.ok && body.includes(`"${prove(nonce)}"`)) return { kind: 'answers', ms: performance.now() - askedAt }
    return other(url, response, body)
  } catch (error) {
    return unanswered(url, error)
  }
}

function other(url: string, { status, headers }: Response, body: string): Asked {
  const [detail, fix] = ((): readonly [string, string] => {
    const to = headers.get('location')
    if (status >= 300 && status < 400 && to !== null) {
      const there = URL.canParse(to, url) ? new URL(to, url).origin : to
      return [
        `${url} sends on to ${there}, where agents do not follow`,
        'Set SPINUP_PUBLIC_URL to the address itself, https:// included.',
      ]
    }
    if (status >= 502 && status <= 504) {
      return [
        `${url} is answered by a proxy (${status}) that does not reach the bot`,
        'Check that it passes on to SPINUP_HOST and SPINUP_PORT of this bot (docs/production.md).',
      ]
    }
    if (status === 401 || status === 403) {
      return [
        `${url} asks for a sign-in (${status}) before the bot is reached`,
        'Agents cannot sign in: let /v1, /install and /healthz through.',
      ]
    }
    if (body.includes('"ok":true')) {
      return [
        `${url} is answered by another Spinup`,
        'Lead the address to this bot; several bots with one address share Redis and SPINUP_SECRET.',
      ]
    }
    return [`${url} is answered by something else (${status})`, 'Lead the address to this bot (docs/production.md).']
  })()
  return { kind: 'other', detail, fix }
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS/
const NO_TLS = /EPROTO|ERR_SSL|WRONG_VERSION/

function unanswered(url: string, error: unknown): Asked {
  const { cause } = error as { readonly cause?: { readonly code?: unknown } }
  const code = typeof cause?.code === 'string' ? cause.code : ''
  if (CERTIFICATE.test(code)) {
    const fix =
      'Have Caddy or certbot get a certificate for that name (docs/production.md); agents refuse this one, too.'
    return { kind: 'other', detail: `the certificate of ${url} is not good (${code})`, fix }
  }
  if (NO_TLS.test(code)) {
    const fix = 'Put HTTPS before the bot, with Caddy or nginx (docs/production.md).'
    return { kind: 'other', detail: `${url} does not speak HTTPS (${code})`, fix }
  }
  const why = /ENOTFOUND|EAI_AGAIN/.test(code)
    ? 'its name is not known here'
    : code === 'ECONNREFUSED'
      ? 'nothing listens there'
      : `no answer${code === '' ? '' : `, ${code}`}`
  const fix =
    'Check DNS, the firewall (port 443) and the proxy. Some routers do not lead their own network back in: then ask from outside, with curl.'
  return { kind: 'mute', detail: `${url} is unreachable from this machine: ${why}`, fix }
}

/** Of a bot on a droplet of a pool, which is shut down and copied; no line where it is on none. */
function placeLines({ own, members }: Reachers): readonly CheckLine[] {
  const here = own()
  const on = members.find(({ address }) => here.includes(address))?.name
  if (on === undefined) return []
  const why = 'is shut down for a clean snapshot, and each clone would have a copy of the bot'
  const fix = 'Run it on a droplet of its own, outside of the pool: docs/production.md.'
  return [failed('Where the bot runs', `on ${on}, which ${why}`, fix)]
}
