import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { HistoryView } from '../../../core/model/view.ts'
import { card } from '../card.ts'
import { icon } from '../icons.ts'
import { when } from '../when.ts'

/** Who did what, when and from where; all of it as a file. */
export function renderHistory(view: HistoryView): TemplateResult {
  return card({
    tone: 'accent',
    icon: 'history',
    title: html`History <span class="quiet">of ${view.pool}</span>`,
    aside: html`<a
      class="quiet"
      href=${`/api/audit.ndjson?pool=${encodeURIComponent(view.pool)}`}
      download
      title="Every entry, one JSON object a line"
      >Download</a
    >`,
    body:
      view.entries.length === 0
        ? html`<p class="quiet">Nothing has happened yet.</p>`
        : html`<ol class="timeline">
            ${view.entries.map(
              ({ at, actor, what, outcome, tone, where }) =>
                html`<li class="tone-${tone}">
                  <span class="timeline-what"
                    ><strong>${what}</strong> ${outcome === '' ? nothing : html`<span>${outcome}</span>`}</span
                  >
                  <span class="timeline-meta"
                    >${actor.platform === 'spinup' ? html`<span class="by-itself">${icon('gear')}</span>` : nothing}${actor.name}${
                      where === undefined ? nothing : html` in ${where}`
                    }
                    · ${when(at, 'ago')}</span
                  >
                </li>`,
            )}
          </ol>`,
  })
}
