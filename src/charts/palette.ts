import type { ChartTheme } from '../core/model/chart.ts'

/** The colours of a chart, of one family with the web page's; all `#rrggbb`. */
export interface Palette {
  readonly background: string
  readonly text: string
  readonly textSoft: string
  readonly textFaint: string
  readonly grid: string
  readonly axis: string
  readonly accent: string
  readonly good: string
  readonly warn: string
  readonly bad: string
  /** Eight hues that people with any colour vision can tell apart; neighbours differ in lightness too. */
  readonly lines: readonly string[]
  /** For a crowd of lines, where no single one is meant. */
  readonly muted: string
}

const DARK: Palette = {
  background: '#0f1420',
  text: '#e8ecf5',
  textSoft: '#a3aec3',
  textFaint: '#8591a8',
  grid: '#1d2536',
  axis: '#313c55',
  accent: '#5b8cff',
  good: '#3ecf8e',
  warn: '#f2b84b',
  bad: '#ff6b74',
  lines: ['#5b8cff', '#f2b84b', '#35c9b0', '#f27fb2', '#c9d4f5', '#a07bf0', '#7fd1f7', '#f07f4f'],
  muted: '#7089c4',
}

const LIGHT: Palette = {
  background: '#ffffff',
  text: '#141a26',
  textSoft: '#4d586c',
  textFaint: '#667188',
  grid: '#eceff5',
  axis: '#d2d8e4',
  accent: '#2f5fde',
  good: '#17875a',
  warn: '#a96800',
  bad: '#cb3541',
  lines: ['#2f5fde', '#d98a00', '#0f8f7c', '#d0478f', '#2b3448', '#7a4fd3', '#3aa3d8', '#b8420f'],
  muted: '#6f86bd',
}

export function paletteOf(theme: ChartTheme): Palette {
  return theme === 'dark' ? DARK : LIGHT
}

/** `#rrggbb` with an opacity of 0 to 1. */
export function faded(colour: string, opacity: number): string {
  return `${colour}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`
}
