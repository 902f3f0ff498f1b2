import { SpinupError } from '../core/model/error.ts'
import type { Bundle } from './bundle.ts'
import { startChild, type Child, type Prepared } from './child-process.ts'
import type { Order } from './kit/run.ts'
import { BUDGET, type Budget } from './limits.ts'
import type { Job, Outcome } from './messages.ts'

export interface SandboxOptions {
  readonly budget?: Budget
  /** Processes at once; 2 unless given. */
  readonly processes?: number
  /** Jobs that may wait, and how many of them may be one owner's; 64 and 24 unless given. */
  readonly queueLimit?: number
  readonly ownerLimit?: number
  /** How long one may wait for its turn; 20 s unless given. */
  readonly patienceMs?: number
  /** A process without work ends after so long; a minute unless given. */
  readonly idleMs?: number
  /** What a process is started with; once, at the first job. */
  readonly prepare: () => Promise<Prepared>
}

export interface Drawing {
  /** Whose code and data it is: no process ever works for two. */
  readonly owner: string
  /** The module's text, or the name of one that is shipped. */
  readonly visual: { readonly source: string } | { readonly name: string }
  /** null: only what the module says of itself. */
  readonly order: Order | null
  /** Device pixels per px; null: no PNG. */
  readonly scale: number | null
}

/** Runs code of anybody in processes that can do nothing but draw. */
export interface Sandbox {
  /**
   * A module that breaks its budget has `failed` like one that throws. Throws `SpinupError`: `limited` when too many wait,
   * `timeout` when its turn did not come, `unavailable` where the sandbox cannot run or is closed, `notFound` for a name
   * that is not shipped.
   */
  run(drawing: Drawing): Promise<Outcome>
  /** Names of the modules that are shipped. */
  names(): Promise<readonly string[]>
  close(): Promise<void>
}

interface Waiting {
  readonly drawing: Drawing
  readonly job: Job
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
  readonly timer: NodeJS.Timeout
}

/** A place for a process, which works for one owner at a time. */
interface Place {
  owner: string
  child: Promise<Child>
  busy: boolean
  idle: NodeJS.Timeout | undefined
}

export function createSandbox(options: SandboxOptions): Sandbox {
  const { budget = BUDGET, processes = 2, queueLimit = 64, ownerLimit = 24 } = options
  const { patienceMs = 20_000, idleMs = 60_000 } = options
  const queue: Waiting[] = []
  const places = new Set<Place>()
  let preparing: Promise<Prepared> | null = null
  let closed = false

  const prepared = (): Promise<Prepared> => {
    preparing ??= options.prepare().catch((error: unknown) => {
      preparing = null
      throw error
    })
    return preparing
  }

  const leave = async (place: Place): Promise<void> => {
    clearTimeout(place.idle)
    await place.child.then(
      (child) => child.end(),
      () => {},
    )
    places.delete(place)
  }

  const replace = async (place: Place): Promise<void> => {
    place.busy = true
    await leave(place)
    next()
  }

  const placeFor = (owner: string): Place | null => {
    const free = [...places].filter(({ busy }) => !busy)
    const own = free.find((place) => place.owner === owner)
    if (own !== undefined) return own
    const [other] = free
    if (places.size >= processes) {
      if (other !== undefined) void replace(other)
      return null
    }
    const child = prepared().then((ready) => startChild(ready, budget))
    child.catch(() => {})
    const place = { owner, child, busy: false, idle: undefined }
    places.add(place)
    return place
  }

  const next = (): void => {
    const [first] = queue
    const place = first === undefined || closed ? null : placeFor(first.drawing.owner)
    if (first === undefined || place === null) return
    queue.shift()
    clearTimeout(first.timer)
    clearTimeout(place.idle)
    place.busy = true
    void serve(place, first).finally(() => {
      place.busy = false
      next()
    })
    next()
  }

  const serve = async (place: Place, { job, resolve, reject }: Waiting): Promise<void> => {
    try {
      const child = await place.child
      const { outcome, alive } = await child.run(job)
      resolve(outcome)
      if (alive) place.idle = setTimeout(() => void replace(place), idleMs).unref()
      else await leave(place)
    } catch (error) {
      reject(error)
      await leave(place)
    }
  }

  const sourceOf = ({ visual }: Drawing, { builtIn }: Bundle): string => {
    if ('source' in visual) return visual.source
    const source = Object.hasOwn(builtIn, visual.name) ? builtIn[visual.name] : undefined
    if (source === undefined) throw new SpinupError('notFound', `No visualisation called ${visual.name} is shipped.`)
    return source
  }

  return {
    names: async () => Object.keys((await prepared()).bundle.builtIn),
    run: async (drawing) => {
      const { bundle } = await prepared()
      if (closed) throw new SpinupError('unavailable', 'Nothing is drawn any more: the bot is stopping.')
      const waiting = queue.filter(({ drawing: { owner } }) => owner === drawing.owner).length
      if (queue.length >= queueLimit || waiting >= ownerLimit) {
        throw new SpinupError('limited', 'Too many visualisations are being drawn; ask again in a few seconds.', {
          retryable: true,
        })
      }
      const job = { source: sourceOf(drawing, bundle), order: drawing.order, scale: drawing.scale }
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          queue.splice(
            queue.findIndex((one) => one.timer === timer),
            1,
          )
          reject(
            new SpinupError('timeout', 'Too many visualisations are being drawn; ask again in a minute.', {
              retryable: true,
            }),
          )
        }, patienceMs)
        queue.push({ drawing, job, resolve, reject, timer })
        next()
      })
    },
    close: async () => {
      closed = true
      for (const { reject, timer } of queue.splice(0)) {
        clearTimeout(timer)
        reject(new SpinupError('unavailable', 'It was not drawn: the bot is stopping.'))
      }
      await Promise.all([...places].map(leave))
    },
  }
}
