import type { Span } from './view.ts'

/** What the keys on a chart do. */
export interface Keys {
  /** The instants that the cursor goes through. */
  instants(stat: string): readonly number[]
  /** Where it is; null: nowhere yet. */
  at(): number | null
  /** Moves it, and reads what is there. */
  go(at: number): void
  /** Shows what would be zoomed to; null: nothing. */
  mark(span: Span | null): void
  zoom(span: Span): void
  move(by: { readonly factor?: number; readonly share?: number }): void
  back(): void
  say(text: string): void
}

export const KEYS_HELP =
  'Left and right move through time, with Shift ten at a time; Home and End go to the ends. Enter marks where to begin, and once more zooms to there. Plus and minus zoom, Page Up and Page Down go earlier and later, Escape goes back.'

/** Reads the keys of every chart in `root`; the stat is the chart's. */
export function listenToKeys(root: HTMLElement, keys: Keys): void {
  let begin: number | null = null
  const markTo = (at: number): void =>
    keys.mark(begin === null ? null : { fromAt: Math.min(begin, at), toAt: Math.max(begin, at) })

  function step(stat: string, by: number): void {
    const instants = keys.instants(stat)
    if (instants.length === 0) return keys.say('There is nothing here.')
    const from = keys.at()
    const here = from === null ? instants.length - 1 - by : instants.findLastIndex((one) => one <= from)
    const at = instants[Math.min(instants.length - 1, Math.max(0, here + by))] ?? 0
    keys.go(at)
    markTo(at)
  }

  function enter(): void {
    const at = keys.at()
    if (at === null) return keys.say('Move to a time first, with the arrow keys.')
    if (begin === null) {
      begin = at
      return keys.say('Zoom begins here. Move to where it ends, and press Enter.')
    }
    const span = { fromAt: Math.min(begin, at), toAt: Math.max(begin, at) }
    begin = null
    keys.mark(null)
    if (span.toAt > span.fromAt) keys.zoom(span)
  }

  function escape(): void {
    if (begin === null) return keys.back()
    begin = null
    keys.mark(null)
    keys.say('Nothing is marked any more.')
  }

  root.addEventListener('keydown', (event) => {
    const plot = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-plot]') : null
    if (plot === null || event.ctrlKey || event.metaKey || event.altKey) return
    const stat = plot.dataset['plot'] ?? ''
    const far = event.shiftKey ? 10 : 1
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => step(stat, -far),
      ArrowRight: () => step(stat, far),
      Home: () => step(stat, -1e9),
      End: () => step(stat, 1e9),
      PageUp: () => keys.move({ share: -0.5 }),
      PageDown: () => keys.move({ share: 0.5 }),
      '+': () => keys.move({ factor: 0.5 }),
      '=': () => keys.move({ factor: 0.5 }),
      '-': () => keys.move({ factor: 2 }),
      Enter: enter,
      Escape: escape,
    }
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined
    if (action === undefined) return
    event.preventDefault()
    action()
  })
}
