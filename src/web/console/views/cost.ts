import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { capShare, dropletWords, monthName } from '../../../core/model/cost-words.ts'
import type { CostView } from '../../../core/model/view.ts'
import { dollars } from '../../../core/model/words.ts'
import { actions, card, facts } from '../card.ts'
import type { CardContext } from '../card.ts'

/** What the pool costs: now, this month, to its end, against a fixed fleet, and how near the limits are. */
export function renderCost(view: CostView, context: CardContext): TemplateResult {
  const near = view.caps.some((cap) => Math.max(cap.used, cap.projected ?? 0) >= cap.limit)
  return card({
    tone: near ? 'warn' : 'accent',
    icon: 'chart',
    title: html`Cost <span class="quiet">of ${view.pool}</span>`,
    aside: html`<span class="quiet">${dropletWords(view)}</span>`,
    body: html`${facts([
      { name: 'Now', value: html`${dollars(view.dollarsPerHour)}<small>/h</small>` },
      { name: `${monthName(view.month)} so far`, value: dollars(view.monthDollars) },
      { name: 'To its end', value: html`${dollars(view.projectedDollars)} <small>projected</small>` },
      {
        name: `A fixed fleet of ${view.fixed.droplets}`,
        value: html`${dollars(view.fixed.dollars)} <small>all month</small>`,
      },
    ])}
    ${view.caps.map((cap) => bar(cap))}
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

function bar(cap: CostView['caps'][number]): TemplateResult {
  const label = `Limit of ${dollars(cap.limit)} per ${cap.per}`
  const part = cap.limit > 0 ? Math.min(1, cap.used / cap.limit) : 1
  return html`<div>
    <p class="footnote"><span>${label}</span><span>${capShare(cap)}</span></p>
    <span
      class="progress"
      role="progressbar"
      aria-valuenow=${Math.round(part * 100)}
      aria-label=${label}
      .style=${`--part: ${part}`}
      ><span></span
    ></span>
  </div>`
}
