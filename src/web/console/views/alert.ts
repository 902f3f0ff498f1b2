import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { AlertView } from '../../../core/model/view.ts'
import { duration } from '../../../core/model/words.ts'
import { actions, badge, card } from '../card.ts'
import type { CardContext } from '../card.ts'
import { prose } from '../prose.ts'
import { when } from '../when.ts'
import { TONE_ICONS } from './answer.ts'

/** Something to know; once resolved it calms down and says how long it lasted. */
export function renderAlert(view: AlertView, context: CardContext): TemplateResult {
  const resolved = view.state === 'resolved'
  return card({
    tone: resolved ? 'good' : view.tone,
    icon: resolved ? 'check' : TONE_ICONS[view.tone],
    title: view.title,
    aside: resolved
      ? badge(
          view.resolvedAt === null ? 'resolved' : `resolved after ${duration(view.resolvedAt - view.since)}`,
          'good',
        )
      : html`<span class="badge tone-${view.tone}">${when(view.since, 'elapsed')}</span>`,
    body: html`${prose(view.text)}
    ${
      view.facts.length === 0
        ? nothing
        : html`<ul class="notes">
            ${view.facts.map(({ name, value }) => html`<li><strong>${name}</strong> ${value}</li>`)}
          </ul>`
    }
    ${view.fix === null || resolved ? nothing : html`<div class="fix"><strong>What to do</strong>${prose(view.fix)}</div>`}
    ${actions(view.actions, context)}`,
  })
}
