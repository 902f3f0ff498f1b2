import type { ConsoleClient } from '../cli/console-client.ts'
import type { DemoBot } from './bot.ts'
import type { StepName } from './rail/browser/state.ts'
import type { Traffic } from './traffic/traffic.ts'
import type { Visits } from './visits.ts'
import type { Watch } from './watch.ts'

/** What the story is played with. */
export interface Stage {
  readonly bot: DemoBot
  readonly client: ConsoleClient
  /** Called with what happens, a line each. */
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/** What all parts of the story share. */
export interface Scene extends Stage {
  readonly seen: Watch
  readonly visits: Visits
  readonly traffic: () => Traffic
  /** The story comes to a step. */
  readonly enter: (step: StepName, text: string) => void
  /** A step has something else to say. */
  readonly tell: (step: StepName, text: string) => void
}
