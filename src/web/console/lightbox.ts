import type { ChartTheme } from '../../core/model/chart.ts'
import type { ChartRef } from '../../core/model/view.ts'
import { chartSource } from './card.ts'

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
