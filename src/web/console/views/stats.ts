import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { StatsView } from '../../../core/model/view.ts'
import { capital, duration, percent, plainNumber, statName } from '../../../core/model/words.ts'
import { card, chart, facts } from '../card.ts'
import type { CardContext } from '../card.ts'

export function renderStats(view: StatsView, context: CardContext): TemplateResult {
  const shown = (value: number | null): string =>
    value === null ? '–' : view.unit === 'fraction' ? percent(value) : plainNumber(value)
  return card({
    tone: 'accent',
    icon: 'chart',
    title: html`${capital(statName(view.stat))} <span class="quiet">of ${view.pool}</span>`,
    aside: html`<span class="quiet">last ${duration(view.toAt - view.fromAt)}</span>`,
    body: html`${facts([
      { name: 'Now', value: shown(view.now) },
      { name: 'Mean', value: shown(view.mean) },
      { name: 'p95', value: shown(view.p95) },
      { name: 'Max', value: shown(view.max) },
    ])}
    ${chart(view.chart, context)}
    ${
      view.perMember.length === 0
        ? nothing
        : html`<div class="table-scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Member</th>
                  <th scope="col" class="number">Now</th>
                  <th scope="col" class="number">Mean</th>
                </tr>
              </thead>
              <tbody>
                ${view.perMember.map(
                  ({ id, now, mean }) =>
                    html`<tr>
                      <th scope="row">${id}</th>
                      <td class="number">${shown(now)}</td>
                      <td class="number">${shown(mean)}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
    ${
      view.available.length < 2
        ? nothing
        : html`<div class="chips" role="group" aria-label="Other stats">
            ${view.available.map(
              (stat) =>
                html`<button
                  type="button"
                  class="chip"
                  aria-pressed=${stat === view.stat}
                  @click=${() => context.send(`/spinup stats ${stat}`)}
                >
                  ${stat}
                </button>`,
            )}
          </div>`
    }`,
  })
}
