import { html } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { DigestView } from '../../../core/model/view.ts'
import { duration, plural } from '../../../core/model/words.ts'
import { actions, card } from '../card.ts'
import type { CardContext } from '../card.ts'
import { when } from '../when.ts'

/** What a quiet channel missed. */
export function renderDigest(view: DigestView, context: CardContext): TemplateResult {
  return card({
    tone: 'quiet',
    icon: 'history',
    title: html`While it was quiet <span class="quiet">${duration(view.toAt - view.fromAt)}</span>`,
    aside: plural(view.entries.length, 'notice'),
    body: html`<ol class="timeline">
        ${view.entries.map(
          ({ at, tone, title, text }) =>
            html`<li class="tone-${tone}">
              <span class="timeline-what"><strong>${title}</strong> <span>${text}</span></span>
              <span class="timeline-meta">${when(at, 'ago')}</span>
            </li>`,
        )}
      </ol>
      ${actions(view.actions, context)}`,
  })
}
