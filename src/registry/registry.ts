import type { BalancerEntry } from '../balancers/entry.ts'
import { DISCORD } from '../chat/discord/entry.ts'
import type { ChatEntry } from '../chat/entry.ts'
import { SLACK } from '../chat/slack/entry.ts'
import type { CloudEntry } from '../providers/cloud.ts'
import * as balancers from './balancers.ts'
import * as clouds from './clouds.ts'

/** Where droplets can be. */
export const CLOUDS: readonly CloudEntry[] = Object.values(clouds)

/** What can stand before them. */
export const BALANCERS: readonly BalancerEntry[] = Object.values(balancers)

/** Where people talk, in addition to the console: each a folder with its entry. */
export const CHATS: readonly ChatEntry[] = [SLACK, DISCORD]
