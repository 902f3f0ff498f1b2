import type { AlertView, EpisodeView, View } from '../../src/core/model/view.ts'
import { exampleViews } from '../example-views.ts'

/** One card of the storm: its states, and when each is told, ms after the storm begins. */
export interface StormNotice {
  readonly cardId: string
  /** In every state's text, and in no other card's. */
  readonly mark: string
  /** In the last state's text alone. */
  readonly lastMark: string
  readonly kind: 'episode' | 'alert'
  readonly states: readonly { readonly atMs: number; readonly view: View }[]
}

/** `count` notices that come over `spanMs`: four of five are scale events of 3 to 6 states, the rest alerts of 2 or 3. */
export function stormNotices(count: number, spanMs: number, now: number, random: () => number): readonly StormNotice[] {
  const views = exampleViews(now)
  return Array.from({ length: count }, (_, index) => {
    const kind = index % 5 === 4 ? 'alert' : 'episode'
    const mark = `storm${String(index).padStart(4, '0')}x`
    const lastMark = `last${String(index).padStart(4, '0')}x`
    const states = kind === 'episode' ? 3 + Math.floor(random() * 4) : 2 + Math.floor(random() * 2)
    const beginsMs = random() * spanMs * 0.7
    const takesMs = (0.02 + random() * 0.28) * spanMs
    return {
      cardId: `${kind}:${mark}`,
      mark,
      lastMark,
      kind,
      states: Array.from({ length: states }, (_one, state) => {
        const last = state === states - 1
        const text = `${mark}, state ${state + 1} of ${states}${last ? `, ${lastMark}` : ''}`
        const atMs = beginsMs + (takesMs * state) / (states - 1)
        const failed = index % 10 === 3
        return {
          atMs,
          view:
            kind === 'episode'
              ? episode(views.episode, text, last, failed, now + atMs)
              : alert(views.alert, text, last, now + atMs),
        }
      }),
    }
  })
}

function episode(like: EpisodeView, reason: string, last: boolean, failed: boolean, at: number): EpisodeView {
  return {
    ...like,
    reason,
    stage: last ? (failed ? 'failed' : 'settled') : 'working',
    endedAt: last ? at : null,
    members: like.members.map((member) => (last ? { ...member, state: failed ? 'failed' : 'done' } : member)),
    chart: null,
  }
}

function alert(like: AlertView, text: string, last: boolean, at: number): AlertView {
  return {
    ...like,
    text,
    tone: last ? 'good' : 'warn',
    state: last ? 'resolved' : 'active',
    resolvedAt: last ? at : null,
  }
}
