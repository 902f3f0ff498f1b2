/** What a member shows that the others do not. */
export type Oddity =
  /** CPU-seconds for each request. */
  | { readonly how: 'dear'; readonly value: number; readonly others: number }
  /** Share of the time in which its host gave it no CPU. */
  | { readonly how: 'stolen'; readonly value: number }
  /** 95th percentile of its answers, seconds, at this CPU. */
  | { readonly how: 'slow'; readonly value: number; readonly others: number; readonly cpu: number }
  /** A full CPU, while its balancer sees few requests (a second) and quick answers (seconds; null: not known). */
  | { readonly how: 'disagrees'; readonly rps: number; readonly others: number; readonly latency: number | null }
  /** A stat of the policy far above that of the others. */
  | { readonly how: 'stat'; readonly stat: string; readonly value: number; readonly others: number }

/** Something that is going on with a pool's load, and that another clone would not change. CPU as shares of a member. */
export type Finding =
  /** CPU that visitors do not account for: `halved` would be left at half the requests. */
  | { readonly kind: 'ownCpu'; readonly cpu: number; readonly own: number; readonly halved: number }
  /** Slow pages at idle CPUs: `seconds` now and as usual, and how many requests wait; null: not known. */
  | {
      readonly kind: 'elsewhere'
      readonly seconds: number | null
      readonly usual: number | null
      readonly cpu: number
      readonly waiting: number | null
    }
  /** Requests that are open for long at a CPU with room; `streams`: the balancer says that these stream. */
  | { readonly kind: 'open'; readonly count: number; readonly streams: boolean }
  /** The members' CPU stayed as it was when the pool grew. */
  | { readonly kind: 'noHelp'; readonly cpu: number; readonly from: number; readonly to: number }
  | { readonly kind: 'member'; readonly memberId: string; readonly odd: Oddity }

/** A finding that people are notified of, or that is about to be. */
export interface Standing {
  readonly finding: Finding
  /** Since when it shows without a break, epoch ms. */
  readonly since: number
  /** When it showed last. */
  readonly seenAt: number
  /** Since when people know; null: it may still pass. */
  readonly raisedAt: number | null
  /** How often people were notified of it lately; an earlier version kept none. */
  readonly times?: number
}

/** Averages of what one member shows, over about two minutes; null: not known. */
export interface MemberFigures {
  /** In the pool since it was first looked at, epoch ms. */
  readonly since: number
  readonly cpu: number
  readonly rps: number | null
  readonly latency: number | null
  readonly steal: number | null
}

/** What is known beyond the demand. */
export interface FindingMemory {
  /** Epoch ms of the last look; 0: none yet. */
  readonly at: number
  readonly members: Readonly<Record<string, MemberFigures>>
  /** The mean member over about twenty seconds: its CPU, the part that is not visitors', and that at half the requests. */
  readonly own: { readonly cpu: number; readonly own: number; readonly halved: number } | null
  /** How long pages take as a rule, over hours, seconds; and since when that is learned. */
  readonly pages: { readonly since: number; readonly usual: number } | null
  /** What shows right now. */
  readonly now: readonly Finding[]
  /** By what it is about. */
  readonly standing: Readonly<Record<string, Standing>>
}

/** Nothing found yet. */
export const NOTHING_FOUND: FindingMemory = { at: 0, members: {}, own: null, pages: null, now: [], standing: {} }

/** What a finding is about: one of each at a time. */
export function aboutOf(finding: Finding): string {
  return finding.kind === 'member' ? aboutMember(finding.memberId) : finding.kind
}

/** The same of a finding about a member. */
export function aboutMember(id: string): string {
  return `member:${id}`
}
