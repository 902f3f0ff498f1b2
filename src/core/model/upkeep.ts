/** What is kept of a pool between two comparisons of Redis, the account and the balancer. Times are epoch ms. */
export interface Upkeep {
  /** When they were last compared; 0: never. */
  readonly comparedAt: number
  /** Since when the account cannot be asked, and why; null while it answers. */
  readonly trouble: { readonly since: number; readonly reason: string } | null
  /** Droplets with Spinup's tags that are not known: the team is asked what to do with them. */
  readonly unmanaged: readonly UnmanagedDroplet[]
  /** The origin's droplet, when it is not on though nothing of ours switched it off. */
  readonly origin: 'on' | 'off' | 'gone'
  /** Clones whose droplet is switched off and that are left to people. */
  readonly off: readonly string[]
  /** Since when the balancer finds members unhealthy, by member. */
  readonly unhealthy: Readonly<Record<string, number>>
  readonly replacing: Replacement | null
  /** When a member that was not like the others was replaced last; 0: never. */
  readonly replacedAt: number
  /** Members that left, newest last, as long as something of them could still turn up. */
  readonly former: readonly Former[]
  /** The last clones that failed in a row, oldest first. */
  readonly failures: readonly CloneFailure[]
  /** Operations whose failure is counted already, while what they made is still being taken away. */
  readonly undoing: readonly string[]
  /** Since the provider last made no droplet; null: it makes them. */
  readonly refused: Refused | null
  /** What droplets cost this calendar month (UTC) beyond their seconds, because each is billed a minimum; US dollars. */
  readonly extra: { readonly month: string; readonly dollars: number }
  /** The month's money of the whole team, as of the last tick; null or absent: no limit is set. */
  readonly team?: TeamBudget | null
  /** Old snapshots are to be deleted. */
  readonly prune: boolean
  /** Which share of which month's budget the team was notified of last. */
  readonly warned: { readonly month: string; readonly share: number }
  /** The same of the team's; absent: of none yet. */
  readonly warnedTeam?: { readonly month: string; readonly share: number }
}

/** What a team may spend in this calendar month (UTC) over all its pools, US dollars. */
export interface TeamBudget {
  readonly limit: number
  /** By its other pools so far. */
  readonly spent: number
  /** What their minimums will cost until the month is over. */
  readonly reserved: number
  /** It is this pool that warns the team: one of them does. */
  readonly warns: boolean
}

export interface UnmanagedDroplet {
  readonly dropletId: string
  readonly name: string
  readonly status: 'new' | 'active' | 'off'
  readonly url: string | null
  readonly createdAt: number
  /** null: the provider does not say. */
  readonly dollarsPerHour: number | null
  /** The operation it was made by, from its tag; null: it carries none. */
  readonly operationId: string | null
}

/** An unhealthy member and the clone that is to take its place; one at a time. */
export interface Replacement {
  readonly memberId: string
  /** The operation that makes the new clone. */
  readonly operationId: string
  /** It is not unhealthy, but not like the others. */
  readonly odd?: true
}

export interface Former {
  readonly memberId: string
  readonly dropletId: string | null
  readonly url: string | null
  readonly at: number
}

/** Evidence of a clone that did not come into service. */
export interface CloneFailure {
  readonly memberId: string
  readonly startedAt: number
  readonly at: number
  /** The step it failed in, in words. */
  readonly step: string
  readonly reason: string
}

/** The provider made no droplet: nothing broke, and it is tried again by itself for as long as one is wanted. */
export interface Refused {
  readonly since: number
  /** When it said so last. */
  readonly at: number
  /** Tries in a row, of however many droplets each. */
  readonly tries: number
  /** Its words, and what they mean for the person. */
  readonly said: string
  /** Waiting does not help: something is wrong with what was asked. */
  readonly forGood: boolean
  /** The card that tells of the tries. */
  readonly cardId: string
}

export const EMPTY_UPKEEP: Upkeep = {
  comparedAt: 0,
  trouble: null,
  unmanaged: [],
  origin: 'on',
  off: [],
  unhealthy: {},
  replacing: null,
  replacedAt: 0,
  former: [],
  failures: [],
  undoing: [],
  refused: null,
  extra: { month: '', dollars: 0 },
  prune: false,
  warned: { month: '', share: 0 },
}
