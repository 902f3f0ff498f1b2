import { html, render } from 'lit-html'
import type { StatsFirst } from '../../core/model/stats-page.ts'
import { createStatsPage } from './page.ts'
import { readView } from './view.ts'
import { createWall } from './wall.ts'

const root = document.getElementById('stats')
const text = document.getElementById('known')?.textContent
if (root !== null && text != null) begin(root, text)

function begin(page: HTMLElement, known: string): void {
  // Written by our own server, which types it.
  const first = JSON.parse(known) as StatsFirst
  const view = readView(location.search, first)
  if (view === null) {
    render(
      html`<main class="gone">
        <h1>No pool yet</h1>
        <p>Statistics show here once a droplet is connected. <a href="/">Connect one in the console</a></p>
      </main>`,
      page,
    )
  } else if ('wall' in page.dataset) createWall(page, first)
  else createStatsPage(page, first, view)
}
