import type { ChartTheme } from '../core/model/chart.ts'

/** The colours of a chart, of one family with the web page's; all `#rrggbb`. */
export interface Palette {
  readonly background: string
  readonly text: string
  readonly textSoft: string
  readonly textFaint: string
  readonly grid: string
  readonly axis: string
  readonly good: string
  /** Of the target line, and of no other. */
  readonly target: string
  /**
   * Hues that differ for any colour vision, from each other, the target, the grey rest and what is behind them, by ΔE2000 10
   * at least; the first is the page's accent. A test looks at them as people with each kind of colour blindness do.
   */
  readonly lines: readonly string[]
  /** For the rest of a crowd of lines, which have no names. */
  readonly rest: string
}

const DARK: Palette = {
  background: '#0f1420',
  text: '#e8ecf5',
  textSoft: '#a3aec3',
  textFaint: '#8591a8',
  grid: '#1d2536',
  axis: '#313c55',
  good: '#3ecf8e',
  target: '#f3efe2',
  lines: ['#5b8cff', '#fba110', '#75caa5', '#d951c2', '#c3f07e', '#c8acf6', '#7ff3f8', '#ce391a'],
  rest: '#66738f',
}

const LIGHT: Palette = {
  background: '#ffffff',
  text: '#141a26',
  textSoft: '#4d586c',
  textFaint: '#667188',
  grid: '#eceff5',
  axis: '#d2d8e4',
  good: '#17875a',
  target: '#141a26',
  lines: ['#2f5fde', '#bb8303', '#094d2a', '#a80f57', '#4e6903', '#5c2192', '#0494d0', '#d74c5b'],
  rest: '#8b95a8',
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
