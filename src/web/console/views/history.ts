import { html } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { HistoryView } from '../../../core/model/view.ts'
import { card } from '../card.ts'
import { when } from '../when.ts'

export function renderHistory(view: HistoryView): TemplateResult {
  return card({
    tone: 'accent',
    icon: 'history',
    title: html`History <span class="quiet">of ${view.pool}</span>`,
    body:
      view.entries.length === 0
        ? html`<p class="quiet">Nothing has happened yet.</p>`
        : html`<ol class="timeline">
            ${view.entries.map(
              ({ at, actor, what, outcome, tone }) =>
                html`<li class="tone-${tone}">
                  <span class="timeline-what"><strong>${what}</strong> <span>${outcome}</span></span>
                  <span class="timeline-meta">${actor.name} · ${when(at, 'ago')}</span>
                </li>`,
            )}
          </ol>`,
  })
}
