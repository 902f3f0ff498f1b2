import type { Decision, Memory, OpenWindow } from '../model/decision.ts'
import type { JournalEntry } from '../model/state.ts'
import type { View } from '../model/view.ts'
import { applyChange, mergeChanges, type PoolState, type StateChange } from './state.ts'

/**
 * A pool while something is decided about it. What is decided piles up in it and is written whole at the end, or not at
 * all; nothing here reads or writes anything.
 */
export interface Draft {
  /** Epoch ms; the same from beginning to end. */
  readonly now: number
  /** A fresh random id. */
  readonly newId: () => string
  /** As it will be after the changes so far. */
  state(): PoolState
  /** The calendar windows of its policy that are open now. */
  windows(): readonly OpenWindow[]
  /** What the judgement remembers of it, also what is newer than what was written. */
  memory(): Memory
  change(change: StateChange): void
  journal(entry: JournalEntry): void
  keepDecision(decision: Decision): void
  /** Shows or edits a card in the pool's channels once all is written. */
  tell(cardId: string, view: View): void
  /** The same for a card that no later tick posts again: it is kept with the rest until it is posted. */
  tellOnce(cardId: string, view: View): void
}

/** What came of a draft. */
export interface Drafted {
  readonly after: PoolState
  readonly change: StateChange
  readonly journal: readonly JournalEntry[]
  readonly decisions: readonly Decision[]
  /** Whether there is anything to write. */
  readonly dirty: boolean
  /** Cards to show, by id. */
  readonly cards: ReadonlyMap<string, View>
  /** Those of them that are kept until they are shown. */
  readonly once: ReadonlyMap<string, View>
}

/** What a draft is made from in addition to the state; `windows` and `memory` are asked with the state as it is by then. */
export interface DraftFacts {
  readonly now: number
  readonly newId: () => string
  readonly windows: (state: PoolState) => readonly OpenWindow[]
  readonly memory: (state: PoolState) => Memory
}

/** A draft of the pool as it is now; `drafted` gives what came of it. */
export function createDraft(before: PoolState, facts: DraftFacts): Draft & { drafted(): Drafted } {
  let state = before
  let change: StateChange = {}
  let changed = false
  const journal: JournalEntry[] = []
  const decisions: Decision[] = []
  const once = new Map(Object.entries(before.unposted ?? {}))
  const cards = new Map(once)
  return {
    now: facts.now,
    newId: facts.newId,
    state: () => state,
    windows: () => facts.windows(state),
    memory: () => facts.memory(state),
    change: (more) => {
      changed = true
      change = mergeChanges(change, more)
      state = applyChange(state, more)
    },
    journal: (entry) => void journal.push(entry),
    keepDecision: (decision) => void decisions.push(decision),
    tell: (cardId, view) => {
      cards.set(cardId, view)
      if (once.has(cardId)) once.set(cardId, view)
    },
    tellOnce: (cardId, view) => {
      changed = true
      cards.set(cardId, view)
      once.set(cardId, view)
    },
    drafted: () => ({
      after: state,
      change: once.size > 0 ? mergeChanges(change, { unposted: Object.fromEntries(once) }) : change,
      journal,
      decisions,
      dirty: changed || journal.length > 0 || decisions.length > 0,
      cards,
      once,
    }),
  }
}
