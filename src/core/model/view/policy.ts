import type { Action, ChartRef } from './parts.ts'

export interface PolicyView {
  readonly kind: 'policy'
  readonly pool: string
  readonly fields: readonly {
    readonly name: string
    readonly value: string
    readonly isDefault: boolean
    readonly meaning: string
  }[]
  readonly changed: readonly string[]
  readonly actions: readonly Action[]
}

/** How a stretch of time went, or would have gone. */
export interface WhatIfOutcome {
  readonly overloadedMs: number
  readonly dropletHours: number
  readonly dollars: number
  /** In service at once. */
  readonly peak: number
  /** Changes of size; null where they were not counted. */
  readonly changes: number | null
}

/** The pool's own history, replayed with another policy. */
export interface WhatIfView {
  readonly kind: 'whatif'
  readonly pool: string
  /** Settings in words, as they are and as they would be. */
  readonly changes: readonly { readonly name: string; readonly from: string; readonly to: string }[]
  readonly fromAt: number
  readonly toAt: number
  /** What the change would have meant, in one sentence. */
  readonly summary: string
  /** As it was recorded. */
  readonly recorded: WhatIfOutcome
  /** Replayed with the policy as it is, and as it would be. */
  readonly present: WhatIfOutcome
  readonly changed: WhatIfOutcome
  /** What limits the comparison. */
  readonly notes: readonly string[]
  readonly chart: ChartRef | null
  readonly actions: readonly Action[]
}
