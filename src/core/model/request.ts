import type { Mode } from './policy.ts'

/** A command after parsing: what a person wants, already validated in shape. Durations are ms. */
export type Request =
  | { readonly kind: 'help'; readonly topic: string | null }
  | { readonly kind: 'connect'; readonly choice: ConnectChoice | null }
  /** `confirm`: the pool's name, typed or pressed; null asks. */
  | { readonly kind: 'disconnect'; readonly confirm: string | null }
  | { readonly kind: 'status' }
  | { readonly kind: 'stats'; readonly stat: string | null; readonly rangeMs: number; readonly member: string | null }
  | { readonly kind: 'up'; readonly count: number }
  | { readonly kind: 'down'; readonly count: number }
  | { readonly kind: 'scale'; readonly count: number }
  | { readonly kind: 'pin'; readonly count: number; readonly forMs: number; readonly reason: string }
  | { readonly kind: 'unpin' }
  | { readonly kind: 'protect'; readonly member: string; readonly forMs: number | null; readonly reason: string }
  | { readonly kind: 'unprotect'; readonly member: string }
  | { readonly kind: 'pause'; readonly forMs: number | null; readonly reason: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'mode'; readonly mode: Mode | null }
  | { readonly kind: 'approve'; readonly id: string | null }
  | { readonly kind: 'deny'; readonly id: string | null; readonly reason: string }
  | {
      readonly kind: 'policy'
      readonly changes: Readonly<Record<string, string>>
      /** Changes nothing unless the policy is still the one of this mark. */
      readonly onlyIf?: string
    }
  /** `rangeMs` null: a day, or as far as there is history. */
  | {
      readonly kind: 'whatif'
      readonly changes: Readonly<Record<string, string>>
      readonly rangeMs: number | null
    }
  /** `person`: a name, a mention, or `me`. */
  | { readonly kind: 'history'; readonly count: number; readonly person?: string }
  | { readonly kind: 'cost' }
  | { readonly kind: 'refresh'; readonly choice: RefreshChoice }
  /** By id or name. */
  | { readonly kind: 'adopt'; readonly droplet: string }
  /** A member, or a droplet nobody knows, by id or name. */
  | { readonly kind: 'remove'; readonly name: string }
  /** Of the decision of that id; absent: the last change and the present one. */
  | { readonly kind: 'why'; readonly decision?: string }
  /** Takes a scale event back; null: the last one. */
  | { readonly kind: 'undo'; readonly episode: string | null }
  /** What this channel is told; `forMs` null ends the snooze. */
  | { readonly kind: 'snooze'; readonly forMs: number | null }
  | { readonly kind: 'notify'; readonly choice: NotifyChoice }
  | { readonly kind: 'summary' }
  /** `press`: the button on the card of that check-up was pressed. */
  | { readonly kind: 'doctor'; readonly press?: string }

export type RequestKind = Request['kind']

/** What a channel is told, and when. Times of day are minutes after midnight in `timeZone` (IANA name; null: as it is). */
export type NotifyChoice =
  | { readonly kind: 'show' }
  | { readonly kind: 'level'; readonly level: NotifyLevel }
  | {
      readonly kind: 'quiet'
      readonly hours: { readonly from: number; readonly to: number } | null
      readonly timeZone: string | null
    }
  /** The weekly summary; `weekday` 0 is Sunday. */
  | {
      readonly kind: 'weekly'
      readonly at: { readonly weekday: number; readonly minute: number } | null
      readonly timeZone: string | null
    }

/** `all`: everything; `changes`: scale events, questions and trouble; `trouble`: questions and trouble; `off`: nothing. */
export const NOTIFY_LEVELS = ['all', 'changes', 'trouble', 'off'] as const
export type NotifyLevel = (typeof NOTIFY_LEVELS)[number]

/** `keep`: so many snapshots are kept. */
export type RefreshChoice =
  | { readonly kind: 'graceful' }
  | { readonly kind: 'live' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'keep'; readonly count: number }

/** A step of the onboarding, chosen by a person. */
export type ConnectChoice =
  | { readonly kind: 'droplet'; readonly name: string }
  | { readonly kind: 'balancer'; readonly name: string }
  | { readonly kind: 'account' }
  | { readonly kind: 'install' }
  /** `live`: taken while the droplet runs. */
  | { readonly kind: 'snapshot'; readonly live?: true }
  | { readonly kind: 'restart' }
