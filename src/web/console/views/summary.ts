import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { SummaryView } from '../../../core/model/view.ts'
import { dollars, duration, percent, plural } from '../../../core/model/words.ts'
import { actions, badge, card, chart, facts } from '../card.ts'
import type { CardContext } from '../card.ts'
import { when } from '../when.ts'

/** A pool's week, and what it cost against a fixed fleet. */
export function renderSummary(view: SummaryView, context: CardContext): TemplateResult {
  const { fixed, peak } = view
  const saved = fixed.dollars > 0 ? 1 - view.dollars / fixed.dollars : 0
  return card({
    tone: 'accent',
    icon: 'history',
    title: html`The last ${duration(view.toAt - view.fromAt)} <span class="quiet">of ${view.pool}</span>`,
    ...(Math.abs(saved) < 0.005
      ? {}
      : {
          aside: badge(
            saved > 0 ? `${percent(saved)} saved` : `${percent(-saved)} more than fixed`,
            saved > 0 ? 'good' : 'warn',
          ),
        }),
    body: html`${facts([
        { name: 'Scale outs', value: view.scaleOuts },
        { name: 'Scale ins', value: view.scaleIns },
        {
          name: 'Failed',
          value: view.failed === 0 ? 'none' : html`<span class="tone-bad toned">${view.failed}</span>`,
        },
        {
          name: 'Most at once',
          value:
            peak === null
              ? 'not known'
              : html`${plural(peak.members, 'member')} <small>${when(peak.at, 'ago')}</small>`,
        },
        { name: 'Overloaded', value: view.overloadedMs === 0 ? 'never' : duration(view.overloadedMs) },
      ])}
      <div class="versus">
        ${bar('What it cost', view.dollars, fixed.dollars, 'accent')}
        ${bar(`${plural(fixed.droplets, 'droplet')} all the time`, fixed.dollars, view.dollars, 'quiet')}
      </div>
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

/** One of two amounts, as long as it is beside the other. */
function bar(name: string, amount: number, other: number, tone: 'accent' | 'quiet'): TemplateResult {
  const most = Math.max(amount, other)
  return html`<p class="tone-${tone}">
    <span>${name}</span><strong>${dollars(amount)}</strong>
    <span class="versus-bar" .style=${`--part: ${most > 0 ? amount / most : 0}`}></span>
  </p>`
}
