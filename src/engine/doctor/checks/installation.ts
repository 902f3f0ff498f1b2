import type { Chat } from '../../../chat/chat.ts'
import type { Asker, Place } from '../../../core/model/platforms.ts'
import type { CheckLine } from '../../../core/model/view.ts'
import type { PoolState } from '../../../core/pool/state.ts'
import type { ClockTrouble } from '../../../core/model/agent-about.ts'
import type { StoreHealth } from '../../../store/health.ts'
import { skipped, warn, type Check } from '../check.ts'
import { addressCheck, type PublicAddress } from './address.ts'
import { clockCheck, clocksCheck } from './clock.ts'
import { redisCheck } from './redis.ts'
import { addressIn, isOnThisMachine } from '../../../core/model/reach.ts'
import { capital } from '../../../core/model/words.ts'

/** What is looked at in addition to the pools themselves. */
export interface Installation {
  readonly health: () => Promise<StoreHealth>
  /** What is known of how the bot was set up, in sentences. */
  readonly warnings: readonly string[]
  readonly address: PublicAddress
  /** The addresses of this machine that others may reach. */
  readonly ownAddresses: () => readonly string[]
  /** How many members of a pool have reported in the last minutes. */
  readonly reporting: (state: PoolState) => Promise<number>
  readonly chats: readonly Chat[]
  /** Platforms that this bot does not talk to, with the variable that would have it. */
  readonly absent: readonly { readonly name: string; readonly variable: string }[]
  /** Whether this account can do what is needed. */
  readonly account: (account: CloudAccountId) => Check
  /** The accounts of the environment. */
  readonly ownAccounts: readonly CloudAccountId[]
  /** The clock of a cloud, which ours is compared with once there is an account there. */
  readonly clock: (cloud: string) => { readonly name: string; readonly url: string }
  /** This machine's own, epoch ms. */
  readonly now: () => number
  /** What the bots and Redis have seen of their clocks. */
  readonly clockTrouble: () => ClockTrouble
}

export interface CloudAccountId {
  /** As pools keep it. */
  readonly cloud: string
  readonly id: string
}

/** The checks for someone: all of them for the installation's own team, and what is theirs for others. */
export function installationChecks(
  installation: Installation,
): (asker: Asker, states: readonly PoolState[]) => readonly Check[] {
  const {
    health,
    warnings,
    address,
    ownAddresses,
    reporting,
    chats,
    absent,
    account,
    ownAccounts,
    clock,
    now,
    clockTrouble,
  } = installation
  return ({ place }, states) => {
    const used = states.flatMap(({ pool }) =>
      pool.account === null ? [] : [{ cloud: pool.provider, id: pool.account }],
    )
    if (place.tenant !== null) {
      const own = chats.filter(({ platform }) => platform === place.platform)
      return [...once(used).map(account), ...chatChecks(own, place)]
    }
    const accounts = once([...ownAccounts, ...used])
    return [
      ...(warnings.length === 0 ? [] : [{ name: CONFIGURATION, fix: '', run: async () => givenWrong(warnings) }]),
      redisCheck(health),
      clockCheck(accounts[0] === undefined ? null : clock(accounts[0].cloud), now),
      clocksCheck(clockTrouble),
      addressCheck(
        address,
        accounts.length === 0
          ? null
          : {
              members: membersOf(states),
              own: ownAddresses,
              here: accounts.every(({ cloud }) => isOnThisMachine(clock(cloud).url)),
              reporting: async () => (await Promise.all(states.map(reporting))).reduce((sum, count) => sum + count, 0),
            },
      ),
      ...accounts.map(account),
      ...chatChecks(chats, place),
      ...absent.map(({ name, variable }) => absentChat(name, variable)),
    ]
  }
}

const CONFIGURATION = 'Configuration'

/** What is wrong with how the bot is set up, where it starts all the same. */
export function givenWrong(warnings: readonly string[]): readonly CheckLine[] {
  return warnings.map((words) =>
    warn(CONFIGURATION, words, 'Correct that where the bot is started, and start it again.'),
  )
}

function once(accounts: readonly CloudAccountId[]): readonly CloudAccountId[] {
  return [...new Map(accounts.map((one) => [one.id, one])).values()]
}

function membersOf(states: readonly PoolState[]): readonly { readonly name: string; readonly address: string }[] {
  return states.flatMap(({ members }) =>
    members.flatMap(({ id, url }) => (url === null ? [] : [{ name: id, address: addressIn(url) }])),
  )
}

/** Longer than a platform's own checks take together. */
const DEADLINE_MS = 75_000

/** Each chat by what it says of itself, about the channel that was asked from where that is one of its own. */
export function chatChecks(chats: readonly Chat[], place: Place | null): readonly Check[] {
  return chats.flatMap((chat): readonly Check[] => {
    const { platform, checkUp } = chat
    if (checkUp === undefined) return []
    const name = chat.label ?? capital(platform)
    return [
      {
        name,
        fix: `Check whether this machine reaches ${name}.`,
        deadlineMs: DEADLINE_MS,
        run: () => checkUp.call(chat, place?.platform === platform ? place.channel : null),
      },
    ]
  })
}

/** A platform that this bot is not set up for; `variable` would. */
export function absentChat(name: string, variable: string): Check {
  return { name, fix: '', run: async () => skipped(name, `${variable} is not set`) }
}
