import type { Part } from './parts.ts'

/** What drawing needs in addition to the view. */
export interface SlackContext {
  /** Epoch ms. */
  readonly now: number
  /** Chart id → id of the uploaded file. */
  readonly images: ReadonlyMap<string, string>
}

/** A view in pieces: its message, and what is shown in the thread below it. */
export interface Drawn {
  readonly parts: readonly Part[]
  readonly thread?: readonly Part[]
}
