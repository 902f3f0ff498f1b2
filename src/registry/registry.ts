import { DISCORD } from '../chat/discord/entry.ts'
import type { ChatEntry } from '../chat/entry.ts'
import { SLACK } from '../chat/slack/entry.ts'
import { BUILTIN } from './balancers/builtin.ts'
import { CADDY } from './balancers/caddy.ts'
import { DIGITALOCEAN_LOAD_BALANCER } from './balancers/digitalocean.ts'
import { HAPROXY } from './balancers/haproxy.ts'
import { WEBHOOK } from './balancers/webhook.ts'
import type { BalancerEntry, ProviderEntry } from './entry.ts'
import { DIGITALOCEAN } from './providers/digitalocean.ts'

// An adapter's code loads only when it is used. A new one: a folder beside its kind, an entry, and a line below.

/** Where droplets can be. */
export const PROVIDERS: readonly ProviderEntry[] = [DIGITALOCEAN]

/** What can stand before them. */
export const BALANCERS: readonly BalancerEntry[] = [BUILTIN, DIGITALOCEAN_LOAD_BALANCER, HAPROXY, CADDY, WEBHOOK]

/** Where people talk, besides the console: each a folder with its entry. */
export const CHATS: readonly ChatEntry[] = [SLACK, DISCORD]
