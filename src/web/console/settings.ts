import type { ChartTheme } from '../../core/model/chart.ts'

/** What this browser remembers. */
export interface Settings {
  theme(): ChartTheme
  toggleTheme(): void
  name(): string
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
