import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { SummaryView } from '../../../core/model/view.ts'
import { dollars, duration, plural } from '../../../core/model/words.ts'
import { actions, card, chart, facts } from '../card.ts'
import type { CardContext } from '../card.ts'

/** A pool's week, and what it cost against a fixed fleet. */
export function renderSummary(view: SummaryView, context: CardContext): TemplateResult {
  const saved = view.fixed.dollars - view.dollars
  return card({
    tone: 'accent',
    icon: 'history',
    title: html`The last ${duration(view.toAt - view.fromAt)} <span class="quiet">of ${view.pool}</span>`,
    aside: saved < 0 ? `${dollars(-saved)} more than fixed` : `${dollars(saved)} saved`,
    body: html`${facts([
      { name: 'Scale outs', value: view.scaleOuts },
      { name: 'Scale ins', value: view.scaleIns },
      { name: 'Failed', value: view.failed },
      { name: 'Most at once', value: view.peak === null ? 'not known' : plural(view.peak.members, 'member') },
      { name: 'Overloaded', value: duration(view.overloadedMs) },
      { name: 'Cost', value: dollars(view.dollars) },
      { name: `Always ${plural(view.fixed.droplets, 'droplet')}`, value: dollars(view.fixed.dollars) },
    ])}
    ${chart(view.chart, context)}
    ${
      view.notes.length === 0
        ? nothing
        : html`<ul class="notes">
            ${view.notes.map((note) => html`<li>${note}</li>`)}
          </ul>`
    }
    ${actions(view.actions, context)}`,
  })
}
