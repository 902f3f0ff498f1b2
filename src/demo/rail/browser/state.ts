/** The chapters of the demo's story, as the rail in the page names them. */
export const STEPS = ['Connect', 'Quiet', 'Front page', 'Clones', 'Calm'] as const
export type StepName = (typeof STEPS)[number]

export interface RailStep {
  readonly name: StepName
  readonly state: 'next' | 'now' | 'done' | 'failed'
  /** One sentence: what happens in it, or what happened. */
  readonly text: string
}

/** All that the rail shows. */
export interface RailState {
  readonly steps: readonly RailStep[]
  /** What visitors waited lately, 95th percentile, ms; null: nobody came yet. */
  readonly p95Ms: number | null
  /** The same 95th percentile, a value a second, oldest first; the last three minutes. */
  readonly trail: readonly (number | null)[]
  /** The story has come to its end once: what goes on from here is shown. */
  readonly ended: boolean
  /** Whether what needs a pool at rest may be pressed now. */
  readonly offers: 'nothing' | 'crowd'
  /** Spinup asks before it acts. */
  readonly asks: boolean
}

/** What the page's buttons ask of the demo. */
export const WISHES = ['crowd', 'approve', 'auto'] as const
export type Wish = (typeof WISHES)[number]

/** What the process that serves the page tells the one that plays the story. */
export type FromPage = { readonly wish: Wish } | { readonly opened: true }

const TRAIL_SECONDS = 180

const BEFORE: Readonly<Record<StepName, string>> = {
  Connect: 'A droplet is linked on the connect page, and its snapshot is taken.',
  Quiet: 'A few readers a second: one droplet is enough.',
  'Front page': 'Somebody posts the link, and pages take seconds.',
  Clones: 'Copies of the droplet join in, and pages are quick again.',
  Calm: 'Readers move on, and each clone is drained and deleted.',
}

export const FRESH: RailState = {
  steps: STEPS.map((name) => ({ name, state: 'next', text: BEFORE[name] })),
  p95Ms: null,
  trail: [],
  ended: false,
  offers: 'nothing',
  asks: false,
}

/** The story has come to a step: those before it are done, those after it are yet to come. */
export function at(state: RailState, name: StepName, text: string): RailState {
  const current = STEPS.indexOf(name)
  const steps = state.steps.map((step, index): RailStep => {
    if (index === current) return { name, state: 'now', text }
    if (index < current) return { ...step, state: 'done' }
    return { ...step, state: 'next', text: BEFORE[step.name] }
  })
  return { ...state, steps, offers: 'nothing' }
}

/** Another sentence for a step, whatever its state. */
export function saying(state: RailState, name: StepName, text: string): RailState {
  return { ...state, steps: state.steps.map((step) => (step.name === name ? { ...step, text } : step)) }
}

/** The story is over: well, or with the step it failed in and why. */
export function over(state: RailState, failure: string | null): RailState {
  const steps = state.steps.map((step): RailStep => {
    if (step.state !== 'now') return step
    return failure === null ? { ...step, state: 'done' } : { ...step, state: 'failed', text: failure }
  })
  return { ...state, steps, ended: true, offers: 'crowd' }
}

/** One more second of traffic. */
export function felt(state: RailState, p95Ms: number | null): RailState {
  return { ...state, p95Ms, trail: [...state.trail, p95Ms].slice(-TRAIL_SECONDS) }
}
