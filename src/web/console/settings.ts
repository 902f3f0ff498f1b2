import type { ChartTheme } from '../../core/model/chart.ts'
import type { ChartRef } from '../../core/model/view.ts'
import { chartSource } from './card.ts'
import type { Kept } from './kept.ts'
import { cut } from '../../core/model/letters.ts'

/** What this browser remembers. */
export interface Settings {
  theme(): ChartTheme
  toggleTheme(): void
  name(): string
  /** Whether this browser knows it. */
  named(): boolean
  rename(name: string): void
  history(): readonly string[]
  remember(line: string): void
}

const KEPT_LINES = 100

/** `changed` is called when the theme does, by hand or by the system. */
export function createSettings(kept: Kept, changed: () => void): Settings {
  const root = document.documentElement
  const theme = (): ChartTheme => (root.dataset['theme'] === 'light' ? 'light' : 'dark')
  const apply = (next: ChartTheme): void => {
    root.dataset['theme'] = next
    changed()
  }
  matchMedia('(prefers-color-scheme: light)').addEventListener('change', (event) => {
    if (kept.get('theme') === null) apply(event.matches ? 'light' : 'dark')
  })
  return {
    theme,
    toggleTheme() {
      const next = theme() === 'dark' ? 'light' : 'dark'
      kept.set('theme', next)
      apply(next)
    },
    named: () => kept.get('name') !== null,
    name: () => kept.get('name') ?? 'you',
    rename(name) {
      const tidy = cut(name.replaceAll(/\s+/g, ' ').trim(), 40)
      kept.set('name', tidy || 'you')
      changed()
    },
    history: () => readHistory(kept),
    remember(line) {
      const lines = [...readHistory(kept).filter((known) => known !== line), line].slice(-KEPT_LINES)
      kept.set('history', JSON.stringify(lines))
    },
  }
}

function readHistory(kept: Kept): readonly string[] {
  try {
    const lines: unknown = JSON.parse(kept.get('history') ?? '[]')
    return Array.isArray(lines) ? lines.map(String) : []
  } catch {
    return []
  }
}

/** Keeps a scrolling list at its end while the person is there, and leaves it alone while they read further up. */
export interface EndKeeper {
  atEnd(): boolean
  toEnd(smooth: boolean): void
  /** Brings what `selector` finds into view, its beginning first. */
  show(selector: string): void
}

/** Above what is taller than the view, px. */
const MARGIN = 12
/** How near the end still counts as there, px. */
const NEAR = 60

export function keepAtEnd(view: HTMLElement, content: HTMLElement, changed: () => void): EndKeeper {
  let following = true
  let lastTop = 0
  const follow = (on: boolean): void => {
    following = on
    // Else the browser holds on to what is seen when a card from above moves to the end, and the end is lost.
    view.style.overflowAnchor = on ? 'none' : 'auto'
  }
  const near = (): boolean => view.scrollHeight - view.scrollTop - view.clientHeight < NEAR
  const toEnd = (smooth: boolean): void => {
    follow(true)
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
    view.scrollTo({ top: view.scrollHeight, behavior: smooth && !calm ? 'smooth' : 'instant' })
    // Scrolling up before the next frame comes in one event with this.
    lastTop = view.scrollTop
  }
  const show = (selector: string): void => {
    const element = content.querySelector(selector)
    if (element === null) return
    const { top, height } = element.getBoundingClientRect()
    const from = top - view.getBoundingClientRect().top + view.scrollTop
    const fits = height < view.clientHeight - 2 * MARGIN
    // The last one is seen whole at the end, where the next one will be.
    if (fits && view.scrollHeight - from - height < NEAR) return toEnd(false)
    if (fits && from > view.scrollTop && from + height < view.scrollTop + view.clientHeight) return
    follow(false)
    view.scrollTo({ top: from - (fits ? (view.clientHeight - height) / 2 : MARGIN), behavior: 'instant' })
  }
  view.addEventListener(
    'scroll',
    () => {
      // Growing content moves the end away without the person scrolling: only going up stops the following.
      if (near()) follow(true)
      else if (view.scrollTop < lastTop - 2) follow(false)
      lastTop = view.scrollTop
      changed()
    },
    { passive: true },
  )
  follow(true)
  const observer = new ResizeObserver(() => following && toEnd(false))
  observer.observe(content)
  observer.observe(view)
  return { atEnd: () => following, toEnd, show }
}

/** Runs `work` once per frame at most, however often it is asked; by timer where frames stand still (hidden tabs). */
export function oncePerFrame(work: () => void): () => void {
  let waiting = false
  const run = (): void => {
    waiting = false
    work()
  }
  return () => {
    if (waiting) return
    waiting = true
    if (document.hidden) setTimeout(run, 50)
    else requestAnimationFrame(run)
  }
}

/** Shows a chart as large as the window; Escape or a click closes it and gives the focus back. */
export function enlarge(chart: ChartRef, theme: ChartTheme, revision: number): void {
  const dialog = document.createElement('dialog')
  dialog.className = 'lightbox'
  dialog.ariaLabel = chart.title
  const image = document.createElement('img')
  image.src = chartSource(chart, theme, revision)
  image.alt = chart.alt
  const words = document.createElement('p')
  words.textContent = chart.alt
  dialog.append(image, words)
  dialog.addEventListener('click', () => dialog.close())
  dialog.addEventListener('close', () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
}
