/** What is wrong with the actions a request begins. */
export type ActionFault =
  | { readonly kind: 'slowAction'; readonly ms: number }
  | { readonly kind: 'erroredAction' }
  /** It completes and nothing happened: a `shutdown` the guest did not heed. */
  | { readonly kind: 'ignoredAction' }
  /** What it makes (a droplet, a snapshot) is missing from lists for so long. */
  | { readonly kind: 'lateListing'; readonly ms: number }

export type AnswerFault =
  /** Everything is done, the answer never comes: the connection breaks, or stays silent. */
  { readonly kind: 'loseAnswer'; readonly by?: 'reset' | 'silence' }

/** Before anything is done. */
export type EntryFault =
  | { readonly kind: 'rateLimited'; readonly retryAfterSeconds?: number }
  | { readonly kind: 'serverError' }
  | { readonly kind: 'notFound' }
  /** In words of the test's. */
  | { readonly kind: 'refuse'; readonly status: number; readonly message: string }
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds?: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'slow'; readonly ms: number }
  /** The token it came with is revoked, for this request and for good. */
  | { readonly kind: 'revokeToken' }

export interface FaultMatch {
  readonly method?: string
  readonly path?: RegExp
  /** The official document's operation id, e.g. `droplets_create`. */
  readonly operation?: string
  /** A droplet action's type: `snapshot`, `shutdown`, …; a create is `create`. */
  readonly step?: string
}

export type FaultSpec = (ActionFault | AnswerFault | EntryFault) & {
  /** Absent: every request. */
  readonly match?: FaultMatch
  /** 1 unless given; Infinity for always. */
  readonly times?: number
  /** So many matching requests are left alone first. */
  readonly skip?: number
}

export interface ArmedFault {
  readonly spec: FaultSpec
  hits(): number
  remove(): void
}

export interface Asked {
  readonly method: string
  readonly path: string
  readonly operation: string | null
  readonly step: string | null
}

export interface Hit {
  readonly entry: EntryFault | null
  readonly actions: readonly ActionFault[]
  readonly answer: AnswerFault | null
}

export interface Faults {
  add(spec: FaultSpec): ArmedFault
  clear(): void
  /** Those that have hits left. */
  armed(): readonly FaultSpec[]
}

interface Live {
  readonly spec: FaultSpec
  left: number
  skip: number
  hits: number
}

const actionKinds: ReadonlySet<string> = new Set(['slowAction', 'erroredAction', 'ignoredAction', 'lateListing'])

/**
 * A request is hit by the first armed fault of each sort: entry, action, answer. An entry fault that ends it leaves the
 * others armed.
 */
export function createFaults(): Faults & { hit(asked: Asked): Hit } {
  let live: Live[] = []

  function take(asked: Asked, sort: (kind: string) => boolean): FaultSpec | null {
    for (const fault of live) {
      if (!sort(fault.spec.kind) || fault.left <= 0 || !matches(fault.spec.match, asked)) continue
      if (fault.skip > 0) {
        fault.skip--
        continue
      }
      fault.left--
      fault.hits++
      return fault.spec
    }
    return null
  }

  return {
    add(spec) {
      const fault: Live = { spec, left: spec.times ?? 1, skip: spec.skip ?? 0, hits: 0 }
      live.push(fault)
      return {
        spec,
        hits: () => fault.hits,
        remove() {
          live = live.filter((one) => one !== fault)
        },
      }
    },
    clear() {
      live = []
    },
    armed: () => live.filter((fault) => fault.left > 0).map((fault) => fault.spec),
    hit(asked) {
      const entry = take(asked, (kind) => !actionKinds.has(kind) && kind !== 'loseAnswer') as EntryFault | null
      if (entry && entry.kind !== 'slow') return { entry, actions: [], answer: null }
      const action = take(asked, (kind) => actionKinds.has(kind)) as ActionFault | null
      const answer = take(asked, (kind) => kind === 'loseAnswer') as AnswerFault | null
      return { entry, actions: action ? [action] : [], answer }
    },
  }
}

function matches(match: FaultMatch | undefined, asked: Asked): boolean {
  if (!match) return true
  return (
    (match.method === undefined || match.method === asked.method) &&
    (match.path === undefined || match.path.test(asked.path)) &&
    (match.operation === undefined || match.operation === asked.operation) &&
    (match.step === undefined || match.step === asked.step)
  )
}
