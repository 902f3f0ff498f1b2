import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { WhatIfView } from '../../../core/model/view.ts'
import { whatIfRows } from '../../../core/model/what-if-words.ts'
import { duration } from '../../../core/model/words.ts'
import { actions, card, chart } from '../card.ts'
import type { CardContext } from '../card.ts'

/** The change first, then what it would have meant, the figures side by side, and what limits them. */
export function renderWhatIf(view: WhatIfView, context: CardContext): TemplateResult {
  return card({
    tone: 'accent',
    icon: 'replay',
    title: html`What if
    ${view.changes.map(
      ({ name, from, to }, index) =>
        html`${index === 0 ? nothing : ', '}${name} <span class="from-to">${from} → ${to}</span>`,
    )}`,
    aside: html`<span class="quiet">${duration(view.toAt - view.fromAt)} of ${view.pool} replayed</span>`,
    body: html`<p class="reason">${view.summary}</p>
      <div class="table-scroll">
        <table class="what-if">
          <thead>
            <tr>
              <td></td>
              <th scope="col" class="number">Recorded</th>
              <th scope="col" class="number">As it is</th>
              <th scope="col" class="number">Changed</th>
            </tr>
          </thead>
          <tbody>
            ${whatIfRows(view).map(
              ({ name, recorded, present, changed, verdict }) =>
                html`<tr>
                  <th scope="row">${name}</th>
                  <td class="number quiet">${recorded}</td>
                  <td class="number">${present}</td>
                  <td class="number"><strong data-verdict=${verdict}>${changed}</strong></td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${chart(view.chart, context)}
      <ul class="notes">
        ${view.notes.map((note) => html`<li>${note}</li>`)}
      </ul>
      ${actions(view.actions, context)}`,
  })
}
