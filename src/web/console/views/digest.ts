import { html } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { DigestView } from '../../../core/model/view.ts'
import { duration, plural } from '../../../core/model/words.ts'
import { actions, card } from '../card.ts'
import type { CardContext } from '../card.ts'
import { when } from '../when.ts'

/** What a quiet channel missed, oldest first. */
export function renderDigest(view: DigestView, context: CardContext): TemplateResult {
  const { entries } = view
  return card({
    tone: entries.some(({ tone }) => tone === 'bad')
      ? 'bad'
      : entries.some(({ tone }) => tone === 'warn')
        ? 'warn'
        : 'quiet',
    icon: 'mute',
    title: html`While it was quiet <span class="quiet">for ${duration(view.toAt - view.fromAt)}</span>`,
    aside: html`<span class="quiet">${plural(entries.length, 'notice')}</span>`,
    body: html`${
      entries.length === 0
        ? html`<p class="quiet">Nothing happened.</p>`
        : html`<ol class="timeline">
            ${entries.map(
              ({ at, tone, title, text }) =>
                html`<li class="tone-${tone}">
                  <span class="timeline-what"><strong>${title}</strong> <span>${text}</span></span>
                  <span class="timeline-meta">${when(at, 'clock')}</span>
                </li>`,
            )}
          </ol>`
    }
    ${actions(view.actions, context)}`,
  })
}
