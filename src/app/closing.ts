import type { Logger } from 'pino'
import { messageOf } from '../core/model/error.ts'

/** What is to be ended when the bot stops, or could not start; the last begun first. */
export interface Closing {
  add(step: () => Promise<void> | void): void
  /** Ends everything; what fails is logged, and the rest ended all the same. */
  close(): Promise<void>
}

export function createClosing(log: Logger): Closing {
  const steps: (() => Promise<void> | void)[] = []
  return {
    add: (step) => void steps.push(step),
    close: async () => {
      for (const step of steps.toReversed()) {
        try {
          await step()
        } catch (error) {
          log.warn({ reason: messageOf(error) }, 'while stopping')
        }
      }
    },
  }
}
