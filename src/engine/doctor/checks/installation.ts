import type { Chat } from '../../../chat/chat.ts'
import type { Asker } from '../../../core/model/place.ts'
import type { PoolState } from '../../../core/pool/state.ts'
import type { ClockTrouble } from '../../../core/model/clock.ts'
import type { StoreHealth } from '../../../store/health.ts'
import type { Check } from '../check.ts'
import { addressCheck } from './address.ts'
import { absentChat, chatChecks } from './chats.ts'
import { clockCheck, clocksCheck } from './clock.ts'
import { redisCheck } from './redis.ts'

/** What is looked at in addition to the pools themselves. */
export interface Installation {
  readonly health: () => Promise<StoreHealth>
  /** As agents and browsers reach the bot. */
  readonly publicUrl: string
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
  const { health, publicUrl, chats, absent, account, ownAccounts, clock, now, clockTrouble } = installation
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
      redisCheck(health),
      clockCheck(accounts[0] === undefined ? null : clock(accounts[0].cloud), now),
      clocksCheck(clockTrouble),
      addressCheck(publicUrl),
      ...accounts.map(account),
      ...chatChecks(chats, place),
      ...absent.map(({ name, variable }) => absentChat(name, variable)),
    ]
  }
}

function once(accounts: readonly CloudAccountId[]): readonly CloudAccountId[] {
  return [...new Map(accounts.map((one) => [one.id, one])).values()]
}
