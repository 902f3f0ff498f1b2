import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { inService } from '../../../core/cards/status.ts'
import type { StatusView } from '../../../core/model/view.ts'
import { capital, dollars, statName, statValue } from '../../../core/model/words.ts'
import { actions, badge, facts } from '../card.ts'
import type { CardContext } from '../card.ts'
import { memberRows, overrideRows } from '../members.ts'
import { when } from '../when.ts'

/** The pool now, under its headline. */
export function renderStatus(view: StatusView, context: CardContext): TemplateResult {
  const value = view.value === null ? 'unknown' : statValue(view.stat, view.value)
  return html`${facts([
    { name: 'In service', value: html`${inService(view)} <small>of ${view.desired}</small>` },
    {
      name: capital(statName(view.stat)),
      value: html`${value} <small>target ${statValue(view.stat, view.target)}</small>`,
    },
    { name: 'Limits', value: `${view.min} – ${view.max}` },
    { name: 'Cost', value: html`${dollars(view.dollarsPerHour)}<small>/h</small>` },
  ])}
  ${memberRows(view)} ${overrideRows(view.overrides)}
  ${
    view.lastDecision === null
      ? nothing
      : html`<p class="last-decision">
          ${view.lastDecision.reason} <span class="quiet">${when(view.lastDecision.at, 'ago')}</span>
        </p>`
  }
  ${actions(view.actions, context)}`
}

/** How much Spinup may do on its own, in its colour. */
export function modeBadge(mode: StatusView['mode']): TemplateResult {
  return badge(mode, ({ auto: 'good', approve: 'accent', observe: 'quiet' } as const)[mode])
}
