/** What goes wrong with a request. */
export type FaultKind =
  /** Before anything is done. */
  | { readonly kind: 'rateLimited'; readonly retryAfterMs: number; readonly global?: boolean }
  | { readonly kind: 'serverError'; readonly status?: number }
  /** Something in between answers with a page. */
  | { readonly kind: 'page'; readonly status: number; readonly type?: string }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  /** Refused for good, as Discord words it. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: number; readonly message: string }
  /** Everything is done, and the answer never comes. */
  | { readonly kind: 'loseAnswer' }
  /** Done and answered, after so long. */
  | { readonly kind: 'slow'; readonly ms: number }

export type FaultSpec = FaultKind & {
  readonly match?: { readonly method?: string; readonly path?: RegExp }
  /** 1 unless told; Infinity for always. */
  readonly times?: number
  /** So many matching requests are left alone first. */
  readonly skip?: number
}

export interface Faults {
  add(spec: FaultSpec): { hits(): number }
  clear(): void
}

/** The first armed fault that fits a request hits it, alone. */
export function createFaults(): Faults & { hit(method: string, path: string): FaultKind | null } {
  let live: { readonly spec: FaultSpec; left: number; skip: number; hits: number }[] = []
  return {
    add(spec) {
      const fault = { spec, left: spec.times ?? 1, skip: spec.skip ?? 0, hits: 0 }
      live.push(fault)
      return { hits: () => fault.hits }
    },
    clear: () => void (live = []),
    hit(method, path) {
      for (const fault of live) {
        const { match } = fault.spec
        if (fault.left <= 0 || (match?.method !== undefined && match.method !== method)) continue
        if (match?.path !== undefined && !match.path.test(path)) continue
        if (fault.skip-- > 0) continue
        fault.left--
        fault.hits++
        return fault.spec
      }
      return null
    },
  }
}
