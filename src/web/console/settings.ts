import type { ChartTheme } from '../../core/model/chart.ts'
import type { ChartRef } from '../../core/model/view.ts'
import { chartSource } from './card.ts'

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
export function createSettings(changed: () => void): Settings {
  const root = document.documentElement
  const theme = (): ChartTheme => (root.dataset['theme'] === 'light' ? 'light' : 'dark')
  const apply = (next: ChartTheme): void => {
    root.dataset['theme'] = next
    changed()
  }
  matchMedia('(prefers-color-scheme: light)').addEventListener('change', (event) => {
    if (localStorage.getItem('spinup.theme') === null) apply(event.matches ? 'light' : 'dark')
  })
  return {
    theme,
    toggleTheme() {
      const next = theme() === 'dark' ? 'light' : 'dark'
      localStorage.setItem('spinup.theme', next)
      apply(next)
    },
    named: () => localStorage.getItem('spinup.name') !== null,
    name: () => localStorage.getItem('spinup.name') ?? 'you',
    rename(name) {
      const tidy = name.replaceAll(/\s+/g, ' ').trim().slice(0, 40)
      localStorage.setItem('spinup.name', tidy || 'you')
      changed()
    },
    history: readHistory,
    remember(line) {
      const lines = [...readHistory().filter((known) => known !== line), line].slice(-KEPT_LINES)
      localStorage.setItem('spinup.history', JSON.stringify(lines))
    },
  }
}

function readHistory(): readonly string[] {
  try {
    const lines: unknown = JSON.parse(localStorage.getItem('spinup.history') ?? '[]')
    return Array.isArray(lines) ? lines.map(String) : []
  } catch {
    return []
  }
}

/** Keeps a scrolling list at its end while the person is there, and leaves it alone while they read further up. */
export interface EndKeeper {
  atEnd(): boolean
  toEnd(smooth: boolean): void
}

/** How near the end still counts as there, px. */
const NEAR = 60

export function keepAtEnd(view: HTMLElement, content: HTMLElement, changed: () => void): EndKeeper {
  let following = true
  const near = (): boolean => view.scrollHeight - view.scrollTop - view.clientHeight < NEAR
  const toEnd = (smooth: boolean): void => {
    following = true
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
    view.scrollTo({ top: view.scrollHeight, behavior: smooth && !calm ? 'smooth' : 'instant' })
  }
  let lastTop = 0
  view.addEventListener(
    'scroll',
    () => {
      // Growing content moves the end away without the person scrolling: only going up stops the following.
      if (near()) following = true
      else if (view.scrollTop < lastTop - 2) following = false
      lastTop = view.scrollTop
      changed()
    },
    { passive: true },
  )
  const observer = new ResizeObserver(() => following && toEnd(false))
  observer.observe(content)
  observer.observe(view)
  return { atEnd: () => following, toEnd }
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
