import {
  loadBalancerSchema,
  reservedIpSchema,
  sshKeySchema,
  type DropletAnswer,
  type LoadBalancerAnswer,
} from './answers.ts'
import { addressOf, listDroplets, sizeWords } from './droplets.ts'
import type { Edge } from './edge.ts'
import { remember } from './flight.ts'
import { everyPage } from './pages.ts'
import { SpinupError } from '../../core/model/error.ts'

/** A droplet to pick as the backend. */
export interface DropletChoice {
  readonly id: string
  readonly name: string
  /** `new`, `active`, `off`, `archive`, or a word of tomorrow's. */
  readonly status: string
  readonly region: string
  /** e.g. `s-2vcpu-4gb`. */
  readonly size: string
  readonly about: string
  /** GiB; null: DigitalOcean does not say. */
  readonly diskGib: number | null
  readonly dollarsPerHour: number | null
  readonly dollarsPerMonth: number | null
  /** IPv4, or IPv6 where there is no other. */
  readonly publicIp: string | null
  readonly privateIp: string | null
  /** Its volumes, as ids. */
  readonly volumes: readonly string[]
  readonly backedUp: boolean
  readonly vpcId: string | null
  readonly tags: readonly string[]
}

export interface LoadBalancerChoice {
  readonly id: string
  /** `REGIONAL`, `REGIONAL_NETWORK`, `GLOBAL`, or a word of tomorrow's. */
  readonly type: string
  readonly name: string
  readonly ip: string
  readonly status: string
  readonly region: string | null
  readonly dropletIds: readonly string[]
  /** It takes its droplets from this tag, so single ones can be neither added nor removed; null: it does not. */
  readonly tag: string | null
  readonly vpcId: string | null
  /** e.g. `http 80 → http 9003`. */
  readonly rules: readonly string[]
  /** Where its rules send requests; null: there are none. */
  readonly targetPort: number | null
  readonly healthPath: string | null
}

export interface SshKeyChoice {
  readonly id: string
  readonly name: string
  readonly fingerprint: string
}

/** Lists for people who choose. */
export interface Pickers {
  /** Droplets whose name, id, region, address or tag holds every word of `text`; a name that begins with it first. */
  searchDroplets(text: string): Promise<readonly DropletChoice[]>
  /** One of them, some seconds old; null: there is none of that id. */
  droplet(id: string): Promise<DropletChoice | null>
  loadBalancers(): Promise<readonly LoadBalancerChoice[]>
  sshKeys(): Promise<readonly SshKeyChoice[]>
  /** The reserved addresses, IPv4 and IPv6, that lead to a droplet; null: they cannot be seen. */
  reservedIps(dropletId: string): Promise<readonly string[] | null>
}

/** `web-2` comes before `web-10`. */
const byName = new Intl.Collator('en', { numeric: true })

/** A listing serves the letters typed one after the other, ms. */
const TYPING_MS = 10_000

export function createPickers(edge: Edge, now: () => number): Pickers {
  const droplets = remember(TYPING_MS, now, async () => (await listDroplets(edge)).map(choiceOf))

  return {
    async searchDroplets(text) {
      const words = text.toLowerCase().split(/\s+/).filter(Boolean)
      const begins = (choice: DropletChoice): number => (choice.name.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1)
      return (await droplets(''))
        .filter((choice) => words.every((word) => haystack(choice).includes(word)))
        .toSorted((a, b) => begins(a) - begins(b) || byName.compare(a.name, b.name) || Number(a.id) - Number(b.id))
    },
    droplet: async (id) => (await droplets('')).find((one) => one.id === id) ?? null,
    async loadBalancers() {
      const listed = await everyPage(edge, {
        what: 'list the load balancers',
        scope: 'load_balancer:read',
        field: 'load_balancers',
        item: loadBalancerSchema,
        idOf: (balancer) => balancer.id,
        send: (client, page) => client.loadBalancer.listLoadBalancers(page),
      })
      return (listed ?? []).map(balancerChoiceOf).toSorted((a, b) => a.name.localeCompare(b.name))
    },
    async sshKeys() {
      const listed = await everyPage(edge, {
        what: 'list the SSH keys',
        scope: 'ssh_key:read',
        field: 'ssh_keys',
        item: sshKeySchema,
        idOf: (key) => key.id,
        send: (client, page) => client.sshKey.listSshKeys(page),
      })
      return (listed ?? []).toSorted((a, b) => a.name.localeCompare(b.name))
    },
    reservedIps: (dropletId) => reservedIps(edge, dropletId),
  }
}

function choiceOf(droplet: DropletAnswer): DropletChoice {
  return {
    id: droplet.id,
    name: droplet.name,
    status: droplet.status,
    region: droplet.region.slug,
    size: droplet.size_slug,
    about: sizeWords(droplet.vcpus, droplet.memory),
    diskGib: droplet.disk,
    dollarsPerHour: droplet.size.price_hourly,
    dollarsPerMonth: droplet.size.price_monthly,
    publicIp: addressOf(droplet, 'public'),
    privateIp: addressOf(droplet, 'private'),
    volumes: droplet.volume_ids,
    backedUp: droplet.features.includes('backups'),
    vpcId: droplet.vpc_uuid,
    tags: droplet.tags,
  }
}

function haystack(choice: DropletChoice): string {
  return [choice.name, choice.id, choice.region, choice.size, choice.publicIp, choice.privateIp, ...choice.tags]
    .join('\n')
    .toLowerCase()
}

function balancerChoiceOf(answer: LoadBalancerAnswer): LoadBalancerChoice {
  return {
    id: answer.id,
    type: answer.type,
    name: answer.name || answer.id,
    ip: answer.ip,
    status: answer.status,
    region: answer.region?.slug || null,
    dropletIds: answer.droplet_ids,
    tag: answer.tag,
    vpcId: answer.vpc_uuid,
    rules: answer.forwarding_rules.map(
      (rule) => `${rule.entry_protocol} ${rule.entry_port} → ${rule.target_protocol} ${rule.target_port}`,
    ),
    targetPort: answer.forwarding_rules[0]?.target_port ?? null,
    healthPath: answer.health_check.path,
  }
}

const KINDS = [
  { path: '/reserved_ips', field: 'reserved_ips' },
  { path: '/reserved_ipv6', field: 'reserved_ipv6s' },
]

/** The reserved addresses, IPv4 and IPv6, that lead to a droplet; null: they cannot be seen. Only a warning hangs on it. */
async function reservedIps(edge: Edge, dropletId: string): Promise<readonly string[] | null> {
  try {
    const listed = await Promise.all(
      KINDS.map(({ path, field }) =>
        everyPage(edge, {
          what: 'list the reserved IPs',
          scope: 'reserved_ip:read',
          field,
          item: reservedIpSchema,
          idOf: ({ ip }) => ip,
          send: (client, { page, per_page }) => client.get(path, { page: String(page), per_page: String(per_page) }),
        }),
      ),
    )
    return listed.flatMap((one) => one ?? []).flatMap(({ ip, droplet }) => (droplet?.id === dropletId ? [ip] : []))
  } catch (error) {
    if (error instanceof SpinupError) return null
    throw error
  }
}
