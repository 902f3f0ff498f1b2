import { BlockList, isIP } from 'node:net'
import { parseDuration } from '../../core/model/duration.ts'
import { SpinupError } from '../../core/model/error.ts'
import type { BalancerPick, ConnectDesk, DropletPick, LoadBalancerPick, MembersPick, SizePick } from './desk.ts'

/** What a form sent, each field once, without spaces around it. */
export type Fields = Readonly<Record<string, string>>

/** Reads the balancer's form; a webhook's URL and secret are put away by `seal`. Throws `badInput` in words. */
export async function readBalancer(
  fields: Fields,
  loadBalancers: () => Promise<readonly LoadBalancerPick[]>,
  desk: Pick<ConnectDesk, 'balancers' | 'outside' | 'seal'>,
): Promise<BalancerPick> {
  const name = fields['kind'] ?? ''
  const known = desk.balancers.find((one) => one.name === name)
  if (known === undefined) throw wrong('Choose one of the balancers.')
  const plain = { name, port: null, healthPath: null }
  switch (name) {
    case 'digitalocean': {
      const found = (await loadBalancers()).find((one) => one.id === fields['loadBalancer'])
      if (found === undefined) throw wrong('Choose which load balancer it is.')
      if (found.unfit !== null) throw wrong(`${found.name} cannot be used: ${found.unfit}.`)
      return {
        name,
        settings: { kind: 'digitalocean', loadBalancerId: found.id, name: found.name },
        about: `DigitalOcean load balancer ${found.name}`,
        port: found.targetPort,
        healthPath: found.healthPath,
      }
    }
    case 'haproxy': {
      const [address, backend] = [fields['haproxyAddress'] ?? '', fields['haproxyBackend'] ?? '']
      if (!/^(unix:\/\S+|tcp:\/\/[^\s/]+:\d{1,5})$/.test(address)) {
        throw wrong('HAProxy’s runtime API is unix:/path/to/admin.sock or tcp://ADDRESS:PORT.')
      }
      if (desk.outside) refuseInside(address)
      if (!/^[\w.:-]+$/.test(backend)) throw wrong('Give the name of HAProxy’s backend, e.g. app.')
      return {
        ...plain,
        settings: { kind: 'haproxy', address, backend },
        about: `HAProxy at ${address}, backend ${backend}`,
      }
    }
    case 'caddy': {
      const [admin, handler] = [fields['caddyAdmin'] ?? '', fields['caddyHandler'] ?? '']
      if (!/^unix:\/\S+$/.test(admin) && !isPlainUrl(admin, ['http:'])) {
        throw wrong('Caddy’s admin API is an address such as http://127.0.0.1:2019 or unix:/run/caddy/admin.sock.')
      }
      if (desk.outside) refuseInside(admin)
      return {
        ...plain,
        settings: { kind: 'caddy', admin: admin.replace(/\/$/, ''), handler: handler === '' ? null : handler },
        about: `Caddy at ${admin}`,
      }
    }
    case 'webhook':
      return { ...plain, ...(await readWebhook(fields, desk)) }
    default:
      return { ...plain, settings: null, about: known.about }
  }
}

async function readWebhook(
  fields: Fields,
  desk: Pick<ConnectDesk, 'outside' | 'seal'>,
): Promise<Pick<BalancerPick, 'settings' | 'about'>> {
  const [url, secret] = [fields['webhookUrl'] ?? '', fields['webhookSecret'] ?? '']
  if (!isPlainUrl(url, ['http:', 'https:']))
    throw wrong('Give the webhook’s URL, e.g. https://balancer.internal/spinup.')
  if (desk.outside) refuseInside(url)
  if (secret.length < 16) throw wrong('The webhook’s secret needs at least 16 characters: openssl rand -hex 32.')
  const settleMs = parseDuration(fields['webhookSettle'] || '30s')
  if (settleMs === null || settleMs > 3_600_000) throw wrong('Give the time to finish as a duration, e.g. 30s.')
  const entry = await desk.seal({ url, secret })
  const { host } = new URL(url)
  const format = fields['webhookFormat'] === 'form' ? 'form' : 'json'
  return { settings: { kind: 'webhook', entry, host, format, settleMs }, about: `Webhook at ${host}` }
}

/** Reads the clones' form; throws `badInput` in words. */
export function readMembers(fields: Fields, droplet: DropletPick, sizes: readonly SizePick[]): MembersPick {
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
    // The same as the origin is told as such, so that clones follow when the origin is resized.
    clones: { size: size.slug === droplet.size ? null : size.slug, region: null },
    size,
  }
}

/** A form as `application/x-www-form-urlencoded` sends it. */
export function parseForm(body: string): Fields {
  return Object.fromEntries([...new URLSearchParams(body)].map(([name, value]) => [name, value.trim()]))
}

/** A query with each parameter once; one that stands there twice is none. */
export function parseQuery(query: unknown): Readonly<Record<string, string | undefined>> {
  const pairs = Object.entries(Object(query) as Readonly<Record<string, unknown>>)
  return Object.fromEntries(pairs.map(([name, value]) => [name, typeof value === 'string' ? value : undefined]))
}

function isPlainUrl(text: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return protocols.includes(url.protocol) && url.username + url.password === ''
}

/** Another team's balancer is not on this machine, nor in the network behind it: those are not theirs to reach. */
function refuseInside(address: string): void {
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
