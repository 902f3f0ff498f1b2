import { html, nothing, type TemplateResult } from 'lit-html'
import type { TimeZone } from '../../core/model/time-zone.ts'
import { dollars } from '../../core/model/words.ts'
import type { Loaded } from './data.ts'
import { markList } from './marks.ts'
import { rangeWords, tableOf } from './readout.ts'
import type { View } from './view.ts'

const STRIPS = ['members', 'cost'] as const

/** How many members there were, and what they cost. */
export function strips(loaded: Loaded | null): TemplateResult {
  return html`<section class="panel strips" aria-label="Members and cost">
    ${STRIPS.map(
      (name) =>
        html`<h2>
            ${name === 'members' ? 'Members' : 'Cost'}
            <span class="panel-about">${loaded === null ? '' : stripWords(name, loaded)}</span>
          </h2>
          <div class="plot plot-strip" data-strip=${name} aria-hidden="true"></div>`,
    )}
  </section>`
}

function stripWords(name: (typeof STRIPS)[number], { beside: { members, cost } }: Loaded): string {
  if (members === null) return 'nobody reported'
  if (name === 'members') return `${members.value.at(-1) ?? 0} at the end, ${Math.max(...members.value)} at most`
  return `${dollars(cost.value.at(-1) ?? 0)}/h at the end, ${dollars(Number(cost.dollars.toPrecision(3)))} in all`
}

/** What happened, and the numbers, in words; the table only while it is open, since it takes long to make. */
export function below(
  view: View,
  loaded: Loaded,
  { zone, tableOpen, toggle }: { readonly zone: TimeZone; readonly tableOpen: boolean; toggle(open: boolean): void },
): TemplateResult {
  const { marks } = loaded.beside
  return html`<div class="stats-below">
    <details>
      <summary>What happened <span class="quiet">${marks.length === 0 ? 'nothing' : marks.length}</span></summary>
      ${
        marks.length === 0
          ? html`<p>No scale event, decision, pin or refresh in this time.</p>`
          : markList(marks, loaded, zone)
      }
    </details>
    <details @toggle=${(event: Event) => toggle(event.target instanceof HTMLDetailsElement && event.target.open)}>
      <summary>The numbers as a table</summary>
      ${tableOpen ? table(view, loaded, zone) : nothing}
    </details>
  </div>`
}

function table(view: View, loaded: Loaded, zone: TimeZone): TemplateResult {
  const { head, rows } = tableOf(view, loaded, zone)
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="The numbers as a table">
    <table>
      <caption class="hidden">
        ${view.stats.join(', ')} of ${view.pool}, ${rangeWords(loaded, zone)}
      </caption>
      <thead>
        <tr>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([time, ...cells]) =>
            html`<tr>
              <th scope="row">${time}</th>
              ${cells.map((one) => html`<td>${one}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
