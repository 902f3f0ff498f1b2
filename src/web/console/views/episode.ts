import { html, nothing } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import type { EpisodeView } from '../../../core/model/view.ts'
import { dollars, duration } from '../../../core/model/words.ts'
import { actions, badge, card, chart } from '../card.ts'
import type { CardContext } from '../card.ts'
import { icon } from '../icons.ts'
import { when } from '../when.ts'

const TONES = { working: 'accent', settled: 'good', failed: 'bad' } as const

/** One scale event; while it runs, its clock ticks and each member's step shows how far it is. */
export function renderEpisode(view: EpisodeView, context: CardContext): TemplateResult {
  const { stage } = view
  return card({
    tone: TONES[stage],
    icon: stage === 'failed' ? 'cross' : view.direction,
    title: html`${stage === 'settled' ? 'Scaled' : 'Scaling'} ${view.direction}
      <span class="from-to">${view.from} → ${view.to}</span>`,
    aside:
      stage === 'working'
        ? html`<span class="badge tone-accent"><span class="spinner"></span>${when(view.startedAt, 'elapsed')}</span>`
        : badge(`${stage} in ${duration((view.endedAt ?? view.startedAt) - view.startedAt)}`, TONES[stage]),
    body: html`<p class="reason">${view.reason}</p>
      <ul class="steps">
        ${view.members.map(
          ({ id, label, state, tookMs, detail }) =>
            html`<li class="step" data-state=${state}>
              <span class="step-mark"
                >${state === 'working' ? html`<span class="spinner"></span>` : icon(state === 'done' ? 'check' : 'cross')}</span
              >
              <span class="step-text"
                ><strong>${id}</strong>
                <span>${label}</span>${detail === null ? nothing : html`<small>${detail}</small>`}</span
              >
              ${tookMs === null ? nothing : html`<span class="step-took">${duration(tookMs)}</span>`}
            </li>`,
        )}
      </ul>
      ${chart(view.chart, context)}
      <p class="footnote">${costChange(view)}<span>by ${view.actor.name}</span></p>
      ${actions(view.actions, context)}`,
  })
}

/** What it costs before and after. */
export function costChange(view: {
  readonly dollarsPerHourBefore: number
  readonly dollarsPerHourAfter: number
}): TemplateResult {
  return html`<span
    >${dollars(view.dollarsPerHourBefore)}/h → <strong>${dollars(view.dollarsPerHourAfter)}/h</strong></span
  >`
}
