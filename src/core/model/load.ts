import type { FindingMemory } from './finding.ts'

/**
 * What a pool's judgement has seen of its load. Demand is counted in *members at target*: 3.2 is what 3.2 members
 * carry when each shows exactly its target.
 */
export interface LoadMemory {
  /** When it was last brought up to date, epoch ms. */
  readonly at: number
  /** Time of the newest sample in it, epoch ms; 0: none yet. */
  readonly sampleAt: number
  /** Demand of the last minute, oldest first. */
  readonly recent: readonly Seen[]
  /** Variance of one second's demand. */
  readonly noise: number
  /** The highest demand made out since the members were last at their limit; 0 while they are not. */
  readonly saturated: number
  /** What requests cost, learned from the members' samples. */
  readonly cost: CostMemory
  /** What the balancer saw while nothing was amiss, and lately. */
  readonly usual: Usual
  /** Of each member: its newest sample, and the requests a second it served by then. */
  readonly joined: Readonly<Record<string, { readonly at: number; readonly rps: number | null }>>
  /** Who was in service, and when those that were left, epoch ms: late samples were taken while they still helped. */
  readonly served: readonly string[]
  readonly left: readonly number[]
  /** When members that are on their way were first seen, epoch ms. */
  readonly arriving: Readonly<Record<string, number>>
  /** How long the last clones took from order to service, ms, oldest first. */
  readonly boots: readonly number[]
  /** The ten seconds being counted. */
  readonly bin: { readonly startAt: number; readonly sum: number; readonly count: number }
  /** The highest ten seconds of each minute, oldest first; the last is the present minute's. */
  readonly minutes: readonly number[]
  readonly minuteAt: number
  readonly season: Season
  readonly outlook: OutlookMemory
  /** How many are needed, as of `at`; null while nobody reports. */
  readonly need: Need | null
  /** When the 1st, 2nd, … member was last needed, epoch ms. */
  readonly neededAt: readonly number[]
  /** Since when each silent member is silent, epoch ms. */
  readonly silentSince: Readonly<Record<string, number>>
  /** Since when stats of the policy are not reported, though agents speak, epoch ms. */
  readonly missing: Readonly<Record<string, number>>
  /** What the members have cost this calendar month (UTC), US dollars. */
  readonly spend: { readonly month: string; readonly dollars: number }
  /** What goes on in addition to visitors' demand. */
  readonly found: FindingMemory
  /** Whether the last clones helped, where nobody reports requests. */
  readonly help: HelpMemory
}

/** What members showed before and after clones joined. */
export interface HelpMemory {
  /** Members in service at the last look, and when one came in last, epoch ms. */
  readonly size: number
  readonly joinedAt: number
  /** CPU and run queue of the mean member that was there before; null: not known. */
  readonly cpu: number | null
  readonly queue: number | null
  /** The same before the clones joined that have not shown yet whether they help. */
  readonly before: {
    readonly at: number
    readonly size: number
    readonly cpu: number
    readonly queue: number | null
    /** When the pool had grown enough to tell; null: not yet. */
    readonly grownAt: number | null
  } | null
  /** Since the CPU last fell as a pool grew: from and to how many members, and how often, epoch ms; null: it did fall. */
  readonly vain: {
    readonly at: number
    readonly from: number
    readonly to: number
    readonly cpu: number
    readonly rounds: number
  } | null
}

/** How the mean member's CPU moves with its requests a second, by blocks of some seconds. */
export interface CostMemory {
  /** Of the newest look, epoch ms. */
  readonly at: number
  /** The block being counted: CPU, requests a second and requests in flight, times ms. */
  readonly block: { readonly startAt: number; readonly cpu: number; readonly rps: number; readonly flight: number }
  /** Requests that are usually in flight. */
  readonly flight: number
  /** What is usual: requests a second and CPU. */
  readonly x: number
  readonly y: number
  /** Sums of squares and products of what blocks differed from it; older ones fade. */
  readonly xx: number
  readonly xy: number
  /** The lowest CPU-seconds for each request that a block showed; it rises slowly by itself. */
  readonly lowest: number
  /** How many requests this was learned from, older ones fading. */
  readonly requests: number
}

/** What is usual, and what was just now; null: never seen. */
export interface Usual {
  readonly at: number
  /** Requests in flight at all members over the last ten seconds, streams left out where the balancer tells them apart. */
  readonly flying: number | null
  /** The same over minutes in which the CPUs had room. */
  readonly calm: number | null
  /** Requests a second at a member over the same minutes. */
  readonly rps: number | null
  /** 95th percentile of the time visitors wait, over minutes in which the CPUs had room, seconds. */
  readonly latency: number | null
  /** CPU of a member over minutes in which it had room. */
  readonly cpu: number | null
  /** CPU of a member that visitors do not account for. */
  readonly floor: number
  /** Requests in flight of the last seconds, oldest first. */
  readonly flights: readonly { readonly at: number; readonly count: number }[]
}

/** A figure that speaks for or against overload. */
export type WitnessName = 'pressure' | 'runQueue' | 'latency' | 'waiting' | 'requests'

export interface Witness {
  readonly name: WitnessName
  readonly value: number
  /** null: it says nothing either way. */
  readonly agrees: boolean | null
}

export interface Seen {
  readonly at: number
  readonly demand: number
}

/** The highest demand of each five minutes of the week; -1 where nothing was seen in the last seven days. */
export interface Season {
  readonly bins: readonly number[]
  /** The bin last written, counted from the epoch. */
  readonly lastBin: number
}

/** Ways to look ahead, and how each would have done; one number for each outlook. */
export interface OutlookMemory {
  /** Droplet-hours, slow minutes included, that it would have cost; older ones fade. */
  readonly costs: readonly number[]
  /** Members it would hold now. */
  readonly held: readonly number[]
  /** What the members it holds without need have idled away, ms. */
  readonly idle: readonly number[]
  readonly chosen: number
  /** What each held over the last boot time, oldest first. */
  readonly pending: readonly { readonly at: number; readonly held: readonly number[] }[]
}

/** How many members the load asks for, and why. */
export interface Need {
  /** Scale out when there are fewer. */
  readonly members: number
  /** Scale in only down to this. */
  readonly keep: number
  /** Demand now, in members at target. */
  readonly demand: number
  /** Where it is heading by the time a clone could help. */
  readonly forecast: number
  /** The highest it looks back on, or ahead to. */
  readonly peak: number
  /** Spare room, as a factor. */
  readonly spare: number
  /** Which past the peak is of, in words. */
  readonly base: string
  readonly horizonMs: number
  /** The stat that asks for most. */
  readonly stat: string
  readonly target: number
  readonly value: number
  readonly saturated: boolean
  /** Of the members' demand, the part read from what waits rather than from what runs. */
  readonly hidden: number
  readonly limit: 'demand' | 'trend' | 'outlook' | 'noise' | 'backlog' | 'boots'
}
