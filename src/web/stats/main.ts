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
        ${
          first.pools.length === 0
            ? html`<h1>No pool yet</h1>
                <p>Statistics show here once a droplet is connected. <a href="/">Connect one in the console</a></p>`
            : html`<h1>No pool called <bdi>${new URLSearchParams(location.search).get('pool')}</bdi></h1>
                <p>
                  It was disconnected, or has another name now. There
                  ${first.pools.map(({ name }, index) => html`${index === 0 ? (first.pools.length > 1 ? 'are ' : 'is ') : ', '}<a href="/stats?pool=${encodeURIComponent(name)}"><bdi>${name}</bdi></a>`)}.
                </p>`
        }
      </main>`,
      page,
    )
  } else if ('wall' in page.dataset) createWall(page, first)
  else createStatsPage(page, first, view)
}
