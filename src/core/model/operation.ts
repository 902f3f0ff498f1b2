import type { Actor } from './pool.ts'

export type OperationKind = 'scaleOut' | 'scaleIn' | 'snapshot' | 'adopt'

export type ScaleOutStep = 'create' | 'boot' | 'report' | 'health' | 'join' | 'serve' | 'undoBalancer' | 'undoDroplet'
export type ScaleInStep = 'drain' | 'idle' | 'detach' | 'destroy'
export type SnapshotStep = 'drain' | 'idle' | 'detach' | 'shutdown' | 'off' | 'copy' | 'start' | 'on'
export type Step = ScaleOutStep | ScaleInStep | SnapshotStep

export type OperationState =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly at: number }
  | { readonly kind: 'failed'; readonly at: number; readonly reason: string }

/** A durable, resumable piece of work on one member. Saved before each step acts; `version` guards each save. */
export interface Operation {
  readonly id: string
  readonly poolId: string
  readonly kind: OperationKind
  readonly memberId: string
  /** The episode (decision or command) it belongs to; one card tells all operations of an episode. */
  readonly episodeId: string
  readonly actor: Actor
  readonly step: Step
  readonly stepAt: number
  /** When a bot took it up again while a first sample was waited for, epoch ms: no agent could reach us before. */
  readonly resumedAt?: number
  /** Attempts of this step that failed and may be retried. */
  readonly attempt: number
  /** When a droplet may have been ordered without an answer, epoch ms: it may be there, and not be listed yet. */
  readonly unansweredAt?: number
  /** What the droplet that was made costs, US dollars an hour; absent: not known. */
  readonly dollarsPerHour?: number
  /** It was made as something other than usual: as what, and why, in words. */
  readonly instead?: string
  /** The provider makes no such droplet, however long it is waited for: something is wrong with what was asked. */
  readonly forGood?: boolean
  /** Nothing was in flight on it when it was last looked at, drained; before it is cut off that has to be so yet. */
  readonly emptied?: boolean
  /** Why the last attempt failed, while it is tried again. */
  readonly trouble?: string | null
  readonly startedAt: number
  readonly state: OperationState
  readonly version: number
  readonly dropletId: string | null
  readonly url: string | null
  readonly snapshotId: string | null
  /** When the member that it takes out was made, epoch ms. */
  readonly memberSince?: number
  /** A snapshot taken while the droplet runs. */
  readonly live?: boolean
  /** 0 to 1 within the present step, where the provider tells. */
  readonly progress: number | null
  /** The failure that made it turn back, kept while it undoes. */
  readonly failure: string | null
  /** When each finished step ended, for the card's timings; epoch ms. */
  readonly done: Readonly<Partial<Record<Step, number>>>
}

/** What the runner is to do next. */
export type Effect =
  | { readonly kind: 'createDroplet' }
  | { readonly kind: 'inspectDroplet'; readonly dropletId: string }
  | { readonly kind: 'checkSample' }
  | { readonly kind: 'probe'; readonly url: string }
  | { readonly kind: 'addToBalancer'; readonly url: string }
  | { readonly kind: 'inspectBalancer'; readonly url: string }
  | { readonly kind: 'drainBalancer'; readonly url: string }
  | { readonly kind: 'removeFromBalancer'; readonly url: string }
  | { readonly kind: 'destroyDroplet'; readonly dropletId: string | null }
  | { readonly kind: 'powerOff'; readonly dropletId: string }
  | { readonly kind: 'powerOn'; readonly dropletId: string }
  | { readonly kind: 'takeSnapshot'; readonly dropletId: string }
  | { readonly kind: 'finish' }

/** What came of an effect. */
export type OperationEvent =
  | { readonly kind: 'resumed' }
  | {
      readonly kind: 'created'
      readonly dropletId: string
      readonly dollarsPerHour?: number | null
      readonly instead?: string | undefined
    }
  | { readonly kind: 'droplet'; readonly status: 'new' | 'active' | 'off' | 'gone'; readonly url: string | null }
  | { readonly kind: 'sampled'; readonly seen: boolean }
  | { readonly kind: 'probed'; readonly healthy: boolean; readonly detail: string }
  | {
      readonly kind: 'balancer'
      readonly state: 'healthy' | 'unhealthy' | 'draining' | 'absent'
      readonly inFlight: number
    }
  | { readonly kind: 'snapshotted'; readonly snapshotId: string; readonly progress: number; readonly complete: boolean }
  | { readonly kind: 'ok' }
  /** The droplet was not deleted, on purpose; why, in words. */
  | { readonly kind: 'kept'; readonly reason: string }
  /** `later`: it was refused for now; there is no use in trying again at once. */
  | { readonly kind: 'error'; readonly message: string; readonly retryable: boolean; readonly later?: boolean }

/** The runner performs `effect` after `delayMs`, then feeds the event back. */
export interface Next {
  readonly operation: Operation
  readonly effect: Effect
  readonly delayMs: number
}
